#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::QoS;
using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

mqtt::Bytes bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

struct PublisherAndSubscriber : testing::Test {
    World world;
    Client* publisher = nullptr;
    Client* subscriber = nullptr;

    void connect(Version version = Version::v5) {
        publisher = &world.client(version);
        publisher->connects("p");
        subscriber = &world.client(version);
        subscriber->connects("s");
    }
};

TEST_F(PublisherAndSubscriber, TheLesserQoSOfBothHolds) {
    connect();
    subscriber->subscribes("0", qos(0));
    subscriber->subscribes("1", qos(1));
    subscriber->subscribes("2", qos(2));
    mqtt::PacketId id = 0;
    for (const char* topic : {"0", "1", "2"}) {
        publisher->publishes(topic, "a", 0);
        publisher->publishes(topic, "b", 1, ++id);
        publisher->publishes(topic, "c", 2, ++id);
    }
    std::string levels;
    for (const std::string& line : subscriber->reads()) {
        levels += line.substr(line.find("qos=") + 4, 1);
    }
    EXPECT_EQ(levels, "000011012");
}

TEST_F(PublisherAndSubscriber, QoS1IsAcknowledged) {
    connect();
    subscriber->subscribes("t");
    publisher->publishes("t", "x", 1, 7);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBACK packet_id=7 reason_code=0x00"));
}

TEST_F(PublisherAndSubscriber, APublishForNobodyIsToldInV5) {
    connect();
    publisher->publishes("t", "x", 1, 7);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBACK packet_id=7 reason_code=0x10"));
    publisher->publishes("t", "x", 2, 8);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBREC packet_id=8 reason_code=0x00"));
}

TEST_F(PublisherAndSubscriber, QoS2IsPassedOnOnceHoweverOftenItIsSent) {
    connect(Version::v3_1_1);
    subscriber->subscribes("t");
    publisher->publishes("t", "x", 2, 7);
    publisher->publishes("t", "x", 2, 7);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBREC packet_id=7 reason_code=0x00",
                                                "PUBREC packet_id=7 reason_code=0x00"));
    publisher->sends(acknowledgement<mqtt::Pubrel>(7));
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBCOMP packet_id=7 reason_code=0x00"));
    EXPECT_EQ(subscriber->reads().size(), 1U);
    publisher->publishes("t", "new", 2, 7);
    EXPECT_THAT(subscriber->reads(), ElementsAre(HasSubstr("\"new\"")));
}

TEST_F(PublisherAndSubscriber, AReleaseOfAnUnknownIdentifierIsAnsweredAsAnyOther) {
    connect();
    publisher->sends(acknowledgement<mqtt::Pubrel>(9));
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBCOMP packet_id=9 reason_code=0x00"));
}

TEST_F(PublisherAndSubscriber, TheFullQoS2ExchangeWithASubscriber) {
    connect();
    subscriber->subscribes("t", qos(2));
    publisher->publishes("t", "x", 2, 1);
    EXPECT_THAT(subscriber->reads(),
                ElementsAre("PUBLISH topic=\"t\" qos=2 packet_id=1 payload=\"x\""));
    subscriber->sends(acknowledgement<mqtt::Pubrec>(1));
    EXPECT_THAT(subscriber->reads(), ElementsAre("PUBREL packet_id=1 reason_code=0x00"));
    subscriber->sends(acknowledgement<mqtt::Pubcomp>(1));
    EXPECT_EQ(world.broker().stats().queued_messages, 0U);
}

TEST_F(PublisherAndSubscriber, APubrecWithAnErrorEndsTheExchange) {
    connect();
    subscriber->subscribes("t", qos(2));
    publisher->publishes("t", "x", 2, 1);
    subscriber->reads();
    subscriber->sends(acknowledgement<mqtt::Pubrec>(1, mqtt::ReasonCode::quota_exceeded));
    EXPECT_THAT(subscriber->reads(), IsEmpty());
    EXPECT_EQ(world.broker().stats().queued_messages, 0U);
}

TEST_F(PublisherAndSubscriber, AnAcknowledgementOfTheWrongKindIsAProtocolError) {
    connect();
    subscriber->subscribes("t", qos(2));
    publisher->publishes("t", "x", 2, 1);
    subscriber->reads();
    subscriber->sends(acknowledgement<mqtt::Puback>(1));
    EXPECT_THAT(subscriber->reads(), ElementsAre("DISCONNECT reason_code=0x82"));
}

