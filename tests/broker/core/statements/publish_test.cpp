#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// §3.3, PUBLISH.
namespace mq::broker::test {
namespace {

using mqtt::QoS;
using mqtt::RetainHandling;
using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;
using testing::UnorderedElementsAre;

/// A publisher and a subscriber of one version.
struct Pair {
    explicit Pair(Version of, bool clean_start = true)
        : version(of),
          publisher(connected(world, of, "p")),
          subscriber(&connected(world, of, "s", clean_start)) {}
    World world;
    Version version;
    Client& publisher;
    Client* subscriber;

    Lines comes_back() {
        subscriber->breaks();
        subscriber = &world.client(version);
        return subscriber->connects("s", false);
    }
};

TEST(Dup, TellsOfTheDeliveryAlone) {
    for (const Version version : both_versions) {
        Pair pair(version, false);
        pair.subscriber->subscribes("t", qos(1));
        mqtt::Publish packet;
        packet.topic = "t";
        packet.qos = QoS::at_least_once;
        packet.packet_id = 1;
        packet.dup = true;
        pair.publisher.sends(packet);
        // [MQTT-3.3.1-3] [MQTT311-3.3.1-3] [MQTT-4.3.2-2]
        EXPECT_THAT(pair.subscriber->reads(),
                    ElementsAre("PUBLISH topic=\"t\" qos=1 packet_id=1 payload=\"\""));
        // [MQTT-3.3.1-1] [MQTT311-3.3.1-1]
        EXPECT_THAT(pair.comes_back(),
                    ElementsAre(HasSubstr("CONNACK"),
                                "PUBLISH topic=\"t\" qos=1 dup packet_id=1 payload=\"\""));
    }
}

TEST(Dup, IsNotInQoS0) {
    for (const Version version : both_versions) {
        // [MQTT-3.3.1-2] [MQTT311-3.3.1-2]
        EXPECT_EQ(answer(version, "38 [ 't' % <x> ]"), ended(version, "81"));
        Pair pair(version);
        pair.subscriber->subscribes("t", qos(0));
        pair.publisher.publishes("t", "x", 1, 1);
        // [MQTT-4.3.1-1] [MQTT311-4.3.1-1]
        EXPECT_THAT(pair.subscriber->reads(),
                    ElementsAre("PUBLISH topic=\"t\" qos=0 payload=\"x\""));
    }
}

TEST(QoS3, EndsTheConnection) {
    for (const Version version : both_versions) {
        // [MQTT-3.3.1-4] [MQTT311-3.3.1-4]
        EXPECT_EQ(answer(version, "36 [ 't' 0001 % <x> ]"), ended(version, "81"));
    }
}

TEST(Retained, IsKeptInPlaceOfTheOneBefore) {
    for (const Version version : both_versions) {
        Pair pair(version);
        pair.publisher.publishes("t", "old", 2, 1, true);
        pair.publisher.publishes("t", "new", 1, 2, true);
        // [MQTT-3.3.1-5] [MQTT311-3.3.1-5] [MQTT311-3.3.1-8]
        EXPECT_THAT(pair.subscriber->subscribes("t", qos(2)),
                    ElementsAre(HasSubstr("SUBACK"),
                                "PUBLISH topic=\"t\" qos=1 retain packet_id=1 payload=\"new\""));
        // [MQTT311-3.3.1-7]
        pair.publisher.publishes("t", "newest", 0, 0, true);
        pair.subscriber->reads();
        EXPECT_THAT(pair.subscriber->subscribes("t", qos(2)),
                    ElementsAre(HasSubstr("SUBACK"),
                                "PUBLISH topic=\"t\" qos=0 retain payload=\"newest\""));
        EXPECT_EQ(pair.world.broker().stats().retained_messages, 1U);
    }
}

TEST(Retained, OfNoBytesClearsTheTopicAndIsPassedOn) {
    for (const Version version : both_versions) {
        Pair pair(version);
        pair.publisher.publishes("t", "x", 0, 0, true);
        pair.subscriber->subscribes("t");
        pair.publisher.publishes("t", "", 0, 0, true);
        // [MQTT-3.3.1-6] [MQTT311-3.3.1-10]
        EXPECT_THAT(pair.subscriber->reads(),
                    ElementsAre("PUBLISH topic=\"t\" qos=0 payload=\"\""));
        EXPECT_EQ(pair.world.broker().stats().retained_messages, 0U);
        // [MQTT-3.3.1-7] [MQTT311-3.3.1-11]
        pair.publisher.publishes("other", "", 0, 0, true);
        EXPECT_EQ(pair.world.broker().stats().retained_messages, 0U);
        EXPECT_EQ(pair.subscriber->subscribes("#").size(), 1U);
    }
}

TEST(NotRetained, LeavesWhatIsKeptAlone) {
    for (const Version version : both_versions) {
        Pair pair(version);
        pair.publisher.publishes("t", "kept", 0, 0, true);
        pair.publisher.publishes("t", "live", 0, 0, false);
        pair.publisher.publishes("t", "", 0, 0, false);
        pair.publisher.publishes("other", "live", 0, 0, false);
        // [MQTT-3.3.1-8] [MQTT311-3.3.1-12]
        EXPECT_THAT(pair.subscriber->subscribes("#"),
                    ElementsAre(HasSubstr("SUBACK"), HasSubstr("\"kept\"")));
    }
}

TEST(Retained, ComesWithANewSubscription) {
    for (const Version version : both_versions) {
        Pair pair(version);
        for (const char* topic : {"a/1", "a/2", "b"}) {
            pair.publisher.publishes(topic, "x", 0, 0, true);
        }
        // [MQTT311-3.3.1-6] [MQTT-3.3.1-9]
        EXPECT_THAT(pair.subscriber->subscribes("a/+"),
                    UnorderedElementsAre(HasSubstr("SUBACK"),
                                         "PUBLISH topic=\"a/1\" qos=0 retain payload=\"x\"",
                                         "PUBLISH topic=\"a/2\" qos=0 retain payload=\"x\""));
        // [MQTT311-3.3.1-9] [MQTT-3.3.1-12]
        pair.publisher.publishes("a/1", "live", 0, 0, true);
        EXPECT_THAT(pair.subscriber->reads(),
                    ElementsAre("PUBLISH topic=\"a/1\" qos=0 payload=\"live\""));
    }
}

TEST(RetainHandling, DecidesWhetherTheyCome) {
    Pair pair(Version::v5);
    pair.publisher.publishes("t", "x", 0, 0, true);
    mqtt::SubscriptionOptions options;
    options.retain_handling = RetainHandling::send;
    // [MQTT-3.3.1-9]
    EXPECT_EQ(pair.subscriber->subscribes("t", options).size(), 2U);
    EXPECT_EQ(pair.subscriber->subscribes("t", options).size(), 2U);
    options.retain_handling = RetainHandling::send_if_new;
    // [MQTT-3.3.1-10]
    EXPECT_EQ(pair.subscriber->subscribes("t", options).size(), 1U);
    EXPECT_EQ(pair.subscriber->subscribes("+", options).size(), 2U);
    options.retain_handling = RetainHandling::do_not_send;
    // [MQTT-3.3.1-11]
    EXPECT_EQ(pair.subscriber->subscribes("t", options).size(), 1U);
    EXPECT_EQ(pair.subscriber->subscribes("#", options).size(), 1U);
}

TEST(RetainAsPublished, KeepsTheFlag) {
    Pair pair(Version::v5);
    pair.subscriber->subscribes("plain");
    mqtt::SubscriptionOptions options;
    options.retain_as_published = true;
    pair.subscriber->subscribes("kept", options);
    for (const bool retain : {true, false}) {
        pair.publisher.publishes("plain", "x", 0, 0, retain);
        // [MQTT-3.3.1-12]
        EXPECT_THAT(pair.subscriber->reads(), ElementsAre(Not(HasSubstr("retain"))));
        pair.publisher.publishes("kept", "x", 0, 0, retain);
        // [MQTT-3.3.1-13]
        EXPECT_THAT(pair.subscriber->reads(),
                    ElementsAre(retain ? "PUBLISH topic=\"kept\" qos=0 retain payload=\"x\""
                                       : "PUBLISH topic=\"kept\" qos=0 payload=\"x\""));
    }
}

TEST(TopicName, HasNoWildcard) {
    for (const Version version : both_versions) {
        // [MQTT-3.3.2-2] [MQTT311-3.3.2-2] [MQTT-4.7.0-1] [MQTT311-4.7.1-1]
        for (const char* topic : {"'#'", "'+'", "'a/+'", "'a/#'", "'a+'", "'a#b'"}) {
            EXPECT_EQ(answer(version, "30 [ " + std::string(topic) + " % <x> ]"),
                      ended(version, "82"))
                << topic;
        }
    }
}

TEST(TopicName, OfADeliveryMatchesTheFilter) {
    for (const Version version : both_versions) {
        Pair pair(version);
        pair.subscriber->subscribes("a/+/c");
        pair.subscriber->subscribes("x/#");
        for (const char* topic : {"a/b/c", "a/b/d", "a/b", "x", "x/y/z", "y"}) {
            pair.publisher.publishes(topic, "m");
        }
        // [MQTT-3.3.2-3] [MQTT311-3.3.2-3] [MQTT311-3.8.3-2]
        EXPECT_THAT(pair.subscriber->reads(),
                    ElementsAre(HasSubstr("topic=\"a/b/c\""), HasSubstr("topic=\"x\""),
                                HasSubstr("topic=\"x/y/z\"")));
    }
}

TEST(Expiry, EndsBeforeTheDelivery) {
    Pair pair(Version::v5, false);
    pair.subscriber->subscribes("t", qos(1));
    pair.subscriber->breaks();
    mqtt::Publish packet;
    packet.topic = "t";
    packet.qos = QoS::at_least_once;
    packet.packet_id = 1;
    for (const std::uint32_t expiry : {10U, 100U}) {
        packet.properties.message_expiry_interval = expiry;
        pair.publisher.sends(packet);
    }
    pair.world.passes(seconds(30));
    // [MQTT-3.3.2-5] [MQTT-3.3.2-6]
    EXPECT_THAT(pair.world.client().connects("s", false),
                ElementsAre(HasSubstr("CONNACK"), HasSubstr("message_expiry_interval=70")));
}

TEST(Alias, EndsWithItsConnection) {
    Pair pair(Version::v5, false);
    EXPECT_EQ(says(*pair.subscriber, "30 [ 't' [ 23 0001 ] <x> ]"), "");
    EXPECT_EQ(says(*pair.subscriber, "30 [ '' [ 23 0001 ] <x> ]"), "");
    pair.comes_back();
    // [MQTT-3.3.2-7]
    EXPECT_EQ(says(*pair.subscriber, "30 [ '' [ 23 0001 ] <x> ]"), "E00182 closed");
}

TEST(Alias, OfTheServerEndsWithItsConnection) {
    World world;
    Client& publisher = connected(world, Version::v5, "p");
    const char* connect = "10 [ 'MQTT' 05 00 0000 [ 11 00000064 22 0001 ] 's' ]";
    Client& first = world.client();
    says(first, connect);
    first.subscribes("t");
    publisher.publishes("t", "x");
    publisher.publishes("t", "x");
    EXPECT_EQ(first.reads_hex(),
              "3008000174032300017830070000032300"
              "0178");
    first.breaks();
    Client& second = world.client();
    says(second, connect);
    publisher.publishes("t", "x");
    // [MQTT-3.3.2-7]
    EXPECT_EQ(second.reads_hex(), "30080001740323000178");
}

TEST(Alias, Is1ToTheMaximum) {
    // [MQTT-3.3.2-8]
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 23 0000 ] <x> ]"), "E00194 closed");
    // [MQTT-3.3.2-9] [MQTT-3.2.2-17]
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 23 000B ] <x> ]"), "E00194 closed");
    World world;
    world.listener.max_topic_alias = 0;
    // [MQTT-3.2.2-18]
    EXPECT_EQ(says(connected(world, Version::v5, "c"), "30 [ 't' [ 23 0001 ] <x> ]"),
              "E00194 closed");
}

