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
using testing::UnorderedElementsAre;

struct Subscribing : testing::Test {
    World world;
    Client* client = nullptr;
    Client* publisher = nullptr;

    void connect(Version version = Version::v5) {
        client = &world.client(version);
        client->connects("c");
        publisher = &world.client(version);
        publisher->connects("p");
    }
};

TEST_F(Subscribing, EachFilterGetsItsCode) {
    connect();
    mqtt::Buffer requests;
    mqtt::append_request({"a", qos(0)}, Version::v5, requests);
    mqtt::append_request({"b/#", qos(1)}, Version::v5, requests);
    mqtt::append_request({"$share/g/c", qos(2)}, Version::v5, requests);
    mqtt::Subscribe packet;
    packet.packet_id = 7;
    packet.requests = mqtt::SubscriptionRequests(requests, Version::v5);
    client->sends(packet);
    EXPECT_THAT(client->reads(), ElementsAre("SUBACK packet_id=7 reason_codes=0x00,0x01,0x02"));
    EXPECT_EQ(world.broker().stats().subscriptions, 2U);
    EXPECT_EQ(world.broker().stats().shared_subscriptions, 1U);
}

TEST_F(Subscribing, AnInvalidFilterEndsTheConnection) {
    const std::map<std::string, std::string> reasons = {
        {"", "81"},           {"a#", "81"},          {"a/#/b", "81"},      {"+a", "81"},
        {"$share", "82"},     {"$share/g", "82"},    {"$share//t", "82"},  {"$share/g/", "82"},
        {"$share/+/t", "82"}, {"$share/g+/t", "81"}, {"$share/g/t#", "81"}};
    for (const auto& [filter, reason] : reasons) {
        Client& bad = world.client();
        bad.connects("bad");
        EXPECT_THAT(bad.subscribes(filter), ElementsAre("DISCONNECT reason_code=0x" + reason))
            << filter;
        Client& other = world.client();
        other.connects("bad");
        EXPECT_THAT(other.unsubscribes(filter), ElementsAre("DISCONNECT reason_code=0x" + reason))
            << filter;
    }
}

TEST_F(Subscribing, UnsubscribeTellsWhetherThereWasOne) {
    connect();
    client->subscribes("t");
    EXPECT_THAT(client->unsubscribes("t"), ElementsAre("UNSUBACK packet_id=5 reason_codes=0x00"));
    EXPECT_THAT(client->unsubscribes("t"), ElementsAre("UNSUBACK packet_id=5 reason_codes=0x11"));
    publisher->publishes("t", "x");
    EXPECT_THAT(client->reads(), IsEmpty());
}

TEST_F(Subscribing, OverlappingSubscriptionsGiveOneCopyAtTheHighestQoSWithAllIdentifiers) {
    connect();
    client->subscribes("a/+", qos(0), 3);
    client->subscribes("a/#", qos(2), 300);
    client->subscribes("a/b", qos(1));
    publisher->publishes("a/b", "x", 2, 1);
    const Lines lines = client->reads();
    ASSERT_EQ(lines.size(), 1U);
    EXPECT_THAT(lines[0], HasSubstr("qos=2"));
    EXPECT_THAT(lines[0], HasSubstr("subscription_identifier=3"));
    EXPECT_THAT(lines[0], HasSubstr("subscription_identifier=300"));
}

TEST_F(Subscribing, OverlappingSubscriptionsMayGiveOneCopyEach) {
    world.limits.allow_duplicate_messages = true;
    connect();
    client->subscribes("a/+", qos(0), 3);
    client->subscribes("a/#", qos(1), 4);
    publisher->publishes("a/b", "x", 1, 1);
    EXPECT_THAT(
        client->reads(),
        UnorderedElementsAre("PUBLISH topic=\"a/b\" qos=0 payload=\"x\" subscription_identifier=3",
                             "PUBLISH topic=\"a/b\" qos=1 packet_id=1 payload=\"x\" "
                             "subscription_identifier=4"));
}

TEST_F(Subscribing, NoLocalKeepsOwnMessagesAway) {
    connect();
    mqtt::SubscriptionOptions options;
    options.no_local = true;
    client->subscribes("t", options);
    client->publishes("t", "own");
    publisher->publishes("t", "other");
    EXPECT_THAT(client->reads(), ElementsAre(HasSubstr("\"other\"")));
}