TEST_F(PublisherAndSubscriber, MoreQoS2ThanTheReceiveMaximumEndsTheConnection) {
    world.limits.max_inflight_messages = 2;
    connect();
    publisher->publishes("t", "x", 2, 1);
    publisher->publishes("t", "x", 2, 2);
    publisher->reads();
    publisher->publishes("t", "x", 2, 3);
    EXPECT_THAT(publisher->reads(), ElementsAre("DISCONNECT reason_code=0x93"));
}

TEST_F(PublisherAndSubscriber, PropertiesTravelUnalteredAndInOrder) {
    connect();
    subscriber->subscribes("t");
    mqtt::Buffer user;
    mqtt::append_user_property({"k", "1"}, user);
    mqtt::append_user_property({"a", "2"}, user);
    mqtt::append_user_property({"k", "3"}, user);
    mqtt::Publish packet;
    packet.topic = "t";
    packet.payload = bytes("x");
    packet.properties.payload_format_indicator = 1;
    packet.properties.content_type = "text";
    packet.properties.response_topic = "r/t";
    packet.properties.correlation_data = bytes("\x01\x02");
    packet.properties.user_properties = mqtt::UserProperties(user);
    publisher->sends(packet);
    EXPECT_THAT(subscriber->reads(),
                ElementsAre("PUBLISH topic=\"t\" qos=0 payload=\"x\" payload_format_indicator=1 "
                            "content_type=\"text\" response_topic=\"r/t\" "
                            "correlation_data=\"\\x01\\x02\" user_property=\"k\"=\"1\" "
                            "user_property=\"a\"=\"2\" user_property=\"k\"=\"3\""));
}

