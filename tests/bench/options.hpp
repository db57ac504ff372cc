#pragma once

#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <sys/types.h>

namespace mq::bench {

enum class Scenario : std::uint8_t {
    pairs,
    flow,
    paced,
    connects,
    subscriptions,
    retained,
    offline,
    idle,
    logins
};

/// The command line of mqbench_load.
struct Options {
    Scenario scenario = Scenario::pairs;
    std::uint16_t port = 1883;  ///< the broker's, on 127.0.0.1
    pid_t pid = 0;              ///< the broker's process
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    std::uint64_t pairs = 50;
    std::uint64_t window = 50;  ///< messages that a publisher is ahead of its subscriber, at most
    std::uint64_t publishers = 1;      ///< of `flow`
    std::uint64_t subscribers = 100;   ///< of `flow`
    std::uint64_t messages = 200'000;  ///< of all publishers; subscriptions; connections
    std::size_t payload_bytes = 256;   ///< 16 at least: the message's number, and its publisher's
    std::uint64_t clients = 1000;      ///< of `idle`; of `logins` at a time
    std::uint16_t login_port = 1884;   ///< with PROXY protocol 1
    std::uint64_t logins = 10'000;
};

extern const char* const usage;

/// Throws std::invalid_argument with what is wrong.
Options parse_options(int count, const char* const* arguments);

}  // namespace mq::bench
