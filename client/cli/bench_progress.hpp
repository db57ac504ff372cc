#pragma once

#include "client/cli/bench_histogram.hpp"

#include <chrono>
#include <cstdint>

namespace mq::cli {

/// One line on a terminal's standard error, once a second: how fast it is at the moment.
class BenchProgress {
 public:
    explicit BenchProgress(bool wanted);
    ~BenchProgress();
    BenchProgress(const BenchProgress&) = delete;
    BenchProgress& operator=(const BenchProgress&) = delete;

    /// The latency of the second that is shown next.
    void add(std::uint64_t latency_ns) {
        if (active_) {
            latency_.add(latency_ns);
        }
    }
    /// To be called about once a second, with the sums so far.
    void show(const char* phase, std::uint64_t published, std::uint64_t received);

 private:
    using Clock = std::chrono::steady_clock;

    bool active_;
    BenchHistogram latency_;
    std::uint64_t published_ = 0;
    std::uint64_t received_ = 0;
    Clock::time_point shown_at_;
};

}  // namespace mq::cli
