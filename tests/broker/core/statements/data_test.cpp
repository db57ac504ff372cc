#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Chapters 1 and 2: texts, fixed headers, packet identifiers, property lists.
namespace mq::broker::test {
namespace {

using mqtt::QoS;
using mqtt::Version;
using testing::ElementsAre;

TEST(Texts, ThatAreNotUtf8EndTheConnection) {
    for (const Version version : both_versions) {
        // [MQTT-1.5.4-1] [MQTT311-1.5.3-1]
        EXPECT_EQ(answer(version, "30 [ 0002 C3C3 % ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "30 [ 0003 EDA080 % ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "82 [ 0001 % 0001 FF 00 ]"), ended(version, "81"));
        // [MQTT-1.5.4-2] [MQTT311-1.5.3-2] [MQTT-4.7.3-2] [MQTT311-4.7.3-2]
        EXPECT_EQ(answer(version, "30 [ 0003 610062 % ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "82 [ 0001 % 0003 610062 00 ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "A2 [ 0001 % 0003 610062 ]"), ended(version, "81"));
    }
}

TEST(Texts, KeepTheirByteOrderMark) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        client.subscribes("\xEF\xBB\xBFt");
        client.subscribes("t");
        // [MQTT-1.5.4-3] [MQTT311-1.5.3-3]
        const std::string list = version == Version::v5 ? "00" : "";
        EXPECT_EQ(says(client, "30 [ 0004 EFBBBF <t> % ]"),
                  (version == Version::v5 ? "30070004EFBBBF74" : "30060004EFBBBF74") + list);
    }
}

TEST(FixedHeader, WithOtherFlagsEndsTheConnection) {
    for (const Version version : both_versions) {
        // [MQTT-2.1.3-1] [MQTT311-2.2.2-1] [MQTT311-2.2.2-2]
        for (const char* packet :
             {"41 [ 0001 ]", "52 [ 0001 ]", "74 [ 0001 ]", "C8 [ ]", "E1 [ ]"}) {
            EXPECT_EQ(answer(version, packet), ended(version, "81")) << packet;
        }
        // [MQTT-3.6.1-1] [MQTT311-3.6.1-1]
        EXPECT_EQ(answer(version, "60 [ 0001 ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "6A [ 0001 ]"), ended(version, "81"));
        // [MQTT-3.8.1-1] [MQTT311-3.8.1-1]
        EXPECT_EQ(answer(version, "80 [ 0001 % 'a' 00 ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "8A [ 0001 % 'a' 00 ]"), ended(version, "81"));
        // [MQTT-3.10.1-1] [MQTT311-3.10.1-1]
        EXPECT_EQ(answer(version, "A0 [ 0001 % 'a' ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "AA [ 0001 % 'a' ]"), ended(version, "81"));
        // [MQTT-3.14.1-1] [MQTT311-3.14.1-1]
        EXPECT_EQ(answer(version, "E2 [ ]"), ended(version, "81"));
    }
}

TEST(PacketIdentifier, IsNotInQoS0) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        client.subscribes("t");
        // [MQTT-2.2.1-2] [MQTT311-2.3.1-5] [MQTT-2.2.2-1]
        EXPECT_EQ(says(client, "30 [ 't' % <x> ]"),
                  version == Version::v5 ? "30050001740078" : "300400017478");
    }
}

TEST(PacketIdentifier, IsNot0) {
    for (const Version version : both_versions) {
        // [MQTT311-2.3.1-1]
        EXPECT_EQ(answer(version, "32 [ 't' 0000 % <x> ]"), ended(version, "82"));
        EXPECT_EQ(answer(version, "82 [ 0000 % 'a' 00 ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "A2 [ 0000 % 'a' ]"), ended(version, "81"));
    }
}

TEST(PacketIdentifier, OfTheServerIsFreeAndNot0) {
    for (const Version version : both_versions) {
        World world;
        world.limits.max_inflight_messages = 0;
        Client& client = connected(world, version, "c");
        client.subscribes("t", qos(2));
        std::set<std::string> taken;
        for (unsigned i = 0; i < 100; ++i) {
            client.publishes("t", "x", 1 + i % 2, 1);
            client.sends(acknowledgement<mqtt::Pubrel>(1));
            const std::string line = client.reads().front();
            const std::size_t at = line.find("packet_id=");
            // [MQTT-2.2.1-4] [MQTT311-2.3.1-4] [MQTT-4.3.2-1] [MQTT-4.3.3-1]
            ASSERT_NE(at, std::string::npos) << line;
            const std::string id = line.substr(at + 10, line.find(' ', at) - at - 10);
            EXPECT_NE(id, "0");
            EXPECT_TRUE(taken.insert(id).second) << id << " is on its way";
        }
    }
}

TEST(PacketIdentifier, IsRepeatedInEachAnswer) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        connected(world, version, "other").subscribes("t", qos(2));
        // [MQTT-2.2.1-5] [MQTT311-2.3.1-6]
        EXPECT_EQ(says(client, "32 [ 't' 1234 % <x> ]"), "40021234");
        EXPECT_EQ(says(client, "34 [ 't' ABCD % <x> ]"), "5002ABCD");
        EXPECT_EQ(says(client, "62 [ ABCD ]"), "7002ABCD");
        // [MQTT-2.2.1-6] [MQTT311-2.3.1-7] [MQTT-3.8.4-2] [MQTT311-3.8.4-2]
        EXPECT_EQ(says(client, "82 [ 1234 % 'a' 01 ]"),
                  version == Version::v5 ? "900412340001" : "9003123401");
        // [MQTT-3.10.4-5] [MQTT311-3.10.4-4]
        EXPECT_EQ(says(client, "A2 [ 4321 % 'a' ]"),
                  version == Version::v5 ? "B00443210000" : "B0024321");
    }
}

TEST(PacketIdentifier, OfAPubrelIsThatOfItsPublish) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        client.subscribes("t", qos(2));
        for (unsigned i = 1; i <= 3; ++i) {
            client.publishes("t", "x", 1, 1);
        }
        client.publishes("t", "x", 2, 1);
        client.reads();
        // [MQTT-2.2.1-5] [MQTT311-2.3.1-6]
        EXPECT_EQ(says(client, "50 [ 0004 ]"), "62020004");
    }
}

TEST(Lengths, AreTakenInTheirShortestFormOnly) {
    // [MQTT-1.5.5-1]
    EXPECT_EQ(answer(Version::v5, "C0 8000"), ended(Version::v5, "81"));
    EXPECT_EQ(answer(Version::v5, "30 [ 't' 8000 ]"), ended(Version::v5, "81"));
}

TEST(UserProperties, HaveTextsOnBothSides) {
    // [MQTT-1.5.7-1]
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 26 'k' 0001 FF ] ]"), ended(Version::v5, "81"));
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 26 0001 00 'v' ] ]"), ended(Version::v5, "81"));
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 26 'k' 'v' ] ]"), "");
}

TEST(PropertyList, IsAnnouncedAsEmptyInAnswers) {
    World world;
    Client& client = connected(world, Version::v5, "c");
    // [MQTT-2.2.2-1]
    EXPECT_EQ(says(client, "82 [ 0001 [] 'a' 00 ]"), "900400010000");
    EXPECT_EQ(says(client, "A2 [ 0001 [] 'a' ]"), "B00400010000");
}

}  // namespace
}  // namespace mq::broker::test
