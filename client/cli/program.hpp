#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

namespace mq::cli {

/// Exit code for wrong arguments, for --help, and for whatever fails before there is a connection.
constexpr int exit_not_started = 1;

/// What a program does once its options are read; its exit code.
using Work = Outcome<int> (*)(Options& options);

/// The `main` of all three programs: options, --help and --version, work, and the one place where a
/// problem is printed.
int run_program(Program program, int argc, char** argv, Work work);

}  // namespace mq::cli
