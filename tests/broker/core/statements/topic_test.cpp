#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// §4.7 and §4.8: topics, filters, shared subscriptions.
namespace mq::broker::test {
namespace {

using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// The answer to a SUBSCRIBE for one filter.
std::string subscribing(Version version, const std::string& filter) {
    World world;
    const Lines lines = connected(world, version, "c").subscribes(filter);
    return lines.empty() ? "closed" : lines.front();
}

std::string refused(Version version, const char* reason) {
    return version == Version::v5 ? "DISCONNECT reason_code=0x" + std::string(reason) : "closed";
}

TEST(TopicFilter, HasItsWildcardsWhereTheyBelong) {
    const std::string granted = "SUBACK packet_id=1 reason_codes=0x00";
    for (const Version version : both_versions) {
        // [MQTT-4.7.1-1] [MQTT311-4.7.1-2]
        for (const char* filter : {"#", "a/#", "/#", "+/#"}) {
            EXPECT_EQ(subscribing(version, filter), granted) << filter;
        }
        for (const char* filter : {"a#", "a/b#", "a/#/b", "#/", "##"}) {
            EXPECT_EQ(subscribing(version, filter), refused(version, "81")) << filter;
        }
        // [MQTT-4.7.1-2] [MQTT311-4.7.1-3]
        for (const char* filter : {"+", "+/a", "a/+", "a/+/b", "+/+/#"}) {
            EXPECT_EQ(subscribing(version, filter), granted) << filter;
        }
        for (const char* filter : {"a+", "+a", "a/b+/c", "++"}) {
            EXPECT_EQ(subscribing(version, filter), refused(version, "81")) << filter;
        }
    }
}

TEST(TopicFilter, WithAWildcardAtTheFrontPassesOverDollarTopics) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        Client& publisher = connected(world, version, "p");
        publisher.publishes("$kept/x", "kept", 0, 0, true);
        client.subscribes("#");
        client.subscribes("+/x");
        publisher.publishes("$mine/x", "live");
        // [MQTT-4.7.2-1] [MQTT311-4.7.2-1]
        EXPECT_THAT(client.reads(), IsEmpty());
        client.subscribes("$mine/#");
        publisher.publishes("$mine/x", "live");
        EXPECT_EQ(client.reads().size(), 1U);
    }
}

TEST(TopicFilter, HasOneCharacterAtLeast) {
    for (const Version version : both_versions) {
        // [MQTT-4.7.3-1] [MQTT311-4.7.3-1]
        EXPECT_EQ(subscribing(version, ""), refused(version, "81"));
        EXPECT_EQ(answer(version, "30 [ '' % <x> ]"), ended(version, "82"));
        EXPECT_EQ(subscribing(version, "/"), "SUBACK packet_id=1 reason_codes=0x00");
    }
}

TEST(Topic, HasUpTo65535Bytes) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        const std::string topic(65535, 'a');
        // Longer ones cannot be expressed. [MQTT-4.7.3-3] [MQTT311-4.7.3-3]
        EXPECT_EQ(client.subscribes(topic).front(), "SUBACK packet_id=1 reason_codes=0x00");
        client.publishes(topic, "x");
        EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("(65535)")));
    }
}

TEST(Topic, HasUpTo200Slashes) {
    for (const Version version : both_versions) {
        World world;
        const std::string deep(200, '/');
        Client& client = connected(world, version, "c");
        EXPECT_EQ(client.subscribes(deep).front(), "SUBACK packet_id=1 reason_codes=0x00");
        client.publishes(deep, "x");
        EXPECT_EQ(client.reads().size(), 1U);
        EXPECT_EQ(subscribing(version, deep + '/'), refused(version, "81"));
        client.publishes(deep + '/', "x");
        EXPECT_EQ(client.reads_hex(), version == Version::v5 ? "E00182" : "");
        EXPECT_TRUE(client.closed_by_broker());
    }
}

TEST(Topic, IsComparedAsItIs) {
    for (const Version version : both_versions) {
        World world;
        Client& client = connected(world, version, "c");
        Client& publisher = connected(world, version, "p");
        for (const char* filter : {"\xC3\xA9", "ACCOUNTS", "a b", "x/", "y//z"}) {
            client.subscribes(filter);
        }
        // [MQTT-4.7.3-4] [MQTT311-4.7.3-4]
        for (const char* topic : {"e\xCC\x81", "Accounts", "ab", "x", "y/z"}) {
            publisher.publishes(topic, "x");
        }
        EXPECT_THAT(client.reads(), IsEmpty());
        publisher.publishes("\xC3\xA9", "x");
        EXPECT_EQ(client.reads().size(), 1U);
    }
}

