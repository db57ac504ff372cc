#pragma once

#include "tests/bench/broker_process.hpp"
#include "tests/bench/options.hpp"

#include <cstdint>

namespace mq::bench {

struct FlowResult {
    std::uint64_t published = 0;
    std::uint64_t delivered = 0;  ///< each message once a subscriber
    std::uint64_t lost = 0;       ///< never came to a subscriber
    std::uint64_t duplicated = 0;
    std::uint64_t reordered = 0;
    std::uint64_t wrong = 0;           ///< not the payload that was sent, or no message at all
    std::uint64_t unacknowledged = 0;  ///< above QoS 0, by the broker
    double seconds = 0;
    std::uint64_t broker_cpu_us = 0;

    [[nodiscard]] bool is_clean() const {
        return lost + duplicated + reordered + wrong + unacknowledged == 0;
    }
};

/// `options.publishers` publishers whose messages all go to each of `options.subscribers`
/// subscribers, that have one filter with a wildcard: fan-in and fan-out. Ends as `run_pairs`.
FlowResult run_flow(const Options& options, const BrokerProcess& broker);

}  // namespace mq::bench
