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

TEST(Session, QueuesForAnAbsentClientAndGivesItAllInOrder) {
    World world;
    Client& away = world.client();
    away.connects("a", false);
    away.subscribes("t", qos(1));
    away.breaks();
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", "one", 1, 1);
    publisher.publishes("t", "zero", 0);
    publisher.publishes("t", "two", 2, 2);
    Client& back = world.client();
    EXPECT_THAT(back.connects("a", false),
                ElementsAre(HasSubstr("session_present"),
                            "PUBLISH topic=\"t\" qos=1 packet_id=1 payload=\"one\"",
                            "PUBLISH topic=\"t\" qos=1 packet_id=2 payload=\"two\""));
}

TEST(Session, QoS0IsQueuedOnlyOnRequest) {
    World world;
    world.limits.queue_qos0_messages = true;
    Client& away = world.client();
    away.connects("a", false);
    away.subscribes("t", qos(1));
    away.breaks();
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", "zero");
    EXPECT_THAT(world.client().connects("a", false),
                ElementsAre(HasSubstr("CONNACK"), "PUBLISH topic=\"t\" qos=0 payload=\"zero\""));
}

TEST(Session, UnacknowledgedIsSentAgainWithDup) {
    World world;
    Client& first = world.client();
    first.connects("a", false);
    first.subscribes("t", qos(2));
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", "one", 1, 1);
    publisher.publishes("t", "two", 2, 2);
    publisher.publishes("t", "three", 2, 3);
    EXPECT_EQ(first.reads().size(), 3U);
    first.sends(acknowledgement<mqtt::Pubrec>(2));
    EXPECT_THAT(first.reads(), ElementsAre("PUBREL packet_id=2 reason_code=0x00"));
    first.breaks();
    EXPECT_THAT(world.client().connects("a", false),
                ElementsAre(HasSubstr("session_present"),
                            "PUBLISH topic=\"t\" qos=1 dup packet_id=1 payload=\"one\"",
                            "PUBREL packet_id=2 reason_code=0x00",
                            "PUBLISH topic=\"t\" qos=2 dup packet_id=3 payload=\"three\""));
}

TEST(Session, CleanStartForgets) {
    World world;
    Client& away = world.client();
    away.connects("a", false);
    away.subscribes("t", qos(1));
    away.breaks();
    EXPECT_THAT(world.client().connects("a", true),
                ElementsAre("CONNACK reason_code=0x00 return_code=0x00 receive_maximum=20 "
                            "topic_alias_maximum=10"));
    EXPECT_EQ(world.broker().stats().subscriptions, 0U);
}

TEST(Session, EndsWhenItsExpiryHasPassed) {
    World world;
    Client& away = world.client();
    away.connects("a", false, 60);
    away.breaks();
    world.passes(seconds(59));
    EXPECT_EQ(world.broker().stats().sessions, 1U);
    world.passes(seconds(2));
    EXPECT_EQ(world.broker().stats().sessions, 0U);
    EXPECT_EQ(world.broker().stats().sessions_expired, 1U);
}

TEST(Session, EndsWithItsConnectionWithoutExpiry) {
    World world;
    Client& client = world.client();
    client.connects("a", true, 0);
    client.subscribes("t");
    client.breaks();
    EXPECT_EQ(world.broker().stats().sessions, 0U);
    EXPECT_EQ(world.broker().stats().subscriptions, 0U);
}

TEST(Session, OfV311WithoutCleanSessionIsKept) {
    World world;
    world.client(Version::v3_1_1).connects("a", false);
    EXPECT_THAT(world.client(Version::v3_1_1).connects("a", false),
                ElementsAre(HasSubstr("session_present")));
}

TEST(Session, ExpiryIsCappedByTheConfiguration) {
    World world;
    world.limits.persistent_client_expiration = 100;
    Client& client = world.client();
    EXPECT_THAT(client.connects("a", false), ElementsAre(HasSubstr("session_expiry_interval=100")));
    client.breaks();
    world.passes(seconds(101));
    EXPECT_EQ(world.broker().stats().sessions, 0U);
}

