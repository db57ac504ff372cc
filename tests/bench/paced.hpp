#pragma once

#include "tests/bench/client.hpp"
#include "tests/bench/options.hpp"

#include <chrono>
#include <cstdint>
#include <vector>

namespace mq::bench {

/// A publisher that sends a message each millisecond to one subscriber: one message at a time, each
/// waited for.
class PacedFlow {
 public:
    PacedFlow(std::uint16_t port, std::size_t payload_bytes);

    void send_one();
    /// Of the messages since the last call, from publisher to subscriber.
    void take_percentiles(double& p50_us, double& p99_us);

    [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
    /// Anything else that came to the subscriber.
    [[nodiscard]] std::uint64_t wrong() const { return wrong_; }

 private:
    using Clock = std::chrono::steady_clock;

    mqtt::Buffer payload_;
    Client subscriber_;
    Client publisher_;
    Clock::time_point next_ = Clock::now();
    std::vector<double> latencies_us_;
    std::uint64_t delivered_ = 0;
    std::uint64_t wrong_ = 0;
};

struct PacedResult {
    std::uint64_t delivered = 0;
    std::uint64_t wrong = 0;
    double p50_us = 0;
    double p99_us = 0;
};

/// `options.messages` of them.
PacedResult run_paced(const Options& options);

}  // namespace mq::bench