TEST_F(Subscribing, WildcardsPassOverDollarTopics) {
    connect();
    client->subscribes("#");
    client->subscribes("+/x");
    client->subscribes("$mine/x");
    publisher->publishes("$mine/x", "1");
    publisher->publishes("$other/x", "2");
    publisher->publishes("a/x", "3");
    EXPECT_THAT(client->reads(), ElementsAre(HasSubstr("\"1\""), HasSubstr("\"3\"")));
}

TEST_F(Subscribing, ANewSubscriptionIsSeenThoughTheTopicWasRoutedBefore) {
    connect();
    publisher->publishes("t", "1");
    client->subscribes("t");
    publisher->publishes("t", "2");
    EXPECT_THAT(client->reads(), ElementsAre(HasSubstr("\"2\"")));
    client->unsubscribes("t");
    publisher->publishes("t", "3");
    EXPECT_THAT(client->reads(), IsEmpty());
}

TEST_F(Subscribing, ASessionHasALimitOfSubscriptions) {
    world.limits.subscriptions_max = 1;
    connect();
    client->subscribes("a");
    EXPECT_THAT(client->subscribes("b"), ElementsAre("SUBACK packet_id=1 reason_codes=0x97"));
}

TEST_F(Subscribing, RetainedMessagesComeWithTheFlag) {
    connect();
    publisher->publishes("a/b", "old", 1, 1, true);
    publisher->publishes("a/b", "new", 1, 2, true);
    publisher->publishes("a/c", "gone", 0, 0, true);
    publisher->publishes("a/c", "", 0, 0, true);
    EXPECT_THAT(client->subscribes("a/#", qos(1)),
                ElementsAre(HasSubstr("SUBACK"),
                            "PUBLISH topic=\"a/b\" qos=1 retain packet_id=1 payload=\"new\""));
    EXPECT_EQ(world.broker().stats().retained_messages, 1U);
}

TEST_F(Subscribing, RetainHandlingDecidesWhenTheyCome) {
    connect();
    publisher->publishes("t", "x", 0, 0, true);
    mqtt::SubscriptionOptions options;
    options.retain_handling = mqtt::RetainHandling::send_if_new;
    EXPECT_EQ(client->subscribes("t", options).size(), 2U);
    EXPECT_EQ(client->subscribes("t", options).size(), 1U);
    options.retain_handling = mqtt::RetainHandling::do_not_send;
    EXPECT_EQ(client->subscribes("#", options).size(), 1U);
    options.retain_handling = mqtt::RetainHandling::send;
    EXPECT_EQ(client->subscribes("t", options).size(), 2U);
}

TEST_F(Subscribing, RetainAsPublishedKeepsTheFlag) {
    connect();
    client->subscribes("plain");
    mqtt::SubscriptionOptions options;
    options.retain_as_published = true;
    client->subscribes("kept", options);
    publisher->publishes("plain", "x", 0, 0, true);
    publisher->publishes("kept", "x", 0, 0, true);
    EXPECT_THAT(client->reads(), ElementsAre("PUBLISH topic=\"plain\" qos=0 payload=\"x\"",
                                             "PUBLISH topic=\"kept\" qos=0 retain payload=\"x\""));
}

TEST_F(Subscribing, AnExpiredRetainedMessageIsNotSent) {
    world.limits.retain_expiry_interval = 1;
    connect();
    mqtt::Publish packet;
    packet.topic = "t";
    packet.retain = true;
    packet.payload = mqtt::Bytes(reinterpret_cast<const std::uint8_t*>("x"), 1);
    packet.properties.message_expiry_interval = 5;
    publisher->sends(packet);
    world.passes(seconds(6));
    EXPECT_EQ(client->subscribes("t").size(), 1U);
    world.passes(seconds(60));
    EXPECT_EQ(world.broker().stats().retained_messages, 0U);
}

