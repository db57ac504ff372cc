#include "broker/core/two_shards.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(TwoShards, AClientMovesWithItsConnection) {
    Client& client = connected("c", 0);
    client.subscribes("t", qos(2), 5);
    client.subscribes("$share/g/s", qos(1));
    Client& publisher = connected("p", 0);
    publisher.publishes("t", "in flight", 2, 1);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("qos=2 packet_id=1")));
    ASSERT_TRUE(client.moves(1));
    EXPECT_EQ(client.shard(), 1);
    EXPECT_THAT(client.reads(), IsEmpty());
    client.sends(acknowledgement<mqtt::Pubrec>(1));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("PUBREL")));
    publisher.publishes("t", "live", 0, 2);
    publisher.publishes("s", "shared", 1, 4);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"live\""), HasSubstr("\"shared\"")));
    EXPECT_EQ(world.broker(0).stats().subscriptions, 0U);
    EXPECT_EQ(world.broker(0).stats().connections, 1U);
    EXPECT_EQ(total().connections, 2U);
    EXPECT_EQ(total().sessions, 2U);
    EXPECT_EQ(total().sockets_accepted, 2U);
}

TEST_F(TwoShards, AMovedClientAcknowledgesWhatNobodyHoldsAnyMore) {
    Client& client = world.client(mqtt::Version::v5, 0);
    client.connects("c", true, 0);
    client.subscribes("t", qos(1));
    Client& publisher = connected("p", 0);
    publisher.publishes("t", "in flight", 1, 1);
    client.reads();
    ASSERT_TRUE(client.moves(1));
    EXPECT_EQ(total().queued_messages, 1U);
    EXPECT_EQ(total().queued_bytes, 0U);
    client.sends(acknowledgement<mqtt::Puback>(1));
    client.reads();
    EXPECT_EQ(total().queued_messages, 0U);
    EXPECT_EQ(total().queued_bytes, 0U);
}

TEST_F(TwoShards, WhatAMovedClientSentMeanwhileIsHeard) {
    Client& client = connected("c", 0);
    Client& reader = connected("r", 1);
    reader.subscribes("t");
    world.holds_messages(true);
    client.moves(1);
    client.publishes("t", "x");
    world.holds_messages(false);
    EXPECT_THAT(reader.reads(), ElementsAre(HasSubstr("\"x\"")));
}

TEST_F(TwoShards, WhatAMovedClientDidNotTakeGoesAlong) {
    Client& client = connected("c", 0);
    client.subscribes("t");
    client.stops_taking();
    Client& publisher = connected("p", 0);
    publisher.publishes("t", std::string(5000, 'x'));
    ASSERT_TRUE(client.moves(1));
    publisher.publishes("t", "y");
    client.takes_again();
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("xxx"), HasSubstr("\"y\"")));
}

TEST_F(TwoShards, KeepAliveGoesAlong) {
    Client& client = world.client(Version::v5, 0);
    mqtt::Connect packet;
    packet.client_id = "c";
    packet.keep_alive = 10;
    client.sends(packet);
    ASSERT_TRUE(client.moves(1));
    world.passes(seconds(14));
    EXPECT_TRUE(client.open());
    world.passes(seconds(2));
    EXPECT_FALSE(client.open());
    EXPECT_EQ(total().sessions, 0U);
}

TEST_F(TwoShards, AClientThatIsTakenOverOnItsWayIsTold) {
    Client& first = connected("c", 0);
    world.holds_messages(true);
    first.moves(1);
    Client& second = world.client(Version::v5, 0);
    second.connects("c", false);
    world.holds_messages(false);
    EXPECT_THAT(first.reads(), ElementsAre("DISCONNECT reason_code=0x8E"));
    EXPECT_FALSE(second.closed_by_broker());
    EXPECT_THAT(second.reads(), ElementsAre(HasSubstr("session_present")));
    EXPECT_EQ(total().sessions, 1U);
    EXPECT_EQ(total().connections, 1U);
}

TEST_F(TwoShards, AClientThatIsGoneOnItsWayLeavesNothing) {
    Client& client = world.client(Version::v5, 0);
    client.connects("c", true, 0);
    world.holds_messages(true);
    client.moves(1);
    client.breaks();
    world.holds_messages(false);
    world.settles();
    EXPECT_EQ(total().sessions, 0U);
    EXPECT_EQ(total().connections, 0U);
    EXPECT_THAT(connected("c", 0).reads(), IsEmpty());
}

TEST_F(TwoShards, AClientThatIsLostOnItsWayHasItsWill) {
    Client& watcher = connected("w", 0);
    watcher.subscribes("will");
    mqtt::Connect packet;
    packet.client_id = "c";
    packet.session_expiry_interval = 1000;
    packet.will = mqtt::Will{};
    packet.will->topic = "will";
    Client& client = world.client(Version::v5, 0);
    client.sends(packet);
    client.loses_its_way();
    client.moves(1);
    EXPECT_EQ(watcher.reads().size(), 1U);
    EXPECT_TRUE(world.log.has("c [192.0.2.1:40000] disconnected: lost on its way"));
    EXPECT_EQ(total().connections, 1U);
    EXPECT_EQ(total().sessions, 2U);
}

TEST_F(TwoShards, AClientThatWaitsForAnotherShardStays) {
    Client& client = connected("c", 0);
    world.holds_messages(true);
    client.subscribes("t");
    EXPECT_FALSE(client.moves(1));
}

