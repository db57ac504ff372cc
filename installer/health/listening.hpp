#pragma once

#include "base/problem.hpp"

#include <chrono>
#include <string>

namespace mq::installer {

/// Succeeds when something takes a TCP connection at this numeric address.
Outcome<void> expect_listening(const std::string& host, int port,
                               std::chrono::milliseconds timeout);

/// Succeeds when nothing listens on this port, so that a broker can. Problem with exit code 6.
Outcome<void> expect_port_free(int port);

}  // namespace mq::installer
