#pragma once

#include "base/problem.hpp"
#include "mqtt/packet.hpp"

#include <chrono>
#include <string>
#include <vector>

namespace mq::installer {

/// One listener of the broker as a client reaches it from this account.
struct ProbeTarget {
    std::string host = "127.0.0.1";  ///< numeric address or localhost
    int port = 1883;
    bool websocket = false;
};

struct ProbeLogin {
    std::string user;
    std::string password;
};

/// Connects, subscribes to `$mqinstall/<random>` (which no `#` of another client sees) like a
/// client that knows nothing of the broker, publishes there with QoS 1, and waits until the message
/// is back. Returns within `timeout`. The problem has the listener and the step in its text.
Outcome<void> round_trip(const ProbeTarget& target, const ProbeLogin& login, mqtt::Version version,
                         std::chrono::milliseconds timeout);

/// Succeeds when the broker refuses this login with "not authorised" or "bad user name or
/// password".
Outcome<void> expect_refusal(const ProbeTarget& target, const ProbeLogin& login,
                             mqtt::Version version, std::chrono::milliseconds timeout);

/// Succeeds when something speaks MQTT there, whether or not it lets this caller in: a CONNACK to a
/// login without name is enough. For status and doctor, which know no password.
Outcome<void> expect_answer(const ProbeTarget& target, std::chrono::milliseconds timeout);

}  // namespace mq::installer
