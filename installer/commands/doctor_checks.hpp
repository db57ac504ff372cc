#pragma once

#include "installer/commands/context.hpp"

#include <string>
#include <vector>

namespace mq::installer {

/// What one look of the doctor found.
struct Finding {
    enum class Grade { good, warning, bad };
    Grade grade = Grade::good;
    std::string subject;  ///< "configuration", "service file", ...
    std::string text;
    std::string next;              ///< what to type; empty when there is nothing to do
    ExitCode code = ExitCode::ok;  ///< for `bad`: what mqinstall ends with
};

/// Every check of an installation, in the order in which one thing depends on another. Changes
/// nothing.
std::vector<Finding> examine(const Context& context, const Manifest& manifest);

}  // namespace mq::installer
