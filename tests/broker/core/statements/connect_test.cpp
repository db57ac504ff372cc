#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// §3.1, CONNECT.
namespace mq::broker::test {
namespace {

using mqtt::ReasonCode;
using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

const std::string connack_v5 = "200900000622000A210014";

TEST(Connecting, ComesFirst) {
    // [MQTT-3.1.0-1] [MQTT311-3.1.0-1]
    for (const char* packet : {"30 [ 't' <x> ]", "82 [ 0001 'a' 00 ]", "C0 []", "E0 []", "F0 []"}) {
        EXPECT_EQ(first_answer(packet), " closed") << packet;
    }
}

TEST(Connecting, ComesOnce) {
    // [MQTT-3.1.0-2]
    EXPECT_EQ(answer(Version::v5, "10 [ 'MQTT' 05 02 003C [] 'c' ]"), ended(Version::v5, "82"));
    // [MQTT311-3.1.0-2]
    EXPECT_EQ(answer(Version::v3_1_1, "10 [ 'MQTT' 04 02 003C 'c' ]"), " closed");
}

TEST(Connecting, ToAnotherProtocolIsNotServed) {
    // [MQTT-3.1.2-1] [MQTT311-3.1.2-1]
    for (const char* name : {"''", "'mqtt'", "'MQTTX'", "'HTTP'"}) {
        EXPECT_EQ(first_answer("10 [ " + std::string(name) + " 05 02 003C [] 'c' ]"), " closed");
        EXPECT_EQ(first_answer("10 [ " + std::string(name) + " 04 02 003C 'c' ]"), " closed");
    }
}

TEST(Connecting, ToAnotherLevelIsToldAndClosed) {
    // [MQTT-3.1.2-2] [MQTT311-3.1.2-2]
    for (const char* level : {"00", "01", "03", "06", "7F", "FF"}) {
        EXPECT_EQ(first_answer("10 [ 'MQTT' " + std::string(level) + " 02 003C 'c' ]"),
                  "20020001 closed");
    }
    EXPECT_EQ(first_answer("10 [ 'MQIsdp' 04 02 003C 'c' ]"), "20020001 closed");
    // The bridge bit that others set in 3.x has no meaning in 5.0.
    EXPECT_EQ(first_answer("10 [ 'MQTT' 85 02 003C [] 'c' ]"), " closed");
}

TEST(Connecting, WithWrongFlagsIsClosed) {
    // [MQTT-3.1.2-3] [MQTT311-3.1.2-3]
    EXPECT_EQ(first_answer("10 [ 'MQTT' 05 03 003C [] 'c' ]"), " closed");
    EXPECT_EQ(first_answer("10 [ 'MQTT' 04 03 003C 'c' ]"), " closed");
    // [MQTT-3.1.4-1] [MQTT311-3.1.4-1]
    EXPECT_EQ(first_answer("10 [ 'MQTT' 05 02 003C [] 'c' 00 ]"), " closed");
    EXPECT_EQ(first_answer("10 [ 'MQTT' 04 02 003C 'c' 00 ]"), " closed");
    EXPECT_EQ(first_answer("10 [ 'MQTT' 05 02 003C [ 21 0000 ] 'c' ]"), " closed");
}

TEST(CleanStart, BeginsAnEmptySession) {
    for (const Version version : both_versions) {
        World world;
        Client& publisher = connected(world, version, "p");
        Client& first = connected(world, version, "c", false);
        first.subscribes("t", qos(1));
        first.breaks();
        publisher.publishes("t", "waits", 1, 1);
        // [MQTT-3.1.2-4] [MQTT311-3.1.2-6] [MQTT-3.2.2-2] [MQTT311-3.2.2-1]
        // [MQTT-3.1.4-4] [MQTT311-3.1.4-3]
        EXPECT_THAT(world.client(version).connects("c", true),
                    ElementsAre(AllOf(HasSubstr("CONNACK reason_code=0x00"),
                                      testing::Not(HasSubstr("session_present")))));
        EXPECT_EQ(world.broker().stats().subscriptions, 0U);
        EXPECT_EQ(world.broker().stats().queued_messages, 0U);
    }
}

TEST(CleanSession, EndsWithItsConnectionIn311) {
    World world;
    Client& client = connected(world, Version::v3_1_1, "c", true);
    client.subscribes("t", qos(1));
    client.breaks();
    // [MQTT311-3.1.2-6]
    EXPECT_EQ(world.broker().stats().sessions, 0U);
    EXPECT_THAT(world.client(Version::v3_1_1).connects("c", false),
                ElementsAre("CONNACK reason_code=0x00 return_code=0x00"));
}

TEST(KeptSession, GoesOn) {
    for (const Version version : both_versions) {
        World world;
        Client& publisher = connected(world, version, "p");
        // [MQTT-3.1.2-6] [MQTT311-3.1.2-4] [MQTT-3.2.2-3] [MQTT311-3.2.2-3]
        Client& first = world.client(version);
        EXPECT_THAT(first.connects("c", false),
                    ElementsAre(testing::Not(HasSubstr("session_present"))));
        first.subscribes("t", qos(2));
        first.breaks();
        publisher.publishes("t", "one", 1, 1);
        publisher.publishes("t", "two", 2, 2);
        // [MQTT-3.1.2-5] [MQTT311-3.1.2-4] [MQTT-3.1.2-23] [MQTT311-3.1.2-5]
        // [MQTT-3.2.2-3] [MQTT311-3.2.2-2] [MQTT-3.1.3-2] [MQTT311-3.1.3-2] [MQTT311-4.1.0-1]
        EXPECT_THAT(world.client(version).connects("c", false),
                    ElementsAre(HasSubstr("CONNACK session_present reason_code=0x00"),
                                HasSubstr("\"one\""), HasSubstr("\"two\"")));
        // Another identifier, another session.
        EXPECT_THAT(world.client(version).connects("d", false),
                    ElementsAre(testing::Not(HasSubstr("session_present"))));
    }
}

TEST(KeptSession, DoesNotHoldTheRetainedMessages) {
    World world;
    Client& client = connected(world, Version::v3_1_1, "c", false);
    client.publishes("t", "x", 0, 0, true);
    client.sends(mqtt::Disconnect{});
    connected(world, Version::v3_1_1, "c", true).sends(mqtt::Disconnect{});
    ASSERT_EQ(world.broker().stats().sessions, 0U);
    // [MQTT311-3.1.2-7]
    EXPECT_EQ(connected(world, Version::v3_1_1, "d").subscribes("t").size(), 2U);
}

TEST(ClientIdentifier, OfDigitsAndLettersIsAlwaysTaken) {
    const std::string all = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
    for (const Version version : both_versions) {
        World world;
        for (std::size_t at = 0; at < all.size(); ++at) {
            // [MQTT-3.1.3-5] [MQTT311-3.1.3-5]
            Client& client = world.client(version);
            EXPECT_THAT(client.connects(all.substr(at, 1 + at % 23)),
                        ElementsAre(HasSubstr("CONNACK reason_code=0x00 return_code=0x00")));
        }
    }
}

TEST(ClientIdentifier, IsAssignedWhereThereIsNone) {
    for (const Version version : both_versions) {
        World world;
        // [MQTT-3.1.3-6] [MQTT311-3.1.3-6]
        Client& first = world.client(version);
        const Lines connack = first.connects("");
        EXPECT_THAT(connack, ElementsAre(HasSubstr("reason_code=0x00")));
        Client& second = world.client(version);
        EXPECT_NE(second.connects(""), version == Version::v5 ? connack : Lines{});
        EXPECT_EQ(world.broker().stats().sessions, 2U);
        EXPECT_TRUE(first.open());
    }
}

TEST(ClientIdentifier, ThatIsAssignedIsToldAndGood) {
    World world;
    Client& first = world.client();
    const std::string connack = first.connects("").front();
    const std::size_t at = connack.find("assigned_client_identifier=\"");
    // [MQTT-3.1.3-7] [MQTT-3.2.2-16]
    ASSERT_NE(at, std::string::npos) << connack;
    const std::string id = connack.substr(at + 28, connack.find('"', at + 28) - at - 28);
    first.subscribes("t", qos(1));
    first.breaks();
    EXPECT_THAT(world.client().connects(id, false), ElementsAre(HasSubstr("session_present")));
}

TEST(ClientIdentifier, ThatIsNotTakenIsToldAndClosed) {
    World world;
    world.listener.allow_zero_length_clientid = false;
    // [MQTT-3.1.3-8]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 02 003C [] '' ]"), "2003008500 closed");
    // [MQTT311-3.1.3-9]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 04 02 003C '' ]"), "20020002 closed");
}

TEST(ClientIdentifier, MayBeEmptyWithCleanSessionOnlyIn311) {
    // [MQTT311-3.1.3-7] [MQTT311-3.1.3-8]
    EXPECT_EQ(first_answer("10 [ 'MQTT' 04 00 003C '' ]"), "20020002 closed");
    EXPECT_EQ(first_answer("10 [ 'MQTT' 04 02 003C '' ]"), "20020000");
}

TEST(ClientIdentifier, InUseEndsTheOlderConnection) {
    for (const Version version : both_versions) {
        World world;
        Client& older = connected(world, version, "c", false);
        Client& newer = connected(world, version, "c", false);
        // [MQTT-3.1.4-3] [MQTT311-3.1.4-2]
        EXPECT_EQ(older.reads_hex(), version == Version::v5 ? "E0018E" : "");
        EXPECT_TRUE(older.closed_by_broker());
        EXPECT_TRUE(newer.open());
    }
}

TEST(Login, ThatFailsEndsTheConnection) {
    World world;
    world.access.on_login = [](const LoginRequest&) { return ReasonCode::not_authorized; };
    // [MQTT-3.1.4-2] [MQTT-3.2.2-7] [MQTT-4.13.2-1]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 05 82 003C [] 'c' 'u' ]"), "2003008700 closed");
    // [MQTT311-3.2.2-5]
    EXPECT_EQ(says(world.client(), "10 [ 'MQTT' 04 82 003C 'c' 'u' ]"), "20020005 closed");
}

TEST(Login, ThatFailsLeavesTheRestUnread) {
    for (const Version version : both_versions) {
        World world;
        Client& watcher = connected(world, version, "w");
        watcher.subscribes("#");
        world.access.on_login = [](const LoginRequest&) { return ReasonCode::not_authorized; };
        const std::string answer =
            version == Version::v5
                ? says(world.client(), "10 [ 'MQTT' 05 02 003C [] 'c' ] 32 [ 't' 0001 [] <x> ]")
                : says(world.client(), "10 [ 'MQTT' 04 02 003C 'c' ] 32 [ 't' 0001 <x> ]");
        // [MQTT-3.1.4-6] [MQTT311-3.1.4-5]
        EXPECT_EQ(answer, version == Version::v5 ? "2003008700 closed" : "20020005 closed");
        EXPECT_THAT(watcher.reads(), IsEmpty());
    }
}

TEST(Login, ThatSucceedsIsAcknowledged) {
    // [MQTT-3.1.4-5]
    EXPECT_EQ(first_answer("10 [ 'MQTT' 05 02 003C [] 'c' ]"), connack_v5);
    // [MQTT311-3.1.4-4] [MQTT311-7.0.0-2]
    EXPECT_EQ(first_answer("10 [ 'MQTT' 04 02 003C 'c' ]"), "20020000");
}

TEST(KeepAlive, EndsTheConnectionAfterOneAndAHalfTimes) {
    for (const Version version : both_versions) {
        World world;
        Client& watcher = connected(world, version, "w");
        watcher.subscribes("will");
        Client& client = world.client(version);
        mqtt::Connect packet;
        packet.version = version;
        packet.client_id = "c";
        packet.keep_alive = 10;
        packet.will = mqtt::Will{};
        packet.will->topic = "will";
        client.sends(packet);
        client.reads();
        world.passes(seconds(14));
        EXPECT_TRUE(client.open());
        world.passes(seconds(2));
        // [MQTT-3.1.2-22] [MQTT311-3.1.2-24] [MQTT-3.2.2-22]
        EXPECT_TRUE(client.closed_by_broker());
        EXPECT_EQ(watcher.reads().size(), 1U);
    }
}

TEST(RequestResponseInformation, IsAnsweredWithNone) {
    // [MQTT-3.1.2-28]
    EXPECT_EQ(first_answer("10 [ 'MQTT' 05 02 003C [ 19 00 ] 'c' ]"), connack_v5);
    EXPECT_EQ(first_answer("10 [ 'MQTT' 05 02 003C [ 19 01 ] 'c' ]"), connack_v5);
}

TEST(RequestProblemInformation, Of0LeavesCodesAlone) {
    World world;
    world.access.on_write = [](std::string_view) { return false; };
    Client& client = world.client();
    EXPECT_EQ(says(client, "10 [ 'MQTT' 05 02 003C [ 17 00 ] 'c' ]"), connack_v5);
    // [MQTT-3.1.2-29]
    EXPECT_EQ(says(client, "32 [ 't' 0001 [] <x> ]"), "4003000187");
    EXPECT_EQ(says(client, "34 [ 't' 0001 [] <x> ]"), "5003000187");
    EXPECT_EQ(says(client, "82 [ 0001 [] 'a' 00 ]"), "900400010000");
    EXPECT_EQ(says(client, "A2 [ 0001 [] 'b' ]"), "B00400010011");
}

}  // namespace
}  // namespace mq::broker::test
