#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// §3.8 to §3.11, SUBSCRIBE and UNSUBSCRIBE.
namespace mq::broker::test {
namespace {

using mqtt::QoS;
using mqtt::Version;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

TEST(Filters, AreTexts) {
    for (const Version version : both_versions) {
        // [MQTT-3.8.3-1] [MQTT311-3.8.3-1]
        EXPECT_EQ(answer(version, "82 [ 0001 % 0002 C080 00 ]"), ended(version, "81"));
        // [MQTT-3.10.3-1] [MQTT311-3.10.3-1]
        EXPECT_EQ(answer(version, "A2 [ 0001 % 'a' 0002 C080 ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "A2 [ 0001 % 'a' 'b' ]"),
                  version == Version::v5 ? "B0050001001111" : "B0020001");
    }
}

TEST(Filters, AreOneAtLeast) {
    for (const Version version : both_versions) {
        // [MQTT-3.8.3-2] [MQTT311-3.8.3-3]
        EXPECT_EQ(answer(version, "82 [ 0001 % ]"), ended(version, "82"));
        // [MQTT-3.10.3-2] [MQTT311-3.10.3-2]
        EXPECT_EQ(answer(version, "A2 [ 0001 % ]"), ended(version, "82"));
    }
}

TEST(Options, HaveNoOtherBits) {
    for (const unsigned bits : {0x40U, 0x80U, 0xC0U}) {
        const std::string option = mqtt::hex_of({static_cast<std::uint8_t>(bits)});
        // [MQTT-3.8.3-5]
        EXPECT_EQ(answer(Version::v5, "82 [ 0001 [] 'a' " + option + " ]"), "E00181 closed");
    }
    for (unsigned bits = 3; bits < 256; ++bits) {
        const std::string option = mqtt::hex_of({static_cast<std::uint8_t>(bits)});
        // [MQTT311-3.8.3-4]
        EXPECT_EQ(answer(Version::v3_1_1, "82 [ 0001 'a' " + option + " ]"), " closed");
    }
}

TEST(NoLocal, KeepsOwnMessagesAway) {
    World world;
    Client& client = connected(world, Version::v5, "c");
    Client& other = connected(world, Version::v5, "o");
    mqtt::SubscriptionOptions options;
    options.no_local = true;
    client.subscribes("t", options);
    client.publishes("t", "own");
    other.publishes("t", "other");
    // [MQTT-3.8.3-3]
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"other\"")));
}

TEST(NoLocal, KeepsOwnRetainedMessagesAway) {
    World world{1, true};
    mqtt::SubscriptionOptions options;
    options.no_local = true;
    Client& first = connected(world, Version::v5, "c");
    first.publishes("own", "x", 0, 0, true);
    connected(world, Version::v5, "o").publishes("other", "x", 0, 0, true);
    const auto retained = [&](Client& client) {
        Lines lines = client.subscribes("#", options);
        lines.erase(lines.begin());
        return lines;
    };
    // [MQTT-3.8.3-3]
    EXPECT_THAT(retained(first), ElementsAre(HasSubstr("topic=\"other\"")));
    // It is the client identifier that counts, over sessions and restarts.
    first.sends(disconnect(mqtt::ReasonCode::success, 0));
    EXPECT_THAT(retained(connected(world, Version::v5, "c")),
                ElementsAre(HasSubstr("topic=\"other\"")));
    world.crashes();
    EXPECT_THAT(retained(connected(world, Version::v5, "c")),
                ElementsAre(HasSubstr("topic=\"other\"")));
    EXPECT_EQ(retained(connected(world, Version::v5, "d")).size(), 2U);
}

TEST(NoLocal, IsNotForSharedSubscriptions) {
    // [MQTT-3.8.3-4]
    EXPECT_EQ(answer(Version::v5, "82 [ 0001 [] '$share/g/a' 04 ]"), "E00182 closed");
}

TEST(Subscriptions, IsAnsweredFilterByFilter) {
    for (const Version version : both_versions) {
        World world;
        world.limits.subscriptions_max = 3;
        Client& client = connected(world, version, "c");
        // [MQTT-3.8.4-1] [MQTT311-3.8.4-1] [MQTT-3.8.4-2] [MQTT311-3.8.4-2]
        // [MQTT-3.8.4-5] [MQTT311-3.8.4-4] [MQTT-3.8.4-6] [MQTT-3.8.4-7] [MQTT311-3.8.4-5]
        // [MQTT-3.9.3-1] [MQTT311-3.9.3-1]
        EXPECT_EQ(says(client, "82 [ 1234 % 'a' 02 'b' 00 'c' 01 'd' 02 ]"),
                  version == Version::v5 ? "90071234000200"
                                           "0197"
                                         : "9006123402000180");
        EXPECT_EQ(world.broker().stats().subscriptions, 3U);
    }
}

