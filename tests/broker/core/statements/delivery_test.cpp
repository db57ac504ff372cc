#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Chapter 4: sessions, the flows of QoS 1 and 2, re-delivery, order.
namespace mq::broker::test {
namespace {

using mqtt::QoS;
using mqtt::ReasonCode;
using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

/// A subscriber that takes QoS 2 and keeps its session, and a publisher.
struct Delivery2 {
    World world;
    Version version;
    Client& publisher;
    Client* subscriber;

    explicit Delivery2(Version of)
        : version(of),
          publisher(connected(world, of, "p")),
          subscriber(&connected(world, of, "s", false)) {
        subscriber->subscribes("t", qos(2));
    }
    /// What comes when the subscriber has lost its connection and is back, behind CONNACK.
    Lines comes_back() {
        subscriber->breaks();
        subscriber = &world.client(version);
        Lines lines = subscriber->connects("s", false);
        EXPECT_THAT(lines.front(), HasSubstr("session_present"));
        lines.erase(lines.begin());
        return lines;
    }
};

TEST(SessionState, LastsAsLongAsTheConnection) {
    for (const Version version : both_versions) {
        World world;
        Client& client = world.client(version);
        client.connects("c", true, 0);
        client.subscribes("t", qos(1));
        world.passes(std::chrono::hours(24 * 365));
        connected(world, version, "p").publishes("t", "x", 1, 1);
        // [MQTT-4.1.0-1] [MQTT311-4.1.0-1] [MQTT311-4.1.0-2]
        EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"x\"")));
    }
}

TEST(SessionState, EndsWithItsExpiry) {
    World world;
    Client& client = world.client();
    client.connects("c", false, 60);
    client.subscribes("t", qos(1));
    client.breaks();
    world.passes(seconds(59));
    // [MQTT-3.1.2-23]
    EXPECT_EQ(world.broker().stats().sessions, 1U);
    world.passes(seconds(2));
    // [MQTT-4.1.0-2]
    EXPECT_EQ(world.broker().stats().sessions, 0U);
    EXPECT_EQ(world.broker().stats().subscriptions, 0U);
    EXPECT_THAT(world.client().connects("c", false),
                ElementsAre(Not(HasSubstr("session_present"))));
}

TEST(QoS1, GoesOutFreshAndStaysUntilPuback) {
    for (const Version version : both_versions) {
        Delivery2 flow(version);
        flow.publisher.publishes("t", "x", 1, 1);
        // [MQTT-4.3.2-1] [MQTT-4.3.2-2] [MQTT311-4.3.2-1]
        EXPECT_THAT(flow.subscriber->reads(),
                    ElementsAre("PUBLISH topic=\"t\" qos=1 packet_id=1 payload=\"x\""));
        // [MQTT-4.3.2-3] [MQTT311-4.3.2-1] [MQTT-4.4.0-1] [MQTT311-4.4.0-1] [MQTT311-2.3.1-3]
        EXPECT_THAT(flow.comes_back(),
                    ElementsAre("PUBLISH topic=\"t\" qos=1 dup packet_id=1 payload=\"x\""));
        EXPECT_THAT(flow.comes_back(), ElementsAre(HasSubstr("qos=1 dup packet_id=1")));
        EXPECT_EQ(says(*flow.subscriber, "40 [ 0001 ]"), "");
        EXPECT_THAT(flow.comes_back(), IsEmpty());
    }
}

TEST(QoS1, IsAcknowledgedAndItsIdentifierFreeAgain) {
    for (const Version version : both_versions) {
        Delivery2 flow(version);
        // [MQTT-4.3.2-4] [MQTT-4.3.2-5] [MQTT311-4.3.2-2] [MQTT-4.5.0-1] [MQTT311-4.5.0-1]
        EXPECT_EQ(says(flow.publisher, "32 [ 't' 0007 % <a> ]"), "40020007");
        EXPECT_EQ(says(flow.publisher, "32 [ 't' 0007 % <b> ]"), "40020007");
        EXPECT_EQ(says(flow.publisher, "3A [ 't' 0007 % <c> ]"), "40020007");
        EXPECT_THAT(flow.subscriber->reads(),
                    ElementsAre(HasSubstr("\"a\""), HasSubstr("\"b\""), HasSubstr("\"c\"")));
    }
}

