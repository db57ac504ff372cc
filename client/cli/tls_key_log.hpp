#pragma once

#include "base/problem.hpp"

#include <mosquitto.h>
#include <string>

namespace mq::cli {

/// Makes the client append the secrets of its TLS connections to a file, in the format that
/// programs which decrypt recorded packets read (NSS key log). The file is created for its owner
/// only. One client a process.
Outcome<void> set_key_log(const std::string& path, mosquitto* client);

}  // namespace mq::cli
