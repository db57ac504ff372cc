#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::Version;
using std::chrono::milliseconds;
using std::chrono::seconds;
using testing::Contains;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// Many retained messages, and a client that asks for all of them many times.
struct Searching : testing::Test {
    static constexpr int topics = 40;
    World world;
    Client* greedy = nullptr;
    Client* other = nullptr;

    void connect(std::uint32_t expiry = 0) {
        world.limits.retained_search_nodes = 10;
        other = &world.client();
        other->connects("other");
        for (int i = 0; i < topics; ++i) {
            other->publishes("t/" + std::to_string(i), "x", 0, 0, true);
        }
        greedy = &world.client();
        greedy->connects("greedy", true, expiry);
    }

    void asks(int times, unsigned level = 0) {
        mqtt::Buffer requests;
        for (int i = 0; i < times; ++i) {
            mqtt::append_request({"t/#", qos(level)}, Version::v5, requests);
        }
        mqtt::Subscribe packet;
        packet.packet_id = 7;
        packet.requests = mqtt::SubscriptionRequests(requests, Version::v5);
        greedy->sends(packet);
    }

    static std::size_t publishes_in(const Lines& lines) {
        return static_cast<std::size_t>(std::count_if(
            lines.begin(), lines.end(), [](auto& line) { return line.starts_with("PUBLISH"); }));
    }
};

TEST_F(Searching, OthersComeFirstWhenAllIsAskedForManyTimes) {
    connect();
    asks(50);
    const Lines at_once = greedy->reads();
    EXPECT_THAT(at_once, Contains(HasSubstr("SUBACK")));
    EXPECT_LE(publishes_in(at_once), 10U);
    other->sends(mqtt::Pingreq{});
    EXPECT_THAT(other->reads(), ElementsAre("PINGRESP"));
    world.passes(seconds(10));
    EXPECT_EQ(publishes_in(at_once) + publishes_in(greedy->reads()), 50U * topics);
}

TEST_F(Searching, WhoAskedIsHeardAgainAfterwards) {
    connect();
    asks(3);
    greedy->sends(mqtt::Pingreq{});
    EXPECT_THAT(greedy->reads(), testing::Not(Contains("PINGRESP")));
    world.passes(seconds(1));
    const Lines lines = greedy->reads();
    ASSERT_FALSE(lines.empty());
    EXPECT_EQ(lines.back(), "PINGRESP");
}

TEST_F(Searching, TwoWhoAskTakeTurns) {
    connect();
    asks(200);
    EXPECT_THAT(other->subscribes("t/1/#"), ElementsAre(HasSubstr("SUBACK")));
    world.passes(milliseconds(5));
    EXPECT_THAT(other->reads(), ElementsAre(HasSubstr("topic=\"t/1\"")));
}

TEST_F(Searching, OneTopicNeedsNoSearch) {
    connect();
    asks(200);
    EXPECT_EQ(other->subscribes("t/1").size(), 2U);
}

TEST_F(Searching, AClientThatIsHeldDoesNotLoseItsKeepAlive) {
    connect();
    Client& slow = world.client(Version::v3_1_1);
    mqtt::Connect packet;
    packet.version = Version::v3_1_1;
    packet.client_id = "slow";
    packet.keep_alive = 1;
    slow.sends(packet);
    greedy = &slow;
    mqtt::Buffer requests;
    for (int i = 0; i < 600; ++i) {
        mqtt::append_request({"t/#", qos(0)}, Version::v3_1_1, requests);
    }
    mqtt::Subscribe all;
    all.packet_id = 7;
    all.requests = mqtt::SubscriptionRequests(requests, Version::v3_1_1);
    slow.sends(all);
    world.passes(milliseconds(1700));
    EXPECT_TRUE(slow.open());
    world.passes(seconds(10));
    EXPECT_EQ(publishes_in(slow.reads()), 600U * topics);
    EXPECT_FALSE(slow.open());  // it has sent nothing since
}

TEST_F(Searching, EndsWithItsSession) {
    connect();
    asks(50);
    greedy->breaks();
    world.passes(seconds(10));
    EXPECT_EQ(world.broker().stats().sessions, 1U);
    Client& again = world.client();
    again.connects("greedy");
    EXPECT_THAT(again.reads(), IsEmpty());
    again.sends(mqtt::Pingreq{});
    EXPECT_THAT(again.reads(), ElementsAre("PINGRESP"));
}

TEST_F(Searching, GoesOnForASessionWhoseClientIsAway) {
    world.limits.queue_qos0_messages = true;
    connect(1000);
    asks(2, 1);
    const std::size_t at_once = publishes_in(greedy->reads());
    greedy->breaks();
    Client& again = world.client();
    const Lines lines = again.connects("greedy", false, 1000);
    again.sends(mqtt::Pingreq{});
    EXPECT_THAT(again.reads(), testing::Not(Contains("PINGRESP")));  // held as the one before
    world.passes(seconds(1));
    EXPECT_EQ(at_once + publishes_in(lines) + publishes_in(again.reads()), 2U * topics);
    again.sends(mqtt::Pingreq{});
    EXPECT_THAT(again.reads(), Contains("PINGRESP"));
}

}  // namespace
}  // namespace mq::broker::test