TEST(Alias, OfEachNumberIsUnderstood) {
    Pair pair(Version::v5);
    pair.subscriber->subscribes("#");
    mqtt::Publish packet;
    for (std::uint16_t alias = 1; alias <= 10; ++alias) {
        const std::string topic = "t" + std::to_string(alias);
        packet.topic = topic;
        packet.topic_alias = alias;
        pair.publisher.sends(packet);
        packet.topic = "";
        pair.publisher.sends(packet);
        // [MQTT-3.3.2-12]
        EXPECT_THAT(pair.subscriber->reads(),
                    ElementsAre(HasSubstr('"' + topic + '"'), HasSubstr('"' + topic + '"')));
    }
}

TEST(Alias, OfTheServerStaysWithinTheClientsMaximum) {
    World world;
    Client& publisher = connected(world, Version::v5, "p");
    Client& none = connected(world, Version::v5, "none");
    Client& two = world.client();
    says(two, "10 [ 'MQTT' 05 02 0000 [ 22 0002 ] 'two' ]");
    none.subscribes("#");
    two.subscribes("#");
    for (const char* topic : {"a", "b", "c", "d"}) {
        publisher.publishes(topic, "x");
        publisher.publishes(topic, "x");
    }
    const Lines lines = two.reads();
    // [MQTT-3.1.2-26] [MQTT-3.3.2-11]
    EXPECT_THAT(lines, testing::Each(testing::AnyOf(testing::EndsWith("topic_alias=1"),
                                                    testing::EndsWith("topic_alias=2"),
                                                    Not(HasSubstr("topic_alias")))));
    EXPECT_EQ(std::count_if(lines.begin(), lines.end(),
                            [](const auto& l) { return l.find("topic_alias") != l.npos; }),
              4);
    // [MQTT-3.1.2-27]
    EXPECT_THAT(none.reads(), testing::Each(Not(HasSubstr("topic_alias"))));
}