TEST(QoS2, GoesOutStepByStep) {
    for (const Version version : both_versions) {
        Delivery2 flow(version);
        flow.publisher.publishes("t", "x", 2, 1);
        // [MQTT-4.3.3-1] [MQTT-4.3.3-2] [MQTT311-4.3.3-1]
        EXPECT_THAT(flow.subscriber->reads(),
                    ElementsAre("PUBLISH topic=\"t\" qos=2 packet_id=1 payload=\"x\""));
        // [MQTT-4.3.3-3] [MQTT311-4.3.3-1] [MQTT-4.4.0-1] [MQTT311-4.4.0-1]
        EXPECT_THAT(flow.comes_back(),
                    ElementsAre("PUBLISH topic=\"t\" qos=2 dup packet_id=1 payload=\"x\""));
        // [MQTT-4.3.3-4] [MQTT311-4.3.3-1]
        EXPECT_EQ(says(*flow.subscriber, "50 [ 0001 ]"), "62020001");
        // [MQTT-4.3.3-5] [MQTT-4.3.3-6] [MQTT311-4.3.3-1] [MQTT-4.4.0-1] [MQTT311-4.4.0-1]
        EXPECT_THAT(flow.comes_back(), ElementsAre("PUBREL packet_id=1 reason_code=0x00"));
        EXPECT_EQ(says(*flow.subscriber, "70 [ 0001 ]"), "");
        EXPECT_THAT(flow.comes_back(), IsEmpty());
        EXPECT_EQ(flow.world.broker().stats().queued_messages, 0U);
    }
}

TEST(QoS2, DoesNotExpireOnceItIsSent) {
    Delivery2 flow(Version::v5);
    mqtt::Publish packet;
    packet.topic = "t";
    packet.qos = QoS::exactly_once;
    packet.packet_id = 1;
    packet.properties.message_expiry_interval = 5;
    flow.publisher.sends(packet);
    EXPECT_EQ(flow.publisher.reads_hex(), "50020001");
    EXPECT_EQ(flow.subscriber->reads().size(), 1U);
    flow.world.passes(seconds(60));
    // [MQTT-4.3.3-7]
    EXPECT_THAT(flow.comes_back(), ElementsAre(HasSubstr("qos=2 dup packet_id=1")));
    EXPECT_EQ(says(*flow.subscriber, "50 [ 0001 ]"), "62020001");
    // [MQTT-4.3.3-13]
    EXPECT_EQ(says(flow.publisher, "62 [ 0001 ]"), "70020001");
}

TEST(QoS2, IsTakenStepByStep) {
    for (const Version version : both_versions) {
        Delivery2 flow(version);
        // [MQTT-4.3.3-8] [MQTT311-4.3.3-2]
        EXPECT_EQ(says(flow.publisher, "34 [ 't' 0007 % <a> ]"), "50020007");
        // [MQTT-4.3.3-10] [MQTT311-4.3.3-2]
        EXPECT_EQ(says(flow.publisher, "3C [ 't' 0007 % <a> ]"), "50020007");
        EXPECT_EQ(says(flow.publisher, "34 [ 't' 0007 % <a> ]"), "50020007");
        EXPECT_EQ(flow.subscriber->reads().size(), 1U);
        // [MQTT-4.3.3-11] [MQTT311-4.3.3-2]
        EXPECT_EQ(says(flow.publisher, "62 [ 0007 ]"), "70020007");
        // [MQTT-4.3.3-12] [MQTT311-4.3.3-2]
        EXPECT_EQ(says(flow.publisher, "3C [ 't' 0007 % <b> ]"), "50020007");
        EXPECT_THAT(flow.subscriber->reads(), ElementsAre(HasSubstr("\"b\"")));
    }
}

TEST(QoS2, ThatWasRefusedLeavesItsIdentifierFree) {
    World world;
    world.access.on_write = [](std::string_view topic) { return topic != "closed"; };
    Client& watcher = connected(world, Version::v5, "w");
    watcher.subscribes("#", qos(2));
    Client& client = connected(world, Version::v5, "c");
    EXPECT_EQ(says(client, "34 [ 'closed' 0007 [] <a> ]"), "5003000787");
    // [MQTT-4.3.3-9]
    EXPECT_EQ(says(client, "34 [ 'open' 0007 [] <b> ]"), "50020007");
    EXPECT_THAT(watcher.reads(), ElementsAre(HasSubstr("topic=\"open\"")));
}

TEST(Redelivery, HappensAtNoOtherTime) {
    for (const Version version : both_versions) {
        Delivery2 flow(version);
        flow.publisher.publishes("t", "1", 1, 1);
        flow.publisher.publishes("t", "2", 2, 2);
        flow.subscriber->reads();
        EXPECT_EQ(says(*flow.subscriber, "50 [ 0002 ]"), "62020002");
        flow.world.passes(std::chrono::hours(24));
        // [MQTT-4.4.0-1]
        EXPECT_THAT(flow.subscriber->reads(), IsEmpty());
    }
}

