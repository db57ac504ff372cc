#include "broker/net/delayed_calls.hpp"

#include "tests/broker/net/running_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using std::chrono::seconds;

/// A shard that does not run: its time stands still, and deadlines are served by hand.
class DelayedCallsTest : public testing::Test {
 protected:
    void after(Duration delay, int number) {
        calls.after(delay, [this, number] { made.push_back(number); });
    }

    ListLog log;
    std::unique_ptr<Shard> shard = std::move(*Shard::create(log));
    DelayedCalls calls{*shard};
    std::vector<int> made;
};

TEST_F(DelayedCallsTest, are_made_when_they_are_due) {
    const Time now = shard->now();
    EXPECT_EQ(calls.next_deadline(), never);
    after(seconds(2), 2);
    after(seconds(1), 1);
    after(seconds(3), 3);
    after(seconds(0), 0);
    EXPECT_THAT(made, testing::ElementsAre(0));
    EXPECT_EQ(calls.next_deadline(), now + seconds(1));
    calls.run_timer(now + seconds(2));
    EXPECT_THAT(made, testing::ElementsAre(0, 1, 2));
    EXPECT_EQ(calls.next_deadline(), now + seconds(3));
}

TEST_F(DelayedCallsTest, are_made_at_once_when_too_many_wait) {
    for (std::size_t number = 0; number < DelayedCalls::waiting_max; ++number) {
        after(seconds(1), 1);
    }
    EXPECT_THAT(made, testing::IsEmpty());
    after(seconds(1), 2);
    EXPECT_THAT(made, testing::ElementsAre(2));
    EXPECT_EQ(calls.waiting(), DelayedCalls::waiting_max);
    calls.run_timer(shard->now() + seconds(1));
    EXPECT_EQ(made.size(), DelayedCalls::waiting_max + 1);
    EXPECT_EQ(calls.waiting(), 0U);
}

TEST_F(DelayedCallsTest, may_call_for_another_one) {
    calls.after(seconds(1), [this] { after(seconds(2), 1); });
    calls.run_timer(shard->now() + seconds(1));
    EXPECT_EQ(calls.waiting(), 1U);
    calls.run_timer(shard->now() + seconds(2));
    EXPECT_THAT(made, testing::ElementsAre(1));
}

}  // namespace
}  // namespace mq::broker::test