TEST(Properties, TravelUnalteredAndInOrder) {
    Pair pair(Version::v5);
    pair.subscriber->subscribes("t");
    // [MQTT-3.3.2-4] [MQTT-3.3.2-15] [MQTT-3.3.2-16] [MQTT-3.3.2-17] [MQTT-3.3.2-18]
    // [MQTT-3.3.2-20]
    for (const char* list :
         {"01 01 03 'text' 08 'r/t' 09 0002 00FF 26 'k' '1' 26 'a' '2' 26 'k' '1'", "01 00",
          "26 'z' '' 08 'r' 26 'a' '' 03 '' 09 '' 26 'z' ''"}) {
        const auto packet = mqtt::bytes_of("30 [ 't' [ " + std::string(list) + " ] <x> ]");
        pair.publisher.sends_bytes(packet);
        EXPECT_EQ(pair.subscriber->reads_hex(), mqtt::hex_of(packet));
    }
}

/// Where the standard leaves the order open, it is Mosquitto's.
TEST(Properties, OfADeliveryComeInMosquittosOrder) {
    Pair pair(Version::v5);
    Client& client = pair.world.client();
    says(client, "10 [ 'MQTT' 05 02 0000 [ 22 0001 ] 'c' ]");
    client.subscribes("t", qos(1), 5);
    pair.publisher.sends_bytes(
        mqtt::bytes_of("32 [ 't' 0001 [ 02 00000064 26 'a' 'b' 03 'c' 01 01 ] <x> ]"));
    EXPECT_EQ(client.reads_hex(),
              mqtt::hex_of(mqtt::bytes_of("32 [ 't' 0001 [ 0B 05 26 'a' 'b' 03 'c' 01 01 "
                                          "02 00000064 23 0001 ] <x> ]")));
}

