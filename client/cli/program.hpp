#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

#include <functional>

namespace mq::cli {

/// Exit code for wrong arguments, for --help, and for whatever fails before there is a connection.
constexpr int exit_not_started = 1;

/// What a program does once its options are read; its exit code.
using Work = Outcome<int> (*)(Options& options);

/// What every `main` does: prepares the library, does the work, and prints its problem, in this one
/// place, or that the output could not be written. The exit code.
int run_main(const char* name, const std::function<Outcome<int>()>& work);

/// The `main` of mqpub, mqsub and mqrr: options, --help and --version, work.
int run_program(Program program, int argc, char** argv, Work work);

}  // namespace mq::cli
