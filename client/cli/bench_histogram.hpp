#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mq::cli {

/// How often durations of which length came, in nanoseconds, to ask for percentiles.
///
/// A bucket is at most 1/32 of its values wide: percentiles are off by 3 % at most, and never too
/// small. Durations of more than 18 minutes (2^40 ns) count as such.
class BenchHistogram {
 public:
    static constexpr std::uint64_t longest_ns = (std::uint64_t{1} << 40) - 1;

    void add(std::uint64_t duration_ns);
    void clear() { *this = BenchHistogram(); }

    [[nodiscard]] std::uint64_t count() const { return count_; }
    /// The duration that so many hundredths of a percent stay below or reach; 0: there is none.
    [[nodiscard]] std::uint64_t percentile(unsigned per_10000) const;
    [[nodiscard]] std::uint64_t longest() const { return longest_; }

 private:
    static constexpr unsigned fine_bits = 5;  ///< 32 buckets for each power of two
    static constexpr std::size_t buckets = std::size_t{41 - fine_bits} << fine_bits;

    static std::size_t bucket_of(std::uint64_t duration_ns);
    static std::uint64_t end_of(std::size_t bucket);

    std::array<std::uint64_t, buckets> counts_{};
    std::uint64_t count_ = 0;
    std::uint64_t longest_ = 0;
};

}  // namespace mq::cli
