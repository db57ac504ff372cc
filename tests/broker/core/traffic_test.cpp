#include "broker/core/traffic.hpp"

#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

namespace mq::broker::test {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using testing::UnorderedElementsAre;
using Group = Traffic::Group;

std::vector<Group> groups_of(std::initializer_list<std::size_t> notes) {
    std::vector<Group> groups;
    for (const std::size_t n : notes) {
        groups.push_back({{}, n});
    }
    return groups;
}

TEST(Traffic, ThoseThatSendEachOtherMessagesAreOneGroup) {
    Traffic traffic;
    traffic.sent(1);
    traffic.delivered(1, 2);
    traffic.sent(3);
    traffic.delivered(3, 4);
    traffic.delivered(3, 5);
    traffic.sent(6);
    const auto groups = traffic.groups();
    ASSERT_EQ(groups.size(), 3U);
    EXPECT_THAT(groups[0].sessions, UnorderedElementsAre(3, 4, 5));
    EXPECT_EQ(groups[0].notes, 3U);
    EXPECT_THAT(groups[1].sessions, UnorderedElementsAre(1, 2));
    EXPECT_THAT(groups[2].sessions, UnorderedElementsAre(6));
}

TEST(Traffic, GroupsThatMeetBecomeOne) {
    Traffic traffic;
    traffic.delivered(1, 2);
    traffic.delivered(3, 4);
    traffic.delivered(2, 3);
    const auto groups = traffic.groups();
    ASSERT_EQ(groups.size(), 1U);
    EXPECT_THAT(groups[0].sessions, UnorderedElementsAre(1, 2, 3, 4));
    EXPECT_EQ(groups[0].notes, 3U);
}

TEST(Traffic, TheBrokerItselfBelongsToNoGroup) {
    Traffic traffic;
    traffic.sent(0);
    traffic.delivered(0, 1);
    traffic.delivered(0, 2);
    EXPECT_EQ(traffic.groups().size(), 2U);
}

TEST(Traffic, CountsNoMoreThanItNeeds) {
    Traffic traffic;
    for (std::uint64_t i = 1; i <= Traffic::notes_max + 10; ++i) {
        traffic.sent(i);
    }
    EXPECT_TRUE(traffic.full());
    EXPECT_EQ(traffic.groups().size(), Traffic::notes_max);
}

TEST(ChooseGroups, SharesTheWork) {
    EXPECT_THAT(choose_groups(groups_of({10, 10, 10, 10}), 1.0, 0.0), ElementsAre(0, 1));
    EXPECT_THAT(choose_groups(groups_of({10, 10, 10, 10}), 1.0, 0.5), ElementsAre(0));
}

TEST(ChooseGroups, LeavesAGroupThatWouldTurnTheTables) {
    EXPECT_THAT(choose_groups(groups_of({100}), 1.0, 0.0), IsEmpty());
    EXPECT_THAT(choose_groups(groups_of({100, 20, 10}), 1.0, 0.0), ElementsAre(1, 2));
}

TEST(ChooseGroups, NothingComesFromNothing) {
    EXPECT_THAT(choose_groups({}, 1.0, 0.0), IsEmpty());
}

TEST(CountTraffic, TellsWhoBelongsTogether) {
    World world;
    Client& a = world.client();
    a.connects("a");
    a.subscribes("a/+");
    Client& b = world.client();
    b.connects("b");
    b.subscribes("b/+");
    Client& publisher = world.client();
    publisher.connects("p");
    Traffic traffic;
    world.broker().count_traffic(&traffic);
    publisher.publishes("a/1", "x");
    b.publishes("b/1", "x");
    world.broker().count_traffic(nullptr);
    publisher.publishes("b/1", "x");
    const auto groups = traffic.groups();
    ASSERT_EQ(groups.size(), 2U);
    EXPECT_EQ(groups[0].sessions.size() + groups[1].sessions.size(), 3U);
    EXPECT_EQ(traffic.notes(), 4U);
}

}  // namespace
}  // namespace mq::broker::test