TEST_F(PublisherAndSubscriber, ALargePayloadArrivesWhole) {
    connect();
    subscriber->subscribes("t", qos(1));
    publisher->publishes("t", std::string(100'000, 'x'), 1, 1);
    publisher->publishes("t", "small", 1, 2);
    publisher->publishes("t", std::string(5'000, 'y'), 1, 3);
    EXPECT_THAT(subscriber->reads(),
                ElementsAre(HasSubstr("(100000)"), HasSubstr("small"), HasSubstr("(5000)")));
}

TEST_F(PublisherAndSubscriber, AnExpiredMessageIsNotDeliveredAndALivingOneTellsWhatIsLeft) {
    connect();
    subscriber->subscribes("t", qos(1));
    subscriber->breaks();
    mqtt::Publish packet;
    packet.topic = "t";
    packet.qos = QoS::at_least_once;
    packet.packet_id = 1;
    packet.properties.message_expiry_interval = 10;
    publisher->sends(packet);
    packet.packet_id = 2;
    packet.properties.message_expiry_interval = 100;
    publisher->sends(packet);
    world.passes(seconds(30));
    EXPECT_THAT(world.client().connects("s", false),
                ElementsAre(HasSubstr("CONNACK"), HasSubstr("message_expiry_interval=70")));
    EXPECT_EQ(world.broker().stats().queued_messages, 1U);
}

TEST_F(PublisherAndSubscriber, AliasesOfAClientStandForTheirTopic) {
    connect();
    subscriber->subscribes("#");
    mqtt::Publish packet;
    packet.topic = "long/topic";
    packet.topic_alias = 3;
    publisher->sends(packet);
    packet.topic = "";
    publisher->sends(packet);
    EXPECT_THAT(subscriber->reads(),
                ElementsAre(HasSubstr("\"long/topic\""), HasSubstr("\"long/topic\"")));
    packet.topic_alias = 4;
    publisher->sends(packet);
    EXPECT_THAT(publisher->reads(), ElementsAre("DISCONNECT reason_code=0x82"));
}

TEST_F(PublisherAndSubscriber, AnAliasAboveTheMaximumEndsTheConnection) {
    connect();
    mqtt::Publish packet;
    packet.topic = "t";
    packet.topic_alias = 11;
    publisher->sends(packet);
    EXPECT_THAT(publisher->reads(), ElementsAre("DISCONNECT reason_code=0x94"));
}

TEST_F(PublisherAndSubscriber, TheBrokerMakesAliasesForAClientThatTakesThem) {
    connect();
    Client& client = world.client();
    mqtt::Connect packet;
    packet.client_id = "alias";
    packet.topic_alias_maximum = 1;
    client.sends(packet);
    client.reads();
    client.subscribes("#");
    publisher->publishes("one", "x");
    publisher->publishes("one", "x");
    publisher->publishes("two", "x");
    EXPECT_THAT(client.reads(),
                ElementsAre("PUBLISH topic=\"one\" qos=0 payload=\"x\" topic_alias=1",
                            "PUBLISH topic=\"\" qos=0 payload=\"x\" topic_alias=1",
                            "PUBLISH topic=\"two\" qos=0 payload=\"x\""));
}

TEST_F(PublisherAndSubscriber, AMessageTooLargeForAClientIsTreatedAsSent) {
    connect();
    Client& small = world.client();
    mqtt::Connect packet;
    packet.client_id = "small";
    packet.maximum_packet_size = 50;
    small.sends(packet);
    small.reads();
    small.subscribes("t", qos(1));
    publisher->publishes("t", std::string(100, 'x'), 1, 1);
    publisher->publishes("t", "fits", 1, 2);
    EXPECT_THAT(small.reads(), ElementsAre(HasSubstr("\"fits\"")));
    EXPECT_EQ(world.broker().stats().queued_messages, 1U);
}

TEST_F(PublisherAndSubscriber, SysTopicsAreNotForClientsToWrite) {
    connect();
    subscriber->subscribes("$SYS/#");
    publisher->publishes("$SYS/broker/fake", "x", 1, 1);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x87"));
    publisher->publishes("$SYS/broker/fake", "x");
    EXPECT_THAT(subscriber->reads(), IsEmpty());
    EXPECT_TRUE(publisher->open());
}

TEST_F(PublisherAndSubscriber, ABridgeOfAnotherBrokerTellsItsStateUnderSys) {
    connect();
    subscriber->subscribes("$SYS/broker/connection/#");
    publisher->publishes("$SYS/broker/connection/bridge/state", "1");
    EXPECT_THAT(subscriber->reads(), ElementsAre(HasSubstr("connection/bridge/state")));
    publisher->publishes("$SYS/broker/connection/bridge/other", "1", 1, 1);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x87"));
    world.access.on_write = [](std::string_view) { return false; };
    publisher->publishes("$SYS/broker/connection/bridge/state", "1", 1, 2);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBACK packet_id=2 reason_code=0x87"));
    EXPECT_THAT(subscriber->reads(), IsEmpty());
}

TEST_F(PublisherAndSubscriber, WhatMayNotBeWrittenOrReadIsNot) {
    world.access.on_write = [](std::string_view topic) { return topic != "closed"; };
    world.access.on_read = [](std::string_view topic) { return topic != "secret"; };
    connect();
    subscriber->subscribes("#");
    publisher->publishes("closed", "x", 2, 1);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBREC packet_id=1 reason_code=0x87"));
    publisher->publishes("secret", "x");
    EXPECT_THAT(subscriber->reads(), IsEmpty());
}

TEST_F(PublisherAndSubscriber, V311IsAcknowledgedEvenWhatItMayNotWrite) {
    world.access.on_write = [](std::string_view) { return false; };
    connect(Version::v3_1_1);
    publisher->publishes("t", "x", 1, 1);
    publisher->publishes("t", "x", 2, 2);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x00",
                                                "PUBREC packet_id=2 reason_code=0x00"));
}

TEST_F(PublisherAndSubscriber, APayloadAboveTheLimitIsAcknowledgedAndNotPassedOn) {
    world.limits.message_size_limit = 10;
    connect();
    subscriber->subscribes("t");
    publisher->publishes("t", "12345678901", 1, 1);
    EXPECT_THAT(publisher->reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x83"));
    EXPECT_THAT(subscriber->reads(), IsEmpty());
}

TEST_F(PublisherAndSubscriber, AQoSAboveTheListenersMaximumEndsTheConnection) {
    world.listener.max_qos = QoS::at_least_once;
    publisher = &world.client();
    EXPECT_THAT(publisher->connects("p"), ElementsAre(HasSubstr("maximum_qos=1")));
    publisher->publishes("t", "x", 2, 1);
    EXPECT_THAT(publisher->reads(), ElementsAre("DISCONNECT reason_code=0x9B"));
}

TEST_F(PublisherAndSubscriber, InflightBytesHaveALimit) {
    world.limits.max_inflight_bytes = 5;
    connect();
    subscriber->subscribes("t", qos(1));
    publisher->publishes("t", "123456789", 1, 1);
    publisher->publishes("t", "a", 1, 2);
    EXPECT_THAT(subscriber->reads(), ElementsAre(HasSubstr("123456789")));
    subscriber->sends(acknowledgement<mqtt::Puback>(1));
    EXPECT_THAT(subscriber->reads(), ElementsAre(HasSubstr("\"a\"")));
}

}  // namespace
}  // namespace mq::broker::test
