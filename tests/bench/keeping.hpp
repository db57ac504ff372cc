#pragma once

#include "tests/bench/broker_process.hpp"
#include "tests/bench/options.hpp"

#include <cstdint>

namespace mq::bench {

/// Something that the broker takes in, keeps, and gives out again.
struct KeepingResult {
    std::uint64_t kept = 0;
    std::uint64_t delivered = 0;
    std::uint64_t wrong = 0;
    Memory before;
    Memory after;  ///< with all of it
    std::uint64_t taken_cpu_us = 0;
    std::uint64_t given_cpu_us = 0;

    [[nodiscard]] bool is_clean() const { return wrong == 0 && delivered == kept; }
};

/// `options.messages` subscriptions with wildcards by one client; then as many messages, each of
/// which fits one of them.
KeepingResult run_subscriptions(const Options& options, const BrokerProcess& broker);

/// `options.messages` retained messages, then one new subscription for all of them.
KeepingResult run_retained(const Options& options, const BrokerProcess& broker);

/// `options.messages` messages at QoS 1 for a client that is away, then it comes back.
KeepingResult run_offline(const Options& options, const BrokerProcess& broker);

struct ConnectsResult {
    std::uint64_t connects = 0;
    double seconds = 0;
    std::uint64_t broker_cpu_us = 0;
};

/// `options.messages` clients, one after another: CONNECT, CONNACK, DISCONNECT, close.
ConnectsResult run_connects(const Options& options, const BrokerProcess& broker);

}  // namespace mq::bench
