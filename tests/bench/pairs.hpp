#pragma once

#include "tests/bench/broker_process.hpp"
#include "tests/bench/options.hpp"

#include <cstdint>

namespace mq::bench {

struct PairsResult {
    std::uint64_t published = 0;
    std::uint64_t delivered = 0;  ///< each message once
    std::uint64_t lost = 0;       ///< never came to the subscriber
    std::uint64_t duplicated = 0;
    std::uint64_t reordered = 0;
    std::uint64_t wrong = 0;           ///< not of this pair, or not the payload that was sent
    std::uint64_t unacknowledged = 0;  ///< QoS 1, by the broker
    double seconds = 0;
    std::uint64_t broker_cpu_us = 0;  ///< from the first message to the last, handshakes left out

    [[nodiscard]] bool is_clean() const {
        return lost + duplicated + reordered + wrong + unacknowledged == 0;
    }
};

/// Publishers that each send to one subscriber on a topic of their own. Ends when all has come, or
/// when nothing has come for 10 s; then whatever the broker still has is waited for, so that late
/// duplicates are seen.
PairsResult run_pairs(const Options& options, const BrokerProcess& broker);

}  // namespace mq::bench
