#pragma once

#include "client/cli/ctl_options.hpp"

#include <string>
#include <vector>

namespace mq::cli {

/// The part of --help about commands: each with what it takes and does.
std::string ctl_commands_help();

/// Reads the command with its arguments and the options that only it has, e.g. `retained export a/#
/// -f FILE`; false: there is none. Problems have the exit codes of mosquitto_ctrl.
Outcome<bool> read_ctl_command(CtlOptions& options, std::vector<std::string> words);

}  // namespace mq::cli