TEST(Session, DisconnectMayChangeTheExpiryButNotRaiseItFromZero) {
    World world;
    Client& client = world.client();
    client.connects("a", false, 60);
    mqtt::Disconnect packet;
    packet.session_expiry_interval = 0;
    client.sends(packet);
    EXPECT_EQ(world.broker().stats().sessions, 0U);
    Client& other = world.client();
    other.connects("b", false, 0);
    packet.session_expiry_interval = 5;
    other.sends(packet);
    EXPECT_THAT(other.reads(), ElementsAre("DISCONNECT reason_code=0x82"));
}

TEST(Session, ReceiveMaximumHoldsBackOnlyWhatIsAboveQoS0) {
    World world;
    Client& client = world.client();
    mqtt::Connect packet;
    packet.client_id = "a";
    packet.receive_maximum = 1;
    client.sends(packet);
    client.reads();
    client.subscribes("t", qos(1));
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", "one", 1, 1);
    publisher.publishes("t", "two", 1, 2);
    publisher.publishes("t", "zero", 0);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"one\""), HasSubstr("\"zero\"")));
    client.sends(acknowledgement<mqtt::Puback>(1));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"two\"")));
}

TEST(Session, AcknowledgementsOutOfOrderAreTaken) {
    World world;
    Client& client = world.client();
    client.connects("a");
    client.subscribes("t", qos(1));
    Client& publisher = world.client();
    publisher.connects("p");
    for (mqtt::PacketId id = 1; id <= 3; ++id) {
        publisher.publishes("t", "x", 1, id);
    }
    client.reads();
    for (const mqtt::PacketId id : std::initializer_list<mqtt::PacketId>{3, 1, 2}) {
        client.sends(acknowledgement<mqtt::Puback>(id));
    }
    EXPECT_EQ(world.broker().stats().queued_messages, 0U);
    EXPECT_EQ(world.broker().stats().queued_bytes, 0U);
}

TEST(Session, HoldsWhatItMayHaveToSendAgainAndNothingElse) {
    for (const std::uint32_t expiry : {0U, 60U}) {
        World world;
        Client& client = world.client();
        client.connects("a", true, expiry);
        client.subscribes("t", qos(2), 7);
        Client& publisher = world.client();
        publisher.connects("p");
        publisher.publishes("t", "four", 1, 1);
        publisher.publishes("t", "four", 2, 2);
        client.reads();
        EXPECT_EQ(world.broker().stats().queued_messages, 2U);
        EXPECT_EQ(world.broker().stats().queued_bytes, expiry == 0 ? 0U : 8U);

        client.sends(acknowledgement<mqtt::Puback>(1));
        client.sends(acknowledgement<mqtt::Pubrec>(2));
        client.sends(acknowledgement<mqtt::Pubcomp>(2));
        EXPECT_EQ(world.broker().stats().queued_messages, 0U);
        EXPECT_EQ(world.broker().stats().queued_bytes, 0U);
    }
}

TEST(Session, PacketIdentifiersGoRoundAndAreNeverZero) {
    World world;
    Client& client = world.client();
    client.connects("a");
    client.subscribes("t", qos(1));
    Client& publisher = world.client();
    publisher.connects("p");
    for (std::uint32_t n = 1; n <= 65540; ++n) {
        publisher.publishes("t", "x", 1, 1);
        const auto expected = static_cast<mqtt::PacketId>((n - 1) % 65535 + 1);
        client.sends(acknowledgement<mqtt::Puback>(expected));
    }
    EXPECT_EQ(world.broker().stats().queued_messages, 0U);
}