TEST_F(Subscribing, AnExpiredRetainedMessageIsRemovedByWhoWouldHaveGotIt) {
    connect();
    mqtt::Publish packet;
    packet.topic = "t";
    packet.retain = true;
    packet.payload = mqtt::Bytes(reinterpret_cast<const std::uint8_t*>("x"), 1);
    packet.properties.message_expiry_interval = 5;
    publisher->sends(packet);
    world.passes(seconds(6));
    EXPECT_EQ(world.broker().stats().retained_messages, 1U);
    client->subscribes("t");
    EXPECT_EQ(world.broker().stats().retained_messages, 0U);
}

TEST_F(Subscribing, WithoutRetainARetainedPublishEndsTheConnection) {
    world.limits.retain_available = false;
    publisher = &world.client();
    EXPECT_THAT(publisher->connects("p"), ElementsAre(HasSubstr("retain_available=0")));
    publisher->publishes("t", "x", 0, 0, true);
    EXPECT_THAT(publisher->reads(), ElementsAre("DISCONNECT reason_code=0x9A"));
}

TEST_F(Subscribing, ASharedSubscriptionTakesTurns) {
    connect();
    Client& second = world.client();
    second.connects("second");
    client->subscribes("$share/g/t");
    second.subscribes("$share/g/t");
    for (const char* payload : {"1", "2", "3", "4"}) {
        publisher->publishes("t", payload);
    }
    EXPECT_THAT(client->reads(), ElementsAre(HasSubstr("\"1\""), HasSubstr("\"3\"")));
    EXPECT_THAT(second.reads(), ElementsAre(HasSubstr("\"2\""), HasSubstr("\"4\"")));
}

TEST_F(Subscribing, ASharedSubscriptionPrefersWhoIsThere) {
    connect();
    Client& second = world.client();
    second.connects("second");
    client->subscribes("$share/g/t", qos(1));
    second.subscribes("$share/g/t", qos(1));
    second.breaks();
    publisher->publishes("t", "1", 1, 1);
    publisher->publishes("t", "2", 1, 2);
    EXPECT_EQ(client->reads().size(), 2U);
    client->breaks();
    publisher->publishes("t", "3", 1, 3);
    publisher->publishes("t", "4", 1, 4);
    EXPECT_EQ(world.client().connects("second", false).size(), 2U);
}

TEST_F(Subscribing, ASharedSubscriptionGetsNoRetainedMessages) {
    connect();
    publisher->publishes("t", "x", 0, 0, true);
    EXPECT_EQ(client->subscribes("$share/g/t").size(), 1U);
}

TEST_F(Subscribing, SharedSubscriptionsOfOneFilterEndOneByOne) {
    connect(Version::v3_1_1);
    for (const char* filter : {"$share/g/a", "$share/h/a", "$share/i/a"}) {
        client->subscribes(filter, qos(0));
    }
    const auto copies = [&] {
        publisher->publishes("a", "m");
        return client->reads().size();
    };
    EXPECT_EQ(copies(), 3U);
    for (const char* filter : {"$share/g/a", "$share/i/a", "$share/h/a"}) {
        const std::size_t before = copies();
        client->unsubscribes(filter);
        EXPECT_EQ(copies(), before - 1) << filter;
    }
    EXPECT_EQ(world.broker().stats().shared_subscriptions, 0U);
}

TEST_F(Subscribing, OrdinaryAndSharedSubscriptionsBothGetTheMessage) {
    connect();
    client->subscribes("t");
    client->subscribes("$share/g/t");
    publisher->publishes("t", "x");
    EXPECT_EQ(client->reads().size(), 2U);
    client->unsubscribes("$share/g/t");
    publisher->publishes("t", "x");
    EXPECT_EQ(client->reads().size(), 1U);
}

TEST_F(Subscribing, SysTopicsTellTheState) {
    world.limits.sys_interval = 10;
    connect();
    client->subscribes("$SYS/broker/clients/connected");
    client->subscribes("$SYS/broker/version");
    client->subscribes("$SYS/broker/logins/failed");
    world.access.failed = 77;
    world.passes(seconds(11));
    const Lines lines = client->reads();
    EXPECT_THAT(lines, testing::Contains(HasSubstr("payload=\"77\"")));
    EXPECT_THAT(lines, testing::Contains(HasSubstr("payload=\"2\"")));
    EXPECT_THAT(world.client().subscribes("x"), IsEmpty());
}

