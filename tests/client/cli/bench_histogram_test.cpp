#include "client/cli/bench_histogram.hpp"

#include <gtest/gtest.h>

namespace mq::cli {
namespace {

TEST(BenchHistogram, WithoutDurationsHasNone) {
    const BenchHistogram empty;
    EXPECT_EQ(empty.count(), 0U);
    EXPECT_EQ(empty.percentile(5000), 0U);
    EXPECT_EQ(empty.longest(), 0U);
}

TEST(BenchHistogram, HasPercentiles) {
    BenchHistogram histogram;
    for (std::uint64_t us = 1; us <= 1000; ++us) {
        histogram.add(us * 1000);
    }
    const auto near = [&](unsigned per_10000, double wanted) {
        const auto found = static_cast<double>(histogram.percentile(per_10000));
        EXPECT_GE(found, wanted) << per_10000;
        EXPECT_LE(found, wanted * 1.04) << per_10000;
    };
    near(5000, 500'000);
    near(9900, 990'000);
    near(9990, 999'000);
    EXPECT_EQ(histogram.percentile(10000), 1'000'000U);
    EXPECT_EQ(histogram.count(), 1000U);
}

TEST(BenchHistogram, IsNeverOffByMoreThanABucket) {
    for (std::uint64_t duration = 1; duration < BenchHistogram::longest_ns;
         duration += duration / 7 + 1) {
        BenchHistogram histogram;
        histogram.add(duration);
        histogram.add(BenchHistogram::longest_ns);
        const std::uint64_t found = histogram.percentile(5000);
        ASSERT_GE(found, duration);
        ASSERT_LE(found, duration + duration / 32);
    }
}

TEST(BenchHistogram, TakesWhateverLasts) {
    BenchHistogram histogram;
    histogram.add(UINT64_MAX);
    histogram.add(0);
    EXPECT_EQ(histogram.longest(), BenchHistogram::longest_ns);
    EXPECT_EQ(histogram.percentile(10000), BenchHistogram::longest_ns);
    EXPECT_EQ(histogram.percentile(1), 0U);
}

}  // namespace
}  // namespace mq::cli