TEST(Properties, ThatAreNoTextsEndTheConnection) {
    // [MQTT-3.3.2-13]
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 08 0001 FF ] <x> ]"), "E00181 closed");
    // [MQTT-3.3.2-14]
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 08 'a/+' ] <x> ]"), "E00182 closed");
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 08 '#' ] <x> ]"), "E00182 closed");
    // [MQTT-3.3.2-19]
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 03 0001 FF ] <x> ]"), "E00181 closed");
}

TEST(Publishing, IsAnsweredByItsQoS) {
    for (const Version version : both_versions) {
        Pair pair(version);
        pair.subscriber->subscribes("t");
        // [MQTT-3.3.4-1] [MQTT311-3.3.4-1]
        EXPECT_EQ(says(pair.publisher, "30 [ 't' % ]"), "");
        EXPECT_EQ(says(pair.publisher, "32 [ 't' 0001 % ]"), "40020001");
        EXPECT_EQ(says(pair.publisher, "34 [ 't' 0002 % ]"), "50020002");
    }
}

TEST(Publishing, ForNobodyIsToldAtQoS1) {
    EXPECT_EQ(answer(Version::v5, "32 [ 't' 0001 [] ]"), "4003000110");
    EXPECT_EQ(answer(Version::v5, "33 [ 't' 0001 [] <kept> ]"), "4003000110");
    EXPECT_EQ(answer(Version::v5, "34 [ 't' 0001 [] ]"), "50020001");
    EXPECT_EQ(answer(Version::v3_1_1, "32 [ 't' 0001 ]"), "40020001");
}