TEST(Redelivery, DoesNotFollowARefusal) {
    Delivery2 flow(Version::v5);
    flow.publisher.publishes("t", "1", 1, 1);
    flow.publisher.publishes("t", "2", 2, 2);
    flow.subscriber->reads();
    // [MQTT-4.4.0-2] [MQTT-4.3.3-4]
    EXPECT_EQ(says(*flow.subscriber, "40 [ 0001 97 ] 50 [ 0002 80 ]"), "");
    EXPECT_THAT(flow.comes_back(), IsEmpty());
    EXPECT_EQ(flow.world.broker().stats().queued_messages, 0U);
}

TEST(Redelivery, KeepsTheOrder) {
    for (const Version version : both_versions) {
        Delivery2 flow(version);
        for (mqtt::PacketId id = 1; id <= 6; ++id) {
            flow.publisher.publishes("t", std::to_string(id), 1 + id % 2U, id);
        }
        flow.subscriber->reads();
        says(*flow.subscriber, "50 [ 0003 ] 40 [ 0002 ]");
        // [MQTT-4.6.0-1] [MQTT311-4.6.0-1]
        EXPECT_THAT(flow.comes_back(),
                    ElementsAre(HasSubstr("\"1\""), HasSubstr("PUBREL packet_id=3"),
                                HasSubstr("\"4\""), HasSubstr("\"5\""), HasSubstr("\"6\"")));
    }
}

TEST(Order, OfAcknowledgementsIsThatOfTheMessages) {
    for (const Version version : both_versions) {
        Delivery2 flow(version);
        // [MQTT-4.6.0-2] [MQTT311-4.6.0-2]
        EXPECT_EQ(says(flow.publisher, "32 [ 't' 0009 % ] 32 [ 't' 0003 % ] 32 [ 't' 0005 % ]"),
                  "400200094002000340020005");
        // [MQTT-4.6.0-3] [MQTT311-4.6.0-3]
        EXPECT_EQ(says(flow.publisher, "34 [ 't' 0009 % ] 34 [ 't' 0003 % ] 34 [ 't' 0005 % ]"),
                  "500200095002000350020005");
        flow.subscriber->reads();
        // [MQTT-4.6.0-4] [MQTT311-4.6.0-4]
        EXPECT_EQ(says(*flow.subscriber, "50 [ 0006 ] 50 [ 0004 ] 50 [ 0005 ]"),
                  "620200066202000462020005");
    }
}

TEST(Order, OfMessagesIsKept) {
    for (const Version version : both_versions) {
        for (unsigned level = 0; level <= 2; ++level) {
            Delivery2 flow(version);
            Lines expected;
            for (mqtt::PacketId id = 1; id <= 15; ++id) {
                flow.publisher.publishes("t", std::to_string(id), level,
                                         level > 0 ? id : mqtt::PacketId{0});
                expected.push_back("payload=\"" + std::to_string(id) + '"');
            }
            Lines got;
            for (const std::string& line : flow.subscriber->reads()) {
                got.push_back(line.substr(line.find("payload=")));
            }
            // [MQTT-4.6.0-5] [MQTT-4.6.0-6] [MQTT311-4.6.0-5] [MQTT311-4.6.0-6]
            EXPECT_EQ(got, expected);
        }
    }
}

TEST(Receipt, IsByEachSubscriberAndOneOfEachGroup) {
    World world;
    Client& publisher = connected(world, Version::v5, "p");
    std::size_t shared = 0;
    std::vector<Client*> members;
    for (const char* id : {"a", "b", "c"}) {
        Client& client = connected(world, Version::v5, id);
        client.subscribes("t", qos(1));
        client.subscribes("$share/one/t", qos(1), 1);
        client.subscribes("$share/two/t", qos(1), 2);
        members.push_back(&client);
    }
    connected(world, Version::v5, "away", false).subscribes("t", qos(1));
    publisher.publishes("t", "x", 1, 1);
    // [MQTT-4.5.0-1]
    for (Client* member : members) {
        std::size_t ordinary = 0;
        for (const std::string& line : member->reads()) {
            const bool of_a_group = line.find("subscription_identifier") != line.npos;
            ++(of_a_group ? shared : ordinary);
        }
        EXPECT_EQ(ordinary, 1U);
    }
    EXPECT_EQ(shared, 2U);
}

}  // namespace
}  // namespace mq::broker::test
