#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct WillOf : testing::Test {
    World world;
    Client* watcher = nullptr;
    Client* client = nullptr;
    mqtt::Connect packet;

    explicit WillOf(bool with_journal = false) : world(1, with_journal) {
        packet.client_id = "c";
        packet.will = mqtt::Will{};
        packet.will->topic = "will";
        packet.will->payload = mqtt::Bytes(reinterpret_cast<const std::uint8_t*>("bye"), 3);
    }
    void connect() {
        watcher = &world.client();
        watcher->connects("w", false);
        watcher->subscribes("will");
        client = &world.client(packet.version);
        client->sends(packet);
    }
    Lines seen() { return watcher->reads(); }
};

TEST_F(WillOf, AClientThatBreaksOffIsPublished) {
    connect();
    client->breaks();
    EXPECT_THAT(seen(), ElementsAre("PUBLISH topic=\"will\" qos=0 payload=\"bye\""));
}

TEST_F(WillOf, AClientThatSaysGoodbyeIsDiscarded) {
    connect();
    client->sends(mqtt::Disconnect{});
    EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(WillOf, AClientThatAsksForItIsPublished) {
    connect();
    client->sends(disconnect(mqtt::ReasonCode::disconnect_with_will));
    EXPECT_EQ(seen().size(), 1U);
}

TEST_F(WillOf, AProtocolErrorIsPublished) {
    connect();
    client->sends_bytes(mqtt::Buffer{0xF0, 0x00, 0x00});
    EXPECT_EQ(seen().size(), 1U);
}

TEST_F(WillOf, ADelayWaits) {
    packet.session_expiry_interval = 100;
    packet.will->delay_interval = 10;
    connect();
    client->breaks();
    world.passes(seconds(9));
    EXPECT_THAT(seen(), IsEmpty());
    world.passes(seconds(2));
    EXPECT_EQ(seen().size(), 1U);
}

TEST_F(WillOf, ADelayEndsWithTheSession) {
    packet.session_expiry_interval = 5;
    packet.will->delay_interval = 10;
    connect();
    client->breaks();
    world.passes(seconds(6));
    EXPECT_EQ(seen().size(), 1U);
    world.passes(seconds(60));
    EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(WillOf, AReconnectInTimeIsNotPublished) {
    packet.session_expiry_interval = 100;
    packet.will->delay_interval = 10;
    packet.clean_start = false;
    connect();
    client->breaks();
    world.passes(seconds(5));
    world.client().connects("c", false);
    world.passes(seconds(60));
    EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(WillOf, ACleanStartInTimeEndsTheSessionAndIsPublished) {
    packet.session_expiry_interval = 100;
    packet.will->delay_interval = 10;
    connect();
    client->breaks();
    world.client().connects("c", true);
    EXPECT_EQ(seen().size(), 1U);
}

TEST_F(WillOf, ATakeOverIsPublishedWithoutDelay) {
    packet.session_expiry_interval = 100;
    connect();
    world.client().connects("c", false);
    EXPECT_EQ(seen().size(), 1U);
}

TEST_F(WillOf, RetainedIsKeptAndPropertiesTravel) {
    packet.will->retain = true;
    packet.will->properties.content_type = "text";
    packet.will->properties.message_expiry_interval = 50;
    connect();
    client->breaks();
    EXPECT_THAT(seen(), ElementsAre(HasSubstr("content_type=\"text\"")));
    world.passes(seconds(10));
    Client& late = world.client();
    late.connects("late");
    EXPECT_THAT(late.subscribes("will"),
                ElementsAre(HasSubstr("SUBACK"), HasSubstr("message_expiry_interval=40")));
}

TEST_F(WillOf, V311BreaksOffIsPublished) {
    packet.version = Version::v3_1_1;
    connect();
    client->breaks();
    EXPECT_EQ(seen().size(), 1U);
}

TEST_F(WillOf, AWillThatMayNotBeWrittenIsRefused) {
    world.access.on_write = [](std::string_view topic) { return topic != "will"; };
    connect();
    EXPECT_THAT(client->reads(), ElementsAre(HasSubstr("reason_code=0x87")));
}

TEST_F(WillOf, AWillThatMayNotBeWrittenAnyMoreIsNotPublished) {
    connect();
    world.access.on_write = [](std::string_view topic) { return topic != "will"; };
    client->breaks();
    EXPECT_THAT(seen(), IsEmpty());
    EXPECT_TRUE(world.log.has("The will of client c is not published"));
}

TEST_F(WillOf, AWillOnASysTopicIsRefused) {
    packet.will->topic = "$SYS/x";
    connect();
    EXPECT_THAT(client->reads(), ElementsAre(HasSubstr("reason_code=0x87")));
}

TEST_F(WillOf, ABridgeOfAnotherBrokerLeavesItsStateAsAWill) {
    packet.will->topic = "$SYS/broker/connection/bridge/state";
    connect();
    EXPECT_THAT(client->reads(), ElementsAre(HasSubstr("CONNACK")));
    EXPECT_TRUE(client->open());
}

/// A will belongs to the session, MQTT 5.0 §4.1, and so it survives the broker.
struct WillAfterACrash : WillOf {
    WillAfterACrash() : WillOf(true) {
        packet.session_expiry_interval = 100;
        packet.clean_start = false;
    }
    /// The broker comes back after so long; its watcher, which is always there, with it.
    void crash(Duration down = Duration(0)) {
        world.sleeps(down);
        world.crashes();
        watcher = &world.client();
        watcher->connects("w", false);
        world.passes(Duration(1));
    }
};

TEST_F(WillAfterACrash, ADelayGoesOn) {
    packet.will->delay_interval = 10;
    connect();
    client->breaks();
    world.passes(seconds(4));
    crash(seconds(2));
    world.passes(seconds(3));
    EXPECT_THAT(seen(), IsEmpty());
    world.passes(seconds(2));
    EXPECT_EQ(seen().size(), 1U);
}

TEST_F(WillAfterACrash, ADelayThatIsOverIsPublishedAtOnceAndOnce) {
    packet.will->delay_interval = 10;
    connect();
    client->breaks();
    crash(seconds(20));
    EXPECT_EQ(seen().size(), 1U);
    crash(seconds(20));
    EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(WillAfterACrash, AClientThatWasThereIsPublished) {
    connect();
    crash();
    EXPECT_THAT(seen(), ElementsAre("PUBLISH topic=\"will\" qos=0 payload=\"bye\""));
    EXPECT_FALSE(world.journal.find("c")->session.will);
}

TEST_F(WillAfterACrash, AClientThatWasThereHasItsDelayToComeBack) {
    packet.will->delay_interval = 10;
    connect();
    crash(seconds(20));
    world.passes(seconds(9));
    world.client().connects("c", false);
    world.passes(seconds(60));
    EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(WillAfterACrash, ASessionThatIsOverIsPublishedToAll) {
    packet.will->delay_interval = 1000;
    connect();
    client->breaks();
    crash(seconds(101));
    EXPECT_EQ(seen().size(), 1U);
    EXPECT_EQ(world.journal.find("c"), nullptr);
}

TEST_F(WillAfterACrash, AClientThatHasSaidGoodbyeIsNot) {
    connect();
    client->sends(mqtt::Disconnect{});
    EXPECT_FALSE(world.journal.find("c")->session.will);
    crash();
    EXPECT_THAT(seen(), IsEmpty());
}

TEST_F(WillAfterACrash, WhatItSaysComesAlong) {
    packet.will->retain = true;
    packet.will->properties.content_type = "text";
    packet.will->properties.message_expiry_interval = 50;
    connect();
    crash(seconds(20));
    EXPECT_THAT(seen(), ElementsAre(HasSubstr("content_type=\"text\"")));
    ASSERT_EQ(world.journal.retained.size(), 1U);
    EXPECT_EQ(world.journal.retained[0]->publisher().client_id, "c");
    EXPECT_EQ(world.journal.retained[0]->origin().expiry, world.now() + seconds(50) - Duration(1));
}

TEST_F(WillOf, ShutDownPublishesWills) {
    packet.will->retain = true;
    connect();
    world.broker().shut_down(world.now());
    EXPECT_EQ(world.broker().stats().retained_messages, 1U);
}

}  // namespace
}  // namespace mq::broker::test
