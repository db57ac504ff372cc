#pragma once

#include "mqtt/result.hpp"

#include <string>
#include <utility>

namespace mq {

/// Why something at start-up, in a file or in an account could not be done, for a person to read.
/// It is printed once, by `main`.
struct Problem {
    /// No problem: what `Result::error()` yields where there is a value.
    Problem() = default;

    /// Two arguments at least, so that a text alone never turns into a problem by itself.
    Problem(std::string what_failed, std::string left_as_it_was, std::string do_next = {},
            int code = 1)
        : what(std::move(what_failed)),
          left(std::move(left_as_it_was)),
          next(std::move(do_next)),
          exit_code(code) {}

    std::string what;   ///< what failed, with path or file:line and the text of errno
    std::string left;   ///< what was left as it was; may be empty
    std::string next;   ///< what to do or type next; may be empty
    int exit_code = 1;  ///< what the program should exit with

    /// The lines to print: `what`, then `left` and `next` where present.
    [[nodiscard]] std::string text() const;
};

/// A problem for a failed system call: "what: strerror(error)".
Problem system_problem(const std::string& what, int error, int exit_code = 1);

template <class T>
using Outcome = Result<T, Problem>;

[[noreturn]] void throw_exception_from_error(const Problem& problem,
                                             const boost::source_location& where);

}  // namespace mq
