#pragma once

#include "base/problem.hpp"
#include "base/secret.hpp"

#include <string>

namespace mq::cli {

/// The first line of a file, without its end. At most 65535 bytes, as MQTT can carry.
Outcome<Secret> password_of_file(const std::string& path);

/// Asks at the terminal; without one, takes the first line of standard input and leaves the rest.
Outcome<Secret> password_of_standard_input();

/// The value of an environment variable.
Outcome<Secret> password_of_environment(const std::string& name);

}  // namespace mq::cli
