#include "base/file.hpp"
#include "installer/commands/broker_control.hpp"
#include "installer/commands/verbs.hpp"

#include <algorithm>

namespace mq::installer::commands {
namespace {

using Action = ServiceOptions::Action;

Outcome<ExitCode> show_status(const Context& context, const Manifest& manifest) {
    const auto state = broker_state(context, manifest);
    if (!state) {
        return state.error();
    }
    Output& output = context.output;
    output.say("service " + describe(*state));
    if (state->pid == 0 && !state->detail.empty()) {
        output.say("  " + state->detail);
    }
    output.set("driver", state->driver);
    output.set("state", to_string(state->state));
    output.set("pid", state->pid);
    output.set("detail", state->detail);
    return exit_code_of(state->state);
}

std::vector<std::string_view> last_lines(std::string_view text, std::size_t count) {
    std::vector<std::string_view> lines;
    while (!text.empty() && lines.size() < count) {
        if (text.back() == '\n') {
            text.remove_suffix(1);
        }
        const auto before = text.rfind('\n');
        const auto begin = before == std::string_view::npos ? 0 : before + 1;
        lines.push_back(text.substr(begin));
        text = text.substr(0, begin);
    }
    std::reverse(lines.begin(), lines.end());
    return lines;
}

Outcome<ExitCode> show_log(const Context& context, int lines) {
    const auto file = broker_service(context.home, context.layout).log_file;
    context.output.set("log_file", file.string());
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) {
        context.output.say("There is no log yet: " + file.string());
        return ExitCode::ok;
    }
    const auto text = read_file(file);
    if (!text) {
        return text.error();
    }
    context.output.say("==> " + file.string());
    for (const auto line : last_lines(*text, static_cast<std::size_t>(std::max(lines, 0)))) {
        context.output.say(line);
        context.output.append("lines", line);
    }
    return ExitCode::ok;
}

const char* verb_of(Action action) {
    return action == Action::start ? "start" : action == Action::stop ? "stop" : "restart";
}

Outcome<ExitCode> change(const Context& context, const Manifest& manifest, Action action) {
    if (context.options.dry_run) {
        context.output.say(std::string("would ") + verb_of(action) + " the service " +
                           service_name);
        return ExitCode::ok;
    }
    const auto lock = begin_change(context);
    if (!lock) {
        return lock.error();
    }
    // A broker that runs is not stopped for a configuration with which it cannot start again.
    if (action != Action::stop) {
        const auto valid = check_configuration(context.layout);
        if (!valid) {
            Problem problem = valid.error();
            problem.left = "The service was left as it was.";
            return problem;
        }
    }
    const auto driver = context.make_driver(&manifest);
    if (!driver) {
        return driver.error();
    }
    const auto done = action == Action::start  ? (*driver)->start(service_name)
                      : action == Action::stop ? (*driver)->stop(service_name)
                                               : (*driver)->restart(service_name);
    if (!done) {
        return done.error();
    }
    const auto state = show_status(context, manifest);
    return action == Action::stop && state && *state == ExitCode::not_running
               ? Outcome<ExitCode>(ExitCode::ok)
               : state;
}

}  // namespace

Outcome<ExitCode> service(const Context& context, const ServiceOptions& options) {
    const auto manifest = load_manifest(context.layout);
    if (!manifest) {
        return manifest.error();
    }
    switch (options.action) {
        case Action::status:
            return show_status(context, *manifest);
        case Action::logs:
            return show_log(context, options.lines);
        default:
            return change(context, *manifest, options.action);
    }
}

}  // namespace mq::installer::commands