TEST(SharedFilter, HasAShareNameAndAFilter) {
    // [MQTT-4.8.2-1]
    for (const char* filter : {"$share", "$share/", "$share//t"}) {
        EXPECT_EQ(subscribing(Version::v5, filter), refused(Version::v5, "82")) << filter;
    }
    // [MQTT-4.8.2-2]
    for (const char* filter : {"$share/g", "$share/g/", "$share/+/t"}) {
        EXPECT_EQ(subscribing(Version::v5, filter), refused(Version::v5, "82")) << filter;
    }
    for (const char* filter : {"$share/g+/t", "$share/g#/t", "$share/#/t"}) {
        EXPECT_EQ(subscribing(Version::v5, filter), refused(Version::v5, "81")) << filter;
    }
    EXPECT_EQ(subscribing(Version::v5, "$share/g/t"), "SUBACK packet_id=1 reason_codes=0x00");
}

/// Two members of a group; the first message goes to `first`.
struct Group {
    World world;
    Client& publisher = connected(world, Version::v5, "p");
    Client* first = nullptr;
    Client* second = nullptr;

    explicit Group(unsigned first_qos = 2, unsigned second_qos = 2) {
        first = &world.client();
        first->connects("first", false, 60);
        first->subscribes("$share/g/t", qos(first_qos));
        second = &world.client();
        second->connects("second", false, 60);
        second->subscribes("$share/g/t", qos(second_qos));
    }
};

TEST(SharedSubscription, GivesEachMemberItsQoS) {
    Group group(0, 1);
    group.publisher.publishes("t", "1", 2, 1);
    group.publisher.publishes("t", "2", 2, 2);
    // [MQTT-4.8.2-3]
    EXPECT_THAT(group.first->reads(), ElementsAre("PUBLISH topic=\"t\" qos=0 payload=\"1\""));
    EXPECT_THAT(group.second->reads(),
                ElementsAre("PUBLISH topic=\"t\" qos=1 packet_id=1 payload=\"2\""));
}

TEST(SharedSubscription, CompletesQoS2ToTheSameMember) {
    Group group;
    group.publisher.publishes("t", "1", 2, 1);
    EXPECT_EQ(group.first->reads().size(), 1U);
    group.first->breaks();
    EXPECT_THAT(group.second->reads(), IsEmpty());
    // [MQTT-4.8.2-4]
    Client& back = group.world.client();
    EXPECT_THAT(back.connects("first", false, 60),
                ElementsAre(HasSubstr("session_present"), HasSubstr("qos=2 dup packet_id=1")));
    EXPECT_EQ(says(back, "50 [ 0001 ]"), "62020001");
    EXPECT_EQ(says(back, "70 [ 0001 ]"), "");
    EXPECT_THAT(group.second->reads(), IsEmpty());
}

TEST(SharedSubscription, GivesNobodyElseWhatASessionTookToItsEnd) {
    Group group;
    group.publisher.publishes("t", "1", 2, 1);
    EXPECT_EQ(group.first->reads().size(), 1U);
    group.first->breaks();
    group.world.passes(seconds(61));
    ASSERT_EQ(group.world.broker().stats().sessions, 2U);
    // [MQTT-4.8.2-5]
    EXPECT_THAT(group.second->reads(), IsEmpty());
}

TEST(SharedSubscription, GivesNobodyElseWhatAMemberRefuses) {
    Group group;
    group.publisher.publishes("t", "1", 1, 1);
    EXPECT_EQ(says(*group.first, "40 [ 0001 97 ]").substr(0, 2), "32");
    group.publisher.publishes("t", "2", 2, 2);
    group.second->reads();
    EXPECT_EQ(says(*group.second, "50 [ 0001 97 ]"), "");
    // [MQTT-4.8.2-6]
    EXPECT_THAT(group.first->reads(), IsEmpty());
    EXPECT_THAT(group.second->reads(), IsEmpty());
    EXPECT_EQ(group.world.broker().stats().queued_messages, 0U);
}

}  // namespace
}  // namespace mq::broker::test
