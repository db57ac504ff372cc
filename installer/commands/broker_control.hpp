#pragma once

#include "base/problem.hpp"
#include "installer/commands/context.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mq::installer {

/// What the service manager, or where there is none the list of processes, says about the broker.
struct BrokerState {
    supervisor::State state = supervisor::State::unknown;
    int pid = 0;         ///< 0 when there is none
    std::string detail;  ///< the manager's own words
    std::string driver;
    /// Commands with which the broker is run by hand; empty where a manager does it.
    std::vector<std::string> by_hand;
};

/// Problem with exit code 4 when the manager cannot be reached.
Outcome<BrokerState> broker_state(const Context& context, const Manifest& manifest);

/// 0 for running and starting, 4 for unknown, else 3.
ExitCode exit_code_of(supervisor::State state);

/// "running, pid 4711 (supervisord)"
std::string describe(const BrokerState& state);

/// Makes every broker of the prefix, whoever started it, read its users and settings again
/// (SIGHUP). The pids that were told.
std::vector<int> reload_broker(const std::filesystem::path& prefix);

/// Has the installed broker check the configuration. Problem with exit code 13 and what it said.
Outcome<void> check_configuration(const Layout& layout);

/// The password file that the configuration names, else the one that an installation has. Problem
/// with exit code 13 when the configuration cannot be read.
Outcome<std::filesystem::path> password_file_in_use(const Layout& layout);

}  // namespace mq::installer
