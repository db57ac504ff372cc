#include "base/idle_processors.hpp"

#include <gtest/gtest.h>

namespace mq {
namespace {

TEST(IdleProcessors, AreTheFourthColumn) {
    const auto seconds =
        idle_processor_seconds("cpu  100 2 30 4500 70 0 1 0 0 0\ncpu0 100 2 30 4500 70 0 1 0\n");
    ASSERT_TRUE(seconds);
    EXPECT_GT(*seconds, 0);
    EXPECT_EQ(*seconds * 2, *idle_processor_seconds("cpu  1 1 1 9000 1"));
}

TEST(IdleProcessors, AreNotToldByOtherText) {
    EXPECT_FALSE(idle_processor_seconds(""));
    EXPECT_FALSE(idle_processor_seconds("intr 1 2 3 4 5"));
    EXPECT_FALSE(idle_processor_seconds("cpu  1 2 3"));
    EXPECT_FALSE(idle_processor_seconds("cpu  1 2 3 x"));
    EXPECT_FALSE(idle_processor_seconds("cpu  1 2 3 99999999999999999999999"));
}

TEST(IdleProcessors, AreToldHere) {
    EXPECT_TRUE(idle_processor_seconds());
}

}  // namespace
}  // namespace mq
