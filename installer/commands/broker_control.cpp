#include "installer/commands/broker_control.hpp"

#include "installer/health/process.hpp"
#include "installer/prefix/configuration.hpp"
#include "supervisor/command.hpp"

#include <csignal>

namespace mq::installer {

using supervisor::State;

Outcome<BrokerState> broker_state(const Context& context, const Manifest& manifest) {
    const auto driver = context.make_driver(&manifest);
    if (!driver) {
        return driver.error();
    }
    BrokerState result;
    result.driver = (*driver)->name();
    if (manifest.service && result.driver != "none") {
        const auto status = (*driver)->status(service_name);
        if (!status) {
            return status.error();
        }
        result.state = status->state;
        result.pid = status->pid;
        result.detail = status->detail;
        return result;
    }
    result.driver = "none";
    const auto service = broker_service(context.home, context.layout);
    const auto none = supervisor::make_driver({context.home, "none", "supervisorctl"});
    if (none) {
        result.by_hand = (*none)->remaining_commands(service, manifest.port, manifest.ws_port);
    }
    const auto pids = broker_processes(context.layout.prefix);
    result.state = pids.empty() ? State::stopped : State::running;
    result.pid = pids.empty() ? 0 : pids.front();
    return result;
}

ExitCode exit_code_of(State state) {
    switch (state) {
        case State::running:
        case State::starting:
            return ExitCode::ok;
        case State::unknown:
            return ExitCode::service_unknown;
        default:
            return ExitCode::not_running;
    }
}

std::string describe(const BrokerState& state) {
    std::string text(to_string(state.state));
    if (state.pid != 0) {
        text += ", pid " + std::to_string(state.pid);
    }
    text += state.driver == "none" ? " (no service manager)" : " (" + state.driver + ")";
    return text;
}

std::vector<int> reload_broker(const std::filesystem::path& prefix) {
    std::vector<int> told;
    for (const int pid : broker_processes(prefix)) {
        if (::kill(pid, SIGHUP) == 0) {
            told.push_back(pid);
        }
    }
    return told;
}

Outcome<void> check_configuration(const Layout& layout) {
    const auto ran = supervisor::run_command(
        {layout.broker().string(), "-c", layout.configuration().string(), "--test-config"},
        std::chrono::seconds(60));
    if (!ran) {
        Problem problem = ran.error();
        problem.exit_code = to_int(ExitCode::unexpected);
        return problem;
    }
    if (ran->exit_code == 0) {
        return {};
    }
    return Problem{layout.configuration().string() + " is not valid:\n" + ran->output, "",
                   "Correct it, then check again: mqinstall doctor",
                   to_int(ExitCode::bad_configuration)};
}

Outcome<std::filesystem::path> password_file_in_use(const Layout& layout) {
    const auto facts = read_configuration(layout.configuration());
    if (!facts) {
        Problem problem = facts.error();
        problem.exit_code = to_int(ExitCode::bad_configuration);
        return problem;
    }
    return facts->password_file.empty() ? layout.password_file() : facts->password_file;
}

}  // namespace mq::installer
