#pragma once

#include "base/problem.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace mq::supervisor {

/// How a program of the host ended.
struct CommandResult {
    int exit_code = 0;   ///< 128 + signal number when a signal ended it
    std::string output;  ///< standard output and standard error, in the order of writing
};

/// Most of a program's output that is kept; the rest is read and dropped.
inline constexpr std::size_t command_output_bytes_max = std::size_t{1} << 20;

/// Runs a program with working directory `/` and standard input from /dev/null, and waits until it
/// ends and its output is closed. `arguments[0]` is looked up in PATH. After `time_limit` its
/// process group is killed. Problem with exit code 4 when it cannot be run or took too long.
Outcome<CommandResult> run_command(const std::vector<std::string>& arguments,
                                   std::chrono::milliseconds time_limit);

/// Splits at blanks; a part in single or double quotes may hold blanks. A first part with a slash
/// is made absolute, since commands run in `/`.
std::vector<std::string> split_command(std::string_view line);

/// Whether a shell would find this program: PATH, or the file itself when there is a slash in it.
bool command_exists(const std::string& program);

}  // namespace mq::supervisor
