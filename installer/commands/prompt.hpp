#pragma once

#include "base/problem.hpp"
#include "installer/commands/context.hpp"

#include <string>

namespace mq::installer {

/// Asks for one line at the terminal. Problem with exit code 2 when there is none.
Outcome<std::string> ask_line(const std::string& question);

/// A new password: the first line of standard input with `--password-stdin`, else asked twice at
/// the terminal without echo. Problem with exit code 2 when there is no terminal, when the two
/// differ, or when it is empty; 130 when interrupted, with the terminal's echo back on.
Outcome<std::string> ask_new_password(const Options& options, const std::string& user);

/// Asks yes or no; `--yes` answers yes. Without a terminal: problem with exit code 2 naming
/// `--yes`.
Outcome<bool> confirm(const Options& options, const std::string& question);

}  // namespace mq::installer
