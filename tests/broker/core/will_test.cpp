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

    WillOf() {
        packet.client_id = "c";
        packet.will = mqtt::Will{};
        packet.will->topic = "will";
        packet.will->payload = mqtt::Bytes(reinterpret_cast<const std::uint8_t*>("bye"), 3);
    }
    void connect() {
        watcher = &world.client();
        watcher->connects("w");
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

TEST_F(WillOf, ShutDownPublishesWills) {
    packet.will->retain = true;
    connect();
    world.broker().shut_down(world.now());
    EXPECT_EQ(world.broker().stats().retained_messages, 1U);
}

}  // namespace
}  // namespace mq::broker::test
