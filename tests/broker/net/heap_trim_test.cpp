#include "broker/net/heap_trim.hpp"

#include <gtest/gtest.h>

namespace mq::broker {
namespace {

constexpr std::size_t large = 10 * HeapTrim::burst_bytes_min;
constexpr Time start{std::chrono::hours(1)};

TEST(HeapTrim, IsDueOnceAfterABurst) {
    HeapTrim trim;
    trim.look(large, start);
    EXPECT_EQ(trim.due(), never);
    trim.look(large / 2, start);
    EXPECT_EQ(trim.due(), start + HeapTrim::pause);
    trim.look(0, start + std::chrono::seconds(1));
    EXPECT_EQ(trim.due(), start + HeapTrim::pause);
    trim.run(0);
    trim.look(0, start + std::chrono::seconds(3));
    EXPECT_EQ(trim.due(), never);
}

TEST(HeapTrim, WaitsWhenTheBurstGoesOn) {
    HeapTrim trim;
    trim.look(large, start);
    trim.look(0, start);
    trim.look(large, start);
    EXPECT_EQ(trim.due(), never);
}

TEST(HeapTrim, LeavesLittleThingsAlone) {
    HeapTrim trim;
    trim.look(HeapTrim::burst_bytes_min - 1, start);
    trim.look(0, start);
    EXPECT_EQ(trim.due(), never);
    trim.look(large, start);
    trim.look(large * 2 / 3, start);
    EXPECT_EQ(trim.due(), never);
}

}  // namespace
}  // namespace mq::broker