/// Whoever asks for a session while it is on its move waits until that is over.
TEST_F(TwoShards, WhoWaitsForAMovingClientThatEndsMeanwhileIsLetIn) {
    for (const ShardIndex owner : {ShardIndex{0}, ShardIndex{1}}) {
        const std::string id = id_kept_by(world, owner);
        Client& first = world.client(Version::v5, 0);
        first.connects(id, true, 0);
        world.holds_messages(true);
        first.moves(1);
        Client& second = world.client(Version::v5, 0);
        second.connects(id, true);
        while (first.shard() != 1) {
            ASSERT_TRUE(world.delivers_one(0, 1) || world.delivers_one(1, 0));
        }
        while (world.delivers_one(0, 1)) {
        }
        first.breaks();
        world.holds_messages(false);
        EXPECT_THAT(second.reads(), ElementsAre(HasSubstr("CONNACK"))) << "owner " << owner;
    }
    EXPECT_EQ(total().sessions, 2U);
}

TEST_F(TwoShards, WhoseSessionDoesNotComeIsTurnedAway) {
    connected("c", 0, false);
    world.holds_messages(true);
    Client& second = connected("c", 1, false);
    Client& third = connected("c", 1, false);
    world.passes(seconds(29));
    EXPECT_TRUE(second.open());
    world.passes(seconds(2));
    EXPECT_THAT(second.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x88")));
    EXPECT_TRUE(second.closed_by_broker());
    EXPECT_TRUE(third.closed_by_broker());
    world.holds_messages(false);
    world.settles();
    EXPECT_THAT(connected("c", 1, false).reads(), IsEmpty());
    EXPECT_EQ(total().connections, 1U);
    EXPECT_EQ(total().sessions, 1U);
}

/// A session has moved and ended while the third shard was busy, so that its ghost is still there
/// when its client connects again.
TEST(ThreeShards, AGhostIsNobodysSession) {
    for (const bool clean_start : {true, false}) {
        World world{3};
        const std::string id = id_kept_by(world, 1);
        Client& first = world.client(Version::v5, 0);
        first.connects(id, true, 0);
        first.subscribes("old");
        world.holds_messages(true);
        first.moves(1);
        converse(world, 0, 1);
        ASSERT_EQ(first.shard(), 1);
        first.breaks();
        converse(world, 0, 1);
        Client& second = world.client(Version::v5, 0);
        second.connects(id, clean_start, 0);
        converse(world, 0, 1);
        EXPECT_THAT(second.reads(),
                    ElementsAre(testing::AllOf(HasSubstr("CONNACK"),
                                               testing::Not(HasSubstr("session_present")))));
        world.holds_messages(false);
        second.subscribes("t");
        Client& publisher = world.client(Version::v5, 2);
        publisher.connects("p");
        publisher.publishes("old", "x");
        publisher.publishes("t", "y");
        EXPECT_THAT(second.reads(), ElementsAre(HasSubstr("\"y\"")));
        ASSERT_TRUE(second.moves(2));
        EXPECT_EQ(second.shard(), 2);
    }
}

TEST(ThreeShards, WhoConnectsInVainWhereAGhostIsLeavesItAlone) {
    World world{3};
    const std::string id = id_kept_by(world, 1);
    Client& first = world.client(Version::v5, 0);
    first.connects(id, true, 0);
    world.holds_messages(true);
    first.moves(1);
    converse(world, 0, 1);
    first.breaks();
    converse(world, 0, 1);
    Client& second = world.client(Version::v5, 0);
    second.connects(id, true, 0);
    second.breaks();
    world.holds_messages(false);
    world.settles();
    Client& third = world.client(Version::v5, 2);
    EXPECT_EQ(third.connects(id, true, 0).size(), 1U);
    EXPECT_EQ(world.broker(0).stats().sessions, 0U);
}

TEST_F(TwoShards, Qos0MessagesOfAMoveLeaveRoomForOthers) {
    world.limits.max_queued_messages = 10;
    Client& client = connected("c", 0);
    client.subscribes("a");
    client.subscribes("b", qos(1));
    Client& publisher = connected("p", 0);
    world.holds_messages(true);
    client.moves(1);
    until_away(0, 1);
    for (int i = 0; i < 10; ++i) {
        publisher.publishes("a", "x");
    }
    publisher.publishes("b", "y", 1, 1);
    world.holds_messages(false);
    const Lines lines = client.reads();
    ASSERT_EQ(lines.size(), 11U);
    EXPECT_THAT(lines.back(), HasSubstr("\"y\""));
    EXPECT_EQ(total().publishes_dropped, 0U);
}

TEST_F(TwoShards, WhatAMoveHasNoRoomForIsCounted) {
    world.limits.max_queued_messages = 2;
    Client& client = connected("c", 0);
    client.subscribes("a", qos(1));
    Client& publisher = connected("p", 0);
    world.holds_messages(true);
    client.moves(1);
    until_away(0, 1);
    for (mqtt::PacketId id = 1; id <= 5; ++id) {
        publisher.publishes("a", "x", 1, id);
    }
    world.holds_messages(false);
    EXPECT_EQ(client.reads().size(), 2U);
    EXPECT_EQ(total().publishes_dropped, 3U);
}

TEST_F(TwoShards, Qos0MessagesKeepTheirOrderAlsoWhereOthersWait) {
    world.limits.max_inflight_messages = 1;
    Client& client = connected("c", 0);
    client.subscribes("a");
    client.subscribes("b", qos(1));
    Client& publisher = connected("p", 0);
    publisher.publishes("b", "not acknowledged", 1, 1);
    client.reads();
    world.holds_messages(true);
    client.moves(1);
    until_away(0, 1);
    publisher.publishes("a", "1");
    world.holds_messages(false);
    world.settles();
    publisher.publishes("a", "2");
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"1\""), HasSubstr("\"2\"")));
}

}  // namespace
}  // namespace mq::broker::test
