#include "client/cli/bench_histogram.hpp"

#include <algorithm>
#include <bit>

namespace mq::cli {

/// Below 64 a bucket a nanosecond; above, the power of two and the five bits behind its first one.
std::size_t BenchHistogram::bucket_of(std::uint64_t duration_ns) {
    constexpr std::uint64_t exact = std::uint64_t{2} << fine_bits;
    if (duration_ns < exact) {
        return static_cast<std::size_t>(duration_ns);
    }
    const auto shift = static_cast<unsigned>(std::bit_width(duration_ns)) - fine_bits - 1;
    return (std::size_t{shift} << fine_bits) + static_cast<std::size_t>(duration_ns >> shift);
}

/// The largest duration of a bucket.
std::uint64_t BenchHistogram::end_of(std::size_t bucket) {
    constexpr std::size_t exact = std::size_t{2} << fine_bits;
    if (bucket < exact) {
        return bucket;
    }
    const std::size_t shift = (bucket >> fine_bits) - 1;
    const std::uint64_t first = bucket - (shift << fine_bits);
    return ((first + 1) << shift) - 1;
}

void BenchHistogram::add(std::uint64_t duration_ns) {
    const std::uint64_t taken = std::min(duration_ns, longest_ns);
    ++counts_[std::min(bucket_of(taken), buckets - 1)];
    ++count_;
    longest_ = std::max(longest_, taken);
}

std::uint64_t BenchHistogram::percentile(unsigned per_10000) const {
    if (count_ == 0) {
        return 0;
    }
    const std::uint64_t wanted = std::max<std::uint64_t>(1, (count_ * per_10000 + 9999) / 10000);
    std::uint64_t seen = 0;
    for (std::size_t bucket = 0; bucket < buckets; ++bucket) {
        seen += counts_[bucket];
        if (seen >= wanted) {
            return std::min(end_of(bucket), longest_);
        }
    }
    return longest_;
}

}  // namespace mq::cli
