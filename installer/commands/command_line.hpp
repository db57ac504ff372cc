#pragma once

#include "installer/exit_code.hpp"

namespace mq::installer {

/// Parses the command line, runs the command that it names, and prints its problem, if any. Returns
/// what the program exits with.
int run_command_line(int argc, char** argv);

}  // namespace mq::installer
