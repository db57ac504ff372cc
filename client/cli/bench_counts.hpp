#pragma once

#include "client/cli/bench_histogram.hpp"

#include <cstdint>

namespace mq::cli {

/// What came of a load. Messages are counted from its beginning to its end, so that each one that
/// was sent can be looked for; speed and latency only while it is measured.
struct BenchCounts {
    std::uint64_t published = 0;  ///< handed to the library
    std::uint64_t completed = 0;  ///< out of our hands: QoS 0 written, others acknowledged
    std::uint64_t expected = 0;   ///< to be received, of those that were published
    std::uint64_t received = 0;   ///< each counted once for each receiver
    std::uint64_t again = 0;      ///< received once more
    std::uint64_t foreign = 0;    ///< received, and not ours
    std::uint64_t connects = 0;   ///< that the broker has accepted
    std::uint64_t failures = 0;   ///< connections that were refused or lost

    // While it is measured.
    double seconds = 0;
    std::uint64_t measured_published = 0;
    std::uint64_t measured_received = 0;
    std::uint64_t measured_connects = 0;
    BenchHistogram latency;  ///< see bench_report.hpp

    /// What did not come within the time that is waited at the end.
    [[nodiscard]] std::uint64_t lost() const {
        return expected > received ? expected - received : 0;
    }
};

}  // namespace mq::cli
