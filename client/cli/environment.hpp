#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

#include <span>

namespace mq::cli {

/// An environment variable that stands in for an option.
struct Variable {
    const char* name;
    unsigned programs;
    /// Whether command line and options file have said it already, or something that excludes it.
    bool (*is_said)(const Options&);
    /// Takes the value. The problem's text does not name the variable.
    Outcome<void> (*apply)(Options&, const std::string& value);
};

/// All of them, in the order in which they are taken.
std::span<const Variable> environment_variables();

/// Completes what command line and options file have left unsaid about the broker and the login by
/// what the environment says. A variable that is empty is as one that is not there, and one that is
/// not needed is not looked at. mqctl is not led away from the broker of its account: variables
/// count for it only where an option says that it goes to another. A problem names the variable.
Outcome<void> apply_environment(Options& options);

}  // namespace mq::cli