TEST_F(Subscribing, WithoutAReaderOfSysTopicsNobodyIsWokenUp) {
    world.limits.sys_interval = 10;
    world.limits.connect_timeout = 5;
    connect();
    world.passes(seconds(30));
    EXPECT_EQ(world.broker().next_deadline(), never);
    client->subscribes("#");
    EXPECT_EQ(world.broker().next_deadline(), never);
    // The first one finds what holds now, as retained messages, and is kept up to date.
    client->subscribes("t");
    EXPECT_THAT(client->subscribes("$SYS/broker/subscriptions/count"),
                ElementsAre(HasSubstr("SUBACK"), HasSubstr("payload=\"2\"")));
    world.passes(seconds(11));
    EXPECT_THAT(client->reads(), testing::Contains(HasSubstr("payload=\"3\"")));
    client->unsubscribes("$SYS/broker/subscriptions/count");
    world.passes(seconds(30));
    EXPECT_EQ(world.broker().next_deadline(), never);
}

TEST_F(Subscribing, AClientThatIsHeardWakesNobodyUp) {
    world.limits.sys_interval = 0;
    connect();
    Client& pinging = world.client();
    mqtt::Connect packet;
    packet.client_id = "pinging";
    packet.keep_alive = 60;
    pinging.sends(packet);
    for (int round = 0; round < 10; ++round) {
        world.sleeps(seconds(60));
        pinging.sends(mqtt::Pingreq{});
        world.broker().settle_timers(world.now());
        EXPECT_EQ(world.broker().next_deadline(), world.now() + seconds(90));
    }
    world.passes(seconds(91));
    EXPECT_TRUE(pinging.closed_by_broker());
}

TEST_F(Subscribing, SysValuesAreThoseOfNow) {
    world.limits.sys_interval = 10;
    connect();
    const auto values = world.broker().sys_values(world.now());
    EXPECT_THAT(values, testing::Contains(testing::Pair("$SYS/broker/clients/connected", "2")));
    EXPECT_THAT(values, testing::Contains(testing::Pair("$SYS/broker/uptime", "0 seconds")));
    EXPECT_THAT(values, testing::Contains(testing::Pair("$SYS/broker/load/sockets/15min", "0.00")));
    world.limits.sys_interval = 0;
    EXPECT_THAT(world.broker().sys_values(world.now()), IsEmpty());
}

TEST_F(Subscribing, SysValuesTellWhatClientsHaveNotTaken) {
    using testing::Contains;
    using testing::Pair;
    world.limits.sys_interval = 10;
    connect();
    client->subscribes("t");
    const auto waiting = [this](const char* count, const char* bytes) {
        EXPECT_THAT(world.broker().sys_values(world.now()),
                    testing::AllOf(Contains(Pair("$SYS/broker/packet/out/count", count)),
                                   Contains(Pair("$SYS/broker/packet/out/bytes", bytes))));
    };
    waiting("0", "0");
    client->stops_taking();
    publisher->publishes("t", "12345");
    publisher->publishes("t", std::string(2000, 'x'));
    waiting("2", "2018");
    client->takes_again();
    waiting("0", "0");
    client->stops_taking();
    publisher->publishes("t", "12345");
    client->breaks();
    waiting("0", "0");
}

TEST_F(Subscribing, SysTopicsHoldWhatOthersKnow) {
    world.limits.sys_interval = 10;
    connect();
    client->subscribes("$SYS/broker/weather/#");
    world.broker().set_gauge("weather/here", "rain");
    world.passes(seconds(11));
    EXPECT_THAT(client->reads(), testing::Contains(HasSubstr("payload=\"rain\"")));
    world.passes(seconds(11));
    EXPECT_THAT(client->reads(), IsEmpty());
    world.broker().set_gauge("weather/here", "");
    world.passes(seconds(11));
    EXPECT_EQ(client->reads().size(), 1U);
    EXPECT_EQ(client->subscribes("$SYS/broker/weather/#").size(), 1U);  // nothing is retained
}

TEST_F(Subscribing, TheTreeCanBeDescribed) {
    connect();
    client->subscribes("a/+", qos(1));
    EXPECT_EQ(world.broker().describe_subscriptions(), "a/+ c(1)\n");
}

}  // namespace
}  // namespace mq::broker::test
