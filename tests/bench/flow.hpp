#pragma once

#include "mqtt/packet.hpp"
#include "tests/bench/client.hpp"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mq::bench {

/// A message each millisecond from one publisher to one subscriber, each waited for.
class Flow {
 public:
    struct Latency {
        double p50_us = 0;
        double p99_us = 0;
    };

    Flow(std::uint16_t port, std::size_t payload_bytes);
    void send_one();

    /// Of the messages since the last call.
    Latency take_latency();
    [[nodiscard]] std::uint64_t delivered() const { return delivered_; }
    /// What came to the subscriber instead of a message.
    [[nodiscard]] std::uint64_t wrong() const { return wrong_; }

 private:
    mqtt::Buffer payload_;
    Client subscriber_;
    Client publisher_;
    std::chrono::steady_clock::time_point next_ = std::chrono::steady_clock::now();
    std::vector<double> latencies_us_;
    std::uint64_t delivered_ = 0;
    std::uint64_t wrong_ = 0;
};

}  // namespace mq::bench