TEST(Publishing, GivesListedCodes) {
    World world;
    world.limits.message_size_limit = 1;
    world.access.on_write = [](std::string_view topic) { return topic != "closed"; };
    Client& client = connected(world, Version::v5, "c");
    // [MQTT-3.4.2-1]
    EXPECT_EQ(says(client, "32 [ 'closed' 0001 [] ]"), "4003000187");
    EXPECT_EQ(says(client, "32 [ 't' 0001 [] <xx> ]"), "4003000183");
    EXPECT_EQ(says(client, "32 [ 't' 0001 [] <x> ]"), "4003000110");
    // [MQTT-3.5.2-1]
    EXPECT_EQ(says(client, "34 [ 'closed' 0001 [] ]"), "5003000187");
    EXPECT_EQ(says(client, "34 [ 't' 0001 [] <xx> ]"), "5003000183");
    EXPECT_EQ(says(client, "34 [ 't' 0001 [] <x> ]"), "50020001");
    // [MQTT-3.7.2-1]
    EXPECT_EQ(says(client, "62 [ 0001 ]"), "70020001");
    // [MQTT-3.6.2-1]
    EXPECT_EQ(says(client, "50 [ 0009 ]"), "62020009");
}

TEST(Publishing, ThatIsNotAllowedIsAcknowledgedIn311) {
    World world;
    world.access.on_write = [](std::string_view) { return false; };
    Client& watcher = connected(world, Version::v3_1_1, "w");
    watcher.subscribes("#");
    Client& client = connected(world, Version::v3_1_1, "c");
    // [MQTT311-3.3.5-2]
    EXPECT_EQ(says(client, "32 [ 't' 0001 ]"), "40020001");
    EXPECT_EQ(says(client, "34 [ 't' 0002 ] 62 [ 0002 ]"), "5002000270020002");
    EXPECT_THAT(watcher.reads(), IsEmpty());
}

TEST(Overlap, GivesTheHighestQoSAndAllIdentifiers) {
    for (const Version version : both_versions) {
        Pair pair(version);
        const auto identifier = [&](std::uint32_t number) {
            return version == Version::v5 ? std::optional(number) : std::nullopt;
        };
        pair.subscriber->subscribes("a/+", qos(0), identifier(3));
        pair.subscriber->subscribes("a/#", qos(2), identifier(300));
        pair.subscriber->subscribes("a/b", qos(1));
        pair.publisher.publishes("a/b", "x", 2, 1);
        const Lines lines = pair.subscriber->reads();
        // [MQTT-3.3.4-2] [MQTT311-3.3.5-1]
        ASSERT_EQ(lines.size(), 1U);
        EXPECT_THAT(lines[0], HasSubstr("qos=2"));
        if (version == Version::v5) {
            // [MQTT-3.3.4-3] [MQTT-3.3.4-4]
            EXPECT_THAT(lines[0], HasSubstr("subscription_identifier=3"));
            EXPECT_THAT(lines[0], HasSubstr("subscription_identifier=300"));
        }
    }
}

