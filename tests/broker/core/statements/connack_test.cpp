#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// §3.2, CONNACK.
namespace mq::broker::test {
namespace {

using mqtt::QoS;
using mqtt::ReasonCode;
using mqtt::Version;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

/// Everything that a server may have to tell, byte by byte as Mosquitto writes it.
TEST(Connack, HasItsPropertiesInMosquittosOrder) {
    World world;
    world.limits.max_keepalive = 60;
    world.limits.retain_available = false;
    world.limits.max_packet_size = 65536;
    world.listener.max_qos = QoS::at_least_once;
    world.listener.auto_id_prefix = "";
    const std::string hex = says(world.client(), "10 [ 'MQTT' 05 02 0064 [] '' ]");
    const std::string before = "203C00003913003C22000A120024";
    const std::string after =
        "25002700010000210014"
        "2401";
    ASSERT_EQ(hex.size(), before.size() + 72 + after.size());
    EXPECT_EQ(hex.substr(0, before.size()), before);
    EXPECT_EQ(hex.substr(before.size() + 72), after);
}

TEST(Connack, AlwaysHasAliasAndReceiveMaximum) {
    World world;
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 02 0000 [] 'c' ]"), "200900000622000A210014");
    world.listener.max_topic_alias = 0;
    world.limits.max_inflight_messages = 7;
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 02 0000 [] 'd' ]"), "2009000006220000210007");
}

TEST(Connack, OfARefusalHasNoProperty) {
    World world;
    world.limits.max_packet_size = 65536;
    world.listener.max_qos = QoS::at_most_once;
    world.access.on_login = [](const LoginRequest&) { return ReasonCode::not_authorized; };
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 02 0000 [] '' ]"), "2003008700 closed");
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 0C 0000 [] 'c' [] 'w' '' ]"),
              "2003009B00 closed");
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 02 0000 [ 15 'x' ] 'c' ]"), "2003008C00 closed");
}

TEST(Connack, ComesBeforeWhatTheSessionHolds) {
    for (const Version version : both_versions) {
        World world;
        Client& first = connected(world, version, "c", false);
        first.subscribes("t", qos(1));
        first.breaks();
        connected(world, version, "p").publishes("t", "x", 1, 1);
        // [MQTT-3.2.0-1] [MQTT311-3.2.0-1]
        EXPECT_THAT(world.client(version).connects("c", false),
                    ElementsAre(HasSubstr("CONNACK"), HasSubstr("PUBLISH")));
    }
}

TEST(Connack, ComesOnce) {
    World world;
    Client& client = world.client();
    EXPECT_THAT(client.connects("c", false), ElementsAre(HasSubstr("CONNACK")));
    client.subscribes("t");
    client.publishes("t", "x", 1, 1);
    client.sends(mqtt::Pingreq{});
    const Lines rest = client.reads();
    // [MQTT-3.2.0-2]
    EXPECT_EQ(rest.size(), 3U);
    EXPECT_THAT(rest, testing::Each(Not(HasSubstr("CONNACK"))));
}

TEST(Connack, HasOneFlagAtMost) {
    World world;
    // [MQTT-3.2.2-1]
    Client& first = world.client();
    EXPECT_EQ(says(first, "10 [ 'MQTT' 05 00 0000 [ 11 00000064 ] 'c' ]"),
              "200900000622000A210014");
    first.breaks();
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 00 0000 [] 'c' ]"), "200901000622000A210014");
}

TEST(Connack, OfARefusalDoesNotSpeakOfTheSession) {
    World world;
    connected(world, Version::v5, "c", false).breaks();
    world.access.on_login = [](const LoginRequest&) { return ReasonCode::not_authorized; };
    // [MQTT-3.2.2-6]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 00 0000 [] 'c' ]"), "2003008700 closed");
    // [MQTT311-3.2.2-4]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 04 00 0000 'c' ]"), "20020005 closed");
}

TEST(Connack, HasListedCodes) {
    for (unsigned code = 0x80; code < 0x100; ++code) {
        World world;
        world.access.on_login = [&](const LoginRequest&) { return static_cast<ReasonCode>(code); };
        Client& client = world.client();
        // A client's decoder takes no others. [MQTT-3.2.2-8] [MQTT-3.2.2-7]
        EXPECT_THAT(client.connects("c"), ElementsAre(testing::StartsWith("CONNACK reason_code=")))
            << code;
        EXPECT_TRUE(client.closed_by_broker());
    }
}

TEST(Connack, OfAServerBelowQoS2SaysSo) {
    for (unsigned level = 0; level <= 2; ++level) {
        World world;
        world.listener.max_qos = static_cast<QoS>(level);
        Client& client = world.client();
        // [MQTT-3.2.2-9]
        EXPECT_EQ(says(client, "10 [ 'MQTT' 05 02 0000 [] 'c' ]"),
                  level == 2 ? "200900000622000A210014"
                             : "200B00000822000A210014240" + std::to_string(level));
        // [MQTT-3.2.2-10]
        EXPECT_EQ(
            says(client, "82 [ 0001 [] 'a' 00 'b' 01 'c' 02 ]"),
            "900600010000" + std::string(level >= 1 ? "01" : "00") + "0" + std::to_string(level));
        // [MQTT-3.2.2-11]
        EXPECT_EQ(says(client, "34 [ 'p' 0001 [] ]"), level == 2 ? "50020001" : "E0019B closed");
    }
}

TEST(Connack, RefusesAWillThatTheServerCannotKeep) {
    World world;
    world.listener.max_qos = QoS::at_least_once;
    world.limits.retain_available = false;
    // [MQTT-3.2.2-12]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 16 0000 [] 'c' [] 'w' '' ]"),
              "2003009B00 closed");
    // [MQTT-3.2.2-13]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 26 0000 [] 'c' [] 'w' '' ]"),
              "2003009A00 closed");
    // 3.1.1 has no code for either. [MQTT311-3.2.2-6]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 04 16 0000 'c' 'w' '' ]"), " closed");
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 04 26 0000 'c' 'w' '' ]"), " closed");
}

TEST(Connack, WithoutRetainEndsWhoRetains) {
    World world;
    world.limits.retain_available = false;
    Client& client = connected(world, Version::v5, "c");
    // [MQTT-3.2.2-14]
    EXPECT_EQ(says(client, "31 [ 't' [] <x> ]"), "E0019A closed");
    EXPECT_EQ(says(connected(world, Version::v3_1_1, "d"), "31 [ 't' <x> ]"), " closed");
}

TEST(Connack, WithAMaximumPacketSizeEndsWhoGoesBeyond) {
    World world;
    world.limits.max_packet_size = 20;
    // [MQTT-3.2.2-15]
    Client& client = world.client();
    EXPECT_EQ(says(client, "10 [ 'MQTT' 05 02 0000 [] 'c' ]"), "200E00000B22000A2700000014210014");
    EXPECT_EQ(says(client, "30 [ 't' [] {14 61} ]"), "");
    EXPECT_EQ(says(client, "30 [ 't' [] {15 61} ]"), "E00195 closed");
}

}  // namespace
}  // namespace mq::broker::test