TEST(Subscriptions, GivesListedCodes) {
    World world;
    world.limits.acl_refuse_subscribe = true;
    world.limits.subscriptions_max = 1;
    world.access.on_subscribe = [](std::string_view filter) { return filter != "closed"; };
    const std::string packet = "82 [ 0001 % 'closed' 00 'a' 02 'b' 01 ]";
    // [MQTT-3.9.3-2]
    EXPECT_EQ(says(connected(world, Version::v5, "c"), packet), "9006000100870297");
    // [MQTT311-3.9.3-2]
    EXPECT_EQ(says(connected(world, Version::v3_1_1, "d"), packet), "90050001800280");
}

TEST(Subscriptions, ToTheSameFilterReplaces) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        Client& publisher = connected(world, version, "p");
        publisher.publishes("t", "kept", 2, 1, true);
        client.subscribes("t", qos(0));
        // [MQTT-3.8.4-4] [MQTT311-3.8.4-3]
        EXPECT_THAT(client.subscribes("t", qos(2)),
                    ElementsAre(HasSubstr("SUBACK"), HasSubstr("qos=2 retain")));
        publisher.publishes("t", "live", 2, 2);
        // [MQTT-3.8.4-3] [MQTT311-3.8.4-3]
        EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("qos=2")));
        EXPECT_EQ(world.broker().stats().subscriptions, 1U);
    }
}

TEST(Subscriptions, AnewLosesNothingOnItsWay) {
    for (const Version version : both_versions) {
        World world;
        world.limits.max_inflight_messages = 1;
        Client& client = connected(world, version, "c");
        Client& publisher = connected(world, version, "p");
        client.subscribes("t", qos(1));
        for (const char* payload : {"1", "2", "3"}) {
            publisher.publishes("t", payload, 1, 1);
        }
        client.subscribes("t", qos(0));
        Lines rest;
        for (mqtt::PacketId id = 1; id <= 3; ++id) {
            client.sends(acknowledgement<mqtt::Puback>(id));
            const Lines more = client.reads();
            rest.insert(rest.end(), more.begin(), more.end());
        }
        // [MQTT-3.8.4-4] [MQTT311-3.8.4-3]
        EXPECT_THAT(rest, ElementsAre(HasSubstr("\"2\""), HasSubstr("\"3\"")));
    }
}

TEST(Subscriptions, GivesTheLesserQoS) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        Client& publisher = connected(world, version, "p");
        for (unsigned granted = 0; granted <= 2; ++granted) {
            for (unsigned published = 0; published <= 2; ++published) {
                const std::string topic = std::to_string(granted);
                client.subscribes(topic, qos(granted));
                publisher.publishes(topic, "x", published, published > 0 ? 1 : 0);
                publisher.sends(acknowledgement<mqtt::Pubrel>(1));
                // [MQTT-3.8.4-8] [MQTT311-3.8.4-6]
                EXPECT_THAT(
                    client.reads(),
                    ElementsAre(HasSubstr("qos=" + std::to_string(std::min(granted, published)))));
            }
        }
    }
}

TEST(Unsubscriptions, DeletesTheVerySameFilterOnly) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        Client& publisher = connected(world, version, "p");
        client.subscribes("a/+");
        // [MQTT-3.10.4-1] [MQTT311-3.10.4-1]
        for (const char* filter : {"a/b", "a/#", "A/+", "a/+/", "+/+", "a"}) {
            client.unsubscribes(filter);
        }
        publisher.publishes("a/b", "x");
        EXPECT_EQ(client.reads().size(), 1U);
        client.unsubscribes("a/+");
        publisher.publishes("a/b", "x");
        // [MQTT-3.10.4-2] [MQTT311-3.10.4-2]
        EXPECT_THAT(client.reads(), IsEmpty());
        EXPECT_EQ(world.broker().stats().subscriptions, 0U);
    }
}

TEST(Unsubscriptions, FinishesWhatHasBegun) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c", false);
        Client& publisher = connected(world, version, "p");
        client.subscribes("t", qos(2));
        publisher.publishes("t", "one", 1, 1);
        publisher.publishes("t", "two", 2, 2);
        client.reads();
        client.unsubscribes("t");
        // [MQTT-3.10.4-3] [MQTT311-3.10.4-3]
        EXPECT_EQ(says(client, "40 [ 0001 ] 50 [ 0002 ]"), "62020002");
        client.breaks();
        EXPECT_THAT(world.client(version).connects("c", false),
                    ElementsAre(HasSubstr("CONNACK"), HasSubstr("PUBREL packet_id=2")));
    }
}

TEST(Unsubscriptions, IsAnsweredOnce) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        client.subscribes("b");
        // [MQTT-3.10.4-4] [MQTT-3.10.4-5] [MQTT-3.10.4-6] [MQTT311-3.10.4-4] [MQTT311-3.10.4-5]
        // [MQTT311-3.10.4-6] [MQTT-3.11.3-1] [MQTT-3.11.3-2]
        EXPECT_EQ(says(client, "A2 [ 1234 % 'a' 'b' 'c' ]"),
                  version == Version::v5 ? "B006123400110011" : "B0021234");
        EXPECT_EQ(says(client, "A2 [ 1235 % 'b' ]"),
                  version == Version::v5 ? "B00412350011" : "B0021235");
    }
}

}  // namespace
}  // namespace mq::broker::test
