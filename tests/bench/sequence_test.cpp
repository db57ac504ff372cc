#include "tests/bench/sequence.hpp"

#include <gtest/gtest.h>

#include <initializer_list>

namespace mq::bench {
namespace {

Sequence seen(std::initializer_list<std::uint64_t> numbers) {
    Sequence sequence;
    for (const std::uint64_t number : numbers) {
        sequence.see(number);
    }
    return sequence;
}

TEST(Sequence, NothingIsWrongInOrder) {
    const Sequence sequence = seen({0, 1, 2, 3});
    EXPECT_EQ(sequence.lost(4), 0U);
    EXPECT_EQ(sequence.duplicated(), 0U);
    EXPECT_EQ(sequence.reordered(), 0U);
}

TEST(Sequence, CountsWhatNeverCame) {
    const Sequence sequence = seen({0, 3, 4});
    EXPECT_EQ(sequence.distinct(), 3U);
    EXPECT_EQ(sequence.lost(7), 4U);  // 1, 2, 5 and 6
}

TEST(Sequence, CountsWhatCameAgain) {
    const Sequence sequence = seen({0, 1, 1, 0, 2});
    EXPECT_EQ(sequence.duplicated(), 2U);
    EXPECT_EQ(sequence.lost(3), 0U);
}

TEST(Sequence, CountsWhatCameTooLate) {
    const Sequence sequence = seen({0, 2, 1, 3});
    EXPECT_EQ(sequence.reordered(), 1U);
    EXPECT_EQ(sequence.duplicated(), 0U);
    EXPECT_EQ(sequence.lost(4), 0U);
}

}  // namespace
}  // namespace mq::bench