TEST(Overlap, InSeveralCopiesGivesEachItsIdentifier) {
    Pair pair(Version::v5);
    pair.world.limits.allow_duplicate_messages = true;
    pair.subscriber->subscribes("a/+", qos(0), 3);
    pair.subscriber->subscribes("a/#", qos(1), 4);
    pair.subscriber->subscribes("a/b", qos(2));
    pair.publisher.publishes("a/b", "x", 1, 1);
    // [MQTT-3.3.4-5]
    EXPECT_THAT(pair.subscriber->reads(),
                UnorderedElementsAre(
                    "PUBLISH topic=\"a/b\" qos=0 payload=\"x\" subscription_identifier=3",
                    AllOf(HasSubstr("qos=1"), testing::EndsWith("subscription_identifier=4")),
                    AllOf(HasSubstr("qos=1"), Not(HasSubstr("subscription_identifier")))));
}

TEST(SubscriptionIdentifier, DoesNotComeFromAClient) {
    // [MQTT-3.3.4-6]
    EXPECT_EQ(answer(Version::v5, "30 [ 't' [ 0B 01 ] <x> ]"), "E00182 closed");
}

TEST(ReceiveMaximum, OfTheServerEndsWhoGoesBeyond) {
    World world;
    world.limits.max_inflight_messages = 2;
    Client& client = connected(world, Version::v5, "c");
    EXPECT_EQ(says(client, "34 [ 't' 0001 [] ] 34 [ 't' 0002 [] ]"), "5002000150020002");
    EXPECT_EQ(says(client, "62 [ 0001 ] 34 [ 't' 0003 [] ]"), "7002000150020003");
    // [MQTT-3.3.4-7]
    EXPECT_EQ(says(client, "34 [ 't' 0004 [] ]"), "E00193 closed");
}

TEST(ReceiveMaximum, OfTheClientHoldsBackNothingElse) {
    World world;
    Client& publisher = connected(world, Version::v5, "p");
    Client& client = world.client();
    says(client, "10 [ 'MQTT' 05 02 0000 [ 21 0002 ] 'c' ]");
    client.subscribes("t", qos(2));
    for (mqtt::PacketId id = 1; id <= 4; ++id) {
        publisher.publishes("t", std::to_string(id), 1 + id % 2U, id);
    }
    // [MQTT-3.3.4-9] [MQTT-4.9.0-1] [MQTT-4.9.0-2]
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"1\""), HasSubstr("\"2\"")));
    // [MQTT-3.3.4-10] [MQTT-4.9.0-3]
    publisher.publishes("t", "zero");
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"zero\"")));
    EXPECT_EQ(says(client, "C0 []"), "D000");
    EXPECT_EQ(says(client, "32 [ 'u' 0001 [] ]"), "4003000110");
    EXPECT_EQ(says(client, "50 [ 0001 ]"), "62020001");
    // [MQTT-4.9.0-2]
    EXPECT_THAT(client.reads(), IsEmpty());
    client.sends(acknowledgement<mqtt::Puback>(2));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"3\"")));
}

TEST(MaximumPacketSize, OfTheClientIsKept) {
    World world;
    Client& publisher = connected(world, Version::v5, "p");
    Client& client = world.client();
    says(client, "10 [ 'MQTT' 05 02 0000 [ 27 00000014 21 0001 ] 'c' ]");
    client.subscribes("t", qos(1));
    // Of 20 bytes 12 are left for the payload.
    publisher.publishes("t", std::string(13, 'x'), 1, 1);
    publisher.publishes("t", std::string(12, 'y'), 1, 2);
    // [MQTT-3.1.2-24] [MQTT-3.1.2-25]
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"yyyyyyyyyyyy\"")));
    EXPECT_EQ(world.broker().stats().queued_messages, 1U);
}

}  // namespace
}  // namespace mq::broker::test
