#include "base/runtime.hpp"
#include "base/version.hpp"
#include "broker/acl_places.hpp"
#include "broker/app.hpp"
#include "broker/config/arguments.hpp"
#include "broker/config/load.hpp"
#include "broker/log/logger.hpp"
#include "broker/process.hpp"
#include "broker/test_config.hpp"

#include <cstdio>
#include <exception>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace {

using namespace mq::broker;

int print_problem(const mq::Problem& problem) {
    std::fprintf(stderr, "%s\n", problem.text().c_str());
    return problem.exit_code;
}

/// To the log, and to standard error where the log does not go there.
int tell_problem(Logger& log, const Config& config, const Background& background,
                 const mq::Problem& problem) {
    log_problem(log, problem);
    if (background.entered()) {
        background.tell(problem.text() + "\n");
        return problem.exit_code;
    }
    return config.log.to_stderr ? problem.exit_code : print_problem(problem);
}

/// What changes the process, before there is another thread.
mq::Outcome<Background> prepare_process(const Config& config, const Arguments& arguments) {
    if (auto done = become_user(config); !done) {
        return done.error();
    }
    if (auto done = set_umask(); !done) {
        return done.error();
    }
    if (arguments.daemon) {
        return Background::enter();
    }
    return Background();
}

void log_start(Logger& log, const Arguments& arguments, const ParseResult& parsed) {
    log.line(LogType::information, std::string("mqhome version ") + mq::version + " starting");
    for (const std::string& file : arguments.config_files) {
        log.line(LogType::information, "Config loaded from " + file + ".");
    }
    if (arguments.config_files.empty()) {
        log.line(LogType::information, "Using default config.");
    }
    log_diagnostics(log, parsed.diagnostics);
}

int run_broker(const Arguments& arguments) {
    const auto read = [&arguments, is_root = ::geteuid() == 0] {
        ParseResult result = load_config(arguments.config_files, {arguments.ports, is_root});
        override_config(result.config, arguments);
        return result;
    };
    const ParseResult parsed = read();
    if (!parsed.good()) {
        std::fputs(diagnostics_text(parsed.diagnostics).c_str(), stderr);
        return 3;
    }
    tune_memory();
    auto background = prepare_process(parsed.config, arguments);
    if (!background) {
        return print_problem(background.error());
    }
    Logger log(parsed.config.log);
    log_start(log, arguments, parsed);
    auto app = App::start(read, parsed.config, log);
    if (!app) {
        return tell_problem(log, parsed.config, *background, app.error());
    }
    background->started();
    return (*app)->run();
}

int print(const std::string& text) {
    std::fputs(text.c_str(), stdout);
    return 0;
}

int explain_acl_files(const Arguments& arguments) {
    const ParseResult parsed =
        load_config(arguments.config_files, {arguments.ports, ::geteuid() == 0});
    if (!parsed.good()) {
        std::fputs(diagnostics_text(parsed.diagnostics).c_str(), stderr);
        return 3;
    }
    const auto& asked = arguments.acl_question;
    const auto text =
        explain_acl(acl_places(parsed.config), {asked.user_name, asked.client_id, asked.topic});
    return text ? print(*text) : print_problem(text.error());
}

int check(const Arguments& arguments) {
    if (arguments.config_files.empty()) {
        std::fputs("Error: There is no configuration file to test. Name one with -c FILE.\n",
                   stderr);
        return 3;
    }
    const ConfigCheck check =
        test_config(load_config(arguments.config_files, {arguments.ports, ::geteuid() == 0}));
    std::fputs(check.text.c_str(), check.exit_code == 0 ? stdout : stderr);
    return check.exit_code;
}

int run(const std::vector<std::string_view>& words) {
    const std::string_view program = words.empty() ? "mqbroker" : words.front();
    const auto arguments = parse_arguments(std::span(words).subspan(words.empty() ? 0 : 1));
    if (!arguments) {
        return print_problem(arguments.error());
    }
    switch (arguments->action) {
        case Arguments::Action::help:
            return print(usage_text(program, mq::version));
        case Arguments::Action::version:
            return print(version_text(program, mq::version));
        case Arguments::Action::test_config:
            return check(*arguments);
        case Arguments::Action::explain_acl:
            return explain_acl_files(*arguments);
        case Arguments::Action::run:
            break;
    }
    return run_broker(*arguments);
}

}  // namespace

int main(int argc, char** argv) {
    mq::runtime_init();
    try {
        return run({argv, argv + argc});
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mqbroker: %s\n", error.what());
        return 1;
    }
}
