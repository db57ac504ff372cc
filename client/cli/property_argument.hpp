#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

#include <span>
#include <string>

namespace mq::cli {

/// Whether `-D` has four values, the last being that of a user property, and not three.
bool is_user_property(const std::string& property_name);

/// Reads the values of `-D`: a command (connect, publish, subscribe, unsubscribe, disconnect,
/// will), a property by its name in the specification, and its value or, for a user property, name
/// and value. Adds it to the list of that command and switches to MQTT 5.0.
Outcome<void> add_property(Options& options, std::span<const std::string> values);

}  // namespace mq::cli
