#include "client/cli/bench_progress.hpp"

#include <algorithm>
#include <cstdio>
#include <unistd.h>
#include <utility>

namespace mq::cli {

BenchProgress::BenchProgress(bool wanted)
    : active_(wanted && ::isatty(STDERR_FILENO) == 1), shown_at_(Clock::now()) {}

BenchProgress::~BenchProgress() {
    if (active_) {
        std::fputs("\r\033[K", stderr);
    }
}

void BenchProgress::show(const char* phase, std::uint64_t published, std::uint64_t received) {
    if (!active_) {
        return;
    }
    const auto now = Clock::now();
    const double seconds =
        std::max(0.001, std::chrono::duration<double>(now - std::exchange(shown_at_, now)).count());
    const auto rate = [&](std::uint64_t sum, std::uint64_t& before) {
        return static_cast<double>(sum - std::exchange(before, sum)) / seconds;
    };
    std::fprintf(stderr, "\r\033[K%s: %.0f published, %.0f received a second", phase,
                 rate(published, published_), rate(received, received_));
    if (latency_.count() > 0) {
        std::fprintf(stderr, "; p50 %.3f ms, p99 %.3f ms",
                     static_cast<double>(latency_.percentile(5000)) / 1e6,
                     static_cast<double>(latency_.percentile(9900)) / 1e6);
        latency_.clear();
    }
}

}  // namespace mq::cli