TEST(Session, TheQueueHasALimit) {
    World world;
    world.limits.max_queued_messages = 3;
    Client& away = world.client();
    away.connects("a", false);
    away.subscribes("t", qos(1));
    away.breaks();
    Client& publisher = world.client();
    publisher.connects("p");
    for (mqtt::PacketId id = 1; id <= 5; ++id) {
        publisher.publishes("t", "x", 1, id);
    }
    EXPECT_EQ(world.broker().stats().queued_messages, 3U);
    EXPECT_EQ(world.broker().stats().publishes_dropped, 2U);
    EXPECT_EQ(world.client().connects("a", false).size(), 4U);
}

TEST(Session, TheQueueHasALimitOfBytes) {
    World world;
    world.limits.max_queued_bytes = 10;
    Client& away = world.client();
    away.connects("a", false);
    away.subscribes("t", qos(1));
    away.breaks();
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", "12345678", 1, 1);
    publisher.publishes("t", "123", 1, 2);
    publisher.publishes("t", "12", 1, 3);
    EXPECT_EQ(world.broker().stats().queued_bytes, 10U);
}

TEST(Session, AClientThatTakesNothingLosesQoS0BeyondTheOutboxButNoQoS1) {
    World world;
    world.limits.outbox_bytes_max = 10'000;
    Client& slow = world.client();
    slow.connects("slow");
    slow.subscribes("t", qos(1));
    slow.stops_taking();
    Client& publisher = world.client();
    publisher.connects("p");
    const std::string text(1000, 'x');
    for (int i = 0; i < 30; ++i) {
        publisher.publishes("t", text);
    }
    EXPECT_GT(world.broker().stats().publishes_dropped, 15U);
    for (mqtt::PacketId id = 1; id <= 20; ++id) {
        publisher.publishes("t", text, 1, id);
    }
    EXPECT_TRUE(world.log.has("Outgoing messages are being dropped for client slow."));
    slow.takes_again();
    const Lines got = slow.reads();
    EXPECT_EQ(std::count_if(got.begin(), got.end(),
                            [](const auto& l) { return l.find("qos=1") != l.npos; }),
              20);
}

TEST(Session, AMessageLargerThanTheOutboxReachesAClientThatHasTakenAll) {
    World world;
    world.limits.outbox_bytes_max = 10'000;
    Client& client = world.client();
    client.connects("c");
    client.subscribes("t");
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", std::string(20'000, 'x'));
    EXPECT_EQ(client.reads().size(), 1U);
}

TEST(Session, ClientsThatTakeNothingDoNotKeepMessagesFromOthers) {
    World world;
    world.limits.outbox_bytes_sum_max = 200'000;
    for (const char* id : {"slow", "slower"}) {
        Client& slow = world.client();
        slow.connects(id);
        slow.subscribes("load");
        slow.stops_taking();
    }
    Client& client = world.client();
    client.connects("c");
    client.subscribes("t");
    Client& publisher = world.client();
    publisher.connects("p");
    for (int i = 0; i < 300; ++i) {
        publisher.publishes("load", std::string(1000, 'x'));
    }
    EXPECT_GT(world.broker().stats().publishes_dropped, 300U);
    publisher.publishes("t", "m");
    EXPECT_EQ(client.reads().size(), 1U);
}

TEST(Session, ADisconnectFreesEverything) {
    World world;
    Client& client = world.client();
    client.connects("a", true, 0);
    client.subscribes("t", qos(1));
    client.subscribes("$share/g/t", qos(1));
    Client& publisher = world.client();
    publisher.connects("p", true, 0);
    publisher.publishes("t", "x", 1, 1);
    client.sends(mqtt::Disconnect{});
    publisher.sends(mqtt::Disconnect{});
    const Stats& stats = world.broker().stats();
    EXPECT_EQ(stats.sessions + stats.connections + stats.subscriptions +
                  stats.shared_subscriptions + stats.queued_messages + stats.queued_bytes,
              0U);
}

}  // namespace
}  // namespace mq::broker::test
