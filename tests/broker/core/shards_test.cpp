#include "broker/core/two_shards.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace mq::broker::test {
namespace {

using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST_F(TwoShards, APublishReachesSubscribersOfBoth) {
    Client& here = connected("here", 0);
    Client& there = connected("there", 1);
    here.subscribes("a/+");
    there.subscribes("#");
    connected("p", 0).publishes("a/b", "x");
    EXPECT_EQ(here.reads().size(), 1U);
    EXPECT_EQ(there.reads().size(), 1U);
}

TEST_F(TwoShards, OnlyWhatIsWantedIsPassedOn) {
    Client& there = connected("there", 1);
    there.subscribes("a/b");
    Client& publisher = connected("p", 0);
    world.holds_messages(true);
    publisher.publishes("z/b", "x");
    EXPECT_FALSE(world.delivers_one(0, 1));
    publisher.publishes("a/z", "x");
    EXPECT_FALSE(world.delivers_one(0, 1));
    world.holds_messages(false);
    there.subscribes("b/+/c");
    world.holds_messages(true);
    publisher.publishes("b/x/z", "x");
    EXPECT_TRUE(world.delivers_one(0, 1));
    EXPECT_THAT(there.reads(), IsEmpty());
}

TEST_F(TwoShards, SubackWaitsUntilTheOtherShardKnows) {
    Client& client = connected("c", 0);
    world.holds_messages(true);
    EXPECT_THAT(client.subscribes("t"), IsEmpty());
    EXPECT_TRUE(world.delivers_one(0, 1));
    EXPECT_TRUE(world.delivers_one(1, 0));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("SUBACK")));
}

TEST_F(TwoShards, InterestEndsWithTheLastSubscription) {
    Client& client = connected("c", 1);
    client.subscribes("t/1");
    client.subscribes("t/2");
    client.sends(disconnect(mqtt::ReasonCode::success, 0));
    Client& publisher = connected("p", 0);
    world.holds_messages(true);
    publisher.publishes("t/1", "x");
    EXPECT_FALSE(world.delivers_one(0, 1));
}

TEST_F(TwoShards, RetainedMessagesAreFoundWhereverTheyAre) {
    Client& publisher = connected("p", 0);
    for (int i = 0; i < 20; ++i) {
        publisher.publishes("r/" + std::to_string(i), "x", 0, 0, true);
    }
    EXPECT_GT(world.broker(0).stats().retained_messages, 0U);
    EXPECT_GT(world.broker(1).stats().retained_messages, 0U);
    EXPECT_EQ(total().retained_messages, 20U);
    EXPECT_EQ(connected("a", 0).subscribes("r/+").size(), 21U);
    EXPECT_EQ(connected("b", 1).subscribes("r/7").size(), 2U);
}

TEST_F(TwoShards, AShardIsAskedForRetainedMessagesThatItMayHave) {
    Client& publisher = connected("p", 1);
    for (int i = 0; i < 20; ++i) {
        publisher.publishes("r/" + std::to_string(i), "x", 0, 0, true);
    }
    Client& client = connected("c", 0);
    world.holds_messages(true);
    const auto messages_for = [&](std::string_view filter) {
        client.subscribes(filter);
        int messages = 0;
        while (world.delivers_one(0, 1) || world.delivers_one(1, 0)) {
            ++messages;
        }
        return messages;
    };
    EXPECT_EQ(messages_for("x/+"), 2);  // that there is interest
    EXPECT_EQ(messages_for("r/+"), 4);
    EXPECT_EQ(client.reads().size(), 21U);  // a SUBACK has been read
}

TEST_F(TwoShards, ALargeStoreIsSearchedInParts) {
    constexpr std::size_t topics = 5000;
    Client& publisher = connected("p", 0);
    for (std::size_t i = 0; i < topics; ++i) {
        publisher.publishes("r/" + std::to_string(i), "x", 0, 0, true);
    }
    Client& client = connected("c", 0);
    client.subscribes("x/+");
    world.holds_messages(true);
    client.subscribes("r/+");
    EXPECT_TRUE(world.delivers_one(0, 1) && world.delivers_one(1, 0));  // that there is interest
    std::size_t parts = 0;
    while (world.delivers_one(0, 1)) {
        EXPECT_TRUE(world.delivers_one(1, 0));
        EXPECT_FALSE(world.delivers_one(1, 0));
        ++parts;
    }
    EXPECT_GT(parts, 2U);
    world.holds_messages(false);
    world.passes(seconds(1));
    EXPECT_EQ(client.reads().size(), topics + 1);
}

TEST_F(TwoShards, TheSearchOfASessionThatHasEndedEnds) {
    Client& publisher = connected("p", 0);
    for (int i = 0; i < 20'000; ++i) {
        const std::string topic = "r/" + std::to_string(i);
        if (world.broker().owner_of(topic) == 1) {
            publisher.publishes(topic, "x", 0, 0, true);
        }
    }
    Client& client = connected("c", 0);
    world.holds_messages(true);
    client.subscribes("r/+");
    EXPECT_TRUE(world.delivers_one(0, 1) && world.delivers_one(1, 0));
    EXPECT_TRUE(world.delivers_one(0, 1));
    client.sends(disconnect(mqtt::ReasonCode::success, 0));
    int messages = 0;
    while (world.delivers_one(0, 1) || world.delivers_one(1, 0)) {
        ++messages;
    }
    EXPECT_LT(messages, 8);  // ten parts would go to and fro
}

TEST_F(TwoShards, ARetainedMessageOnTheWayToItsShardIsFound) {
    Client& client = connected("c", 0);
    world.holds_messages(true);
    for (int i = 0; i < 20; ++i) {
        client.publishes("r/" + std::to_string(i), "x", 0, 0, true);
    }
    EXPECT_LT(world.broker(0).stats().retained_messages, 20U);
    client.subscribes("r/+");
    world.holds_messages(false);
    world.settles();
    EXPECT_EQ(client.reads().size(), 21U);
}

/// It was published where the subscription was not known yet, so it must be found where it is kept.
TEST(ThreeShards, ARetainedMessageThatOneShardSendsAnotherIsFoundByTheThird) {
    World world{3};
    Client& publisher = world.client(Version::v5, 1);
    publisher.connects("p");
    Client& client = world.client(Version::v5, 0);
    client.connects("c");
    std::string topic = "r/0";
    for (int i = 1; world.broker(0).owner_of(topic) != 2; ++i) {
        topic = "r/" + std::to_string(i);
    }
    world.holds_messages(true);
    client.subscribes("r/+");
    publisher.publishes(topic, "x", 0, 0, true);
    EXPECT_TRUE(world.delivers_one(0, 2) && world.delivers_one(2, 0));
    EXPECT_TRUE(world.delivers_one(0, 1) && world.delivers_one(1, 0));
    EXPECT_TRUE(world.delivers_one(1, 2));
    world.holds_messages(false);
    world.settles();
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("SUBACK"), HasSubstr(topic)));
}

TEST_F(TwoShards, ARetainedMessageIsAcknowledgedWhenItIsKept) {
    Client& publisher = connected("p", 0);
    world.holds_messages(true);
    Lines answers;
    for (std::uint16_t id = 1; id <= 20; ++id) {
        publisher.publishes("r/" + std::to_string(id), "x", 1, id, true);
        const Lines more = publisher.reads();
        answers.insert(answers.end(), more.begin(), more.end());
    }
    EXPECT_LT(answers.size(), 20U);
    world.holds_messages(false);
    world.settles();
    const Lines more = publisher.reads();
    answers.insert(answers.end(), more.begin(), more.end());
    ASSERT_EQ(answers.size(), 20U);
    for (std::size_t id = 1; id <= 20; ++id) {
        EXPECT_THAT(answers[id - 1], HasSubstr("packet_id=" + std::to_string(id) + " "));
    }
}

TEST_F(TwoShards, ASharedGroupSpansBoth) {
    Client& a = connected("a", 0);
    Client& b = connected("b", 1);
    a.subscribes("$share/g/t");
    b.subscribes("$share/g/t");
    Client& publisher0 = connected("p0", 0);
    Client& publisher1 = connected("p1", 1);
    for (int i = 0; i < 5; ++i) {
        publisher0.publishes("t", "x");
        publisher1.publishes("t", "x");
    }
    EXPECT_EQ(a.reads().size(), 5U);
    EXPECT_EQ(b.reads().size(), 5U);
}

TEST_F(TwoShards, ASharedGroupKnowsWhoIsAwayOnTheOtherShard) {
    Client& a = connected("a", 0);
    Client& b = connected("b", 1);
    a.subscribes("$share/g/t", qos(1));
    b.subscribes("$share/g/t", qos(1));
    b.breaks();
    Client& publisher = connected("p", 0);
    for (mqtt::PacketId id = 1; id <= 4; ++id) {
        publisher.publishes("t", "x", 1, id);
    }
    EXPECT_EQ(a.reads().size(), 4U);
}

TEST_F(TwoShards, AClientThatConnectsOnTheOtherShardTakesItsSessionAlong) {
    Client& first = connected("c", 0, false);
    first.subscribes("t", qos(2), 5);
    first.subscribes("$share/g/s", qos(1));
    Client& publisher = connected("p", 0);
    publisher.publishes("t", "in flight", 2, 1);
    first.reads();
    first.breaks();
    publisher.publishes("t", "queued", 1, 2);
    Client& second = world.client(Version::v5, 1);
    EXPECT_THAT(second.connects("c", false),
                ElementsAre(HasSubstr("session_present"),
                            HasSubstr("qos=2 dup packet_id=1 payload=\"in flight\""),
                            HasSubstr("\"queued\"")));
    publisher.publishes("t", "live", 1, 3);
    publisher.publishes("s", "shared", 1, 4);
    EXPECT_THAT(second.reads(), ElementsAre(HasSubstr("\"live\""), HasSubstr("\"shared\"")));
    EXPECT_EQ(world.broker(0).stats().subscriptions, 0U);
    EXPECT_EQ(total().sessions, 2U);
}

TEST_F(TwoShards, AMemberOfGroupsOfItsShardTakesItsSessionAlong) {
    for (const char* const name : {"a", "b", "c", "d"}) {  // kept by one shard or the other
        Client& first = connected(name, 1, false);
        first.subscribes("$share/" + std::string(name) + "/t", qos(1));
        first.breaks();
        Client& second = connected(name, 0, false);
        connected("p", 1).publishes("t", "x", 1, 1);
        EXPECT_EQ(second.reads().size(), 1U) << name;
    }
    EXPECT_EQ(total().shared_subscriptions, 4U);
}

TEST_F(TwoShards, ASessionThatHasMovedInVainKeepsItsRightsAndItsName) {
    std::size_t closed = no_realm;
    world.access.on_realm = [&](std::size_t realm) { return realm != closed; };
    world.listener.realm = 3;
    Client& first = connected("c", 0, false);
    first.subscribes("t", qos(1));
    first.breaks();
    Client& second = world.client(Version::v5, 1);
    world.holds_messages(true);
    second.connects("c", false);
    second.breaks();
    world.holds_messages(false);
    world.settles();
    world.listener.realm = 0;
    closed = 3;
    Client& publisher = connected("p", 0);
    publisher.publishes("t", "x", 1, 1);
    EXPECT_EQ(total().queued_messages, 0U);
    closed = no_realm;
    publisher.publishes("t", "x", 1, 2);
    EXPECT_EQ(total().queued_messages, 1U);
}

TEST_F(TwoShards, ASessionThatHasMovedInVainStillHasItsWill) {
    Client& watcher = connected("w", 0);
    watcher.subscribes("will");
    mqtt::Connect packet;
    packet.client_id = "c";
    packet.clean_start = false;
    packet.session_expiry_interval = 1000;
    packet.will = mqtt::Will{};
    packet.will->topic = "will";
    packet.will->delay_interval = 10;
    Client& first = world.client(Version::v5, 0);
    first.sends(packet);
    first.breaks();
    Client& second = world.client(Version::v5, 1);
    world.holds_messages(true);
    second.connects("c", false);
    second.breaks();
    world.holds_messages(false);
    world.passes(seconds(9));
    EXPECT_THAT(watcher.reads(), IsEmpty());
    world.passes(seconds(2));
    EXPECT_EQ(watcher.reads().size(), 1U);
}

TEST_F(TwoShards, WhoHasConnectedOnTheOtherShardHearsAllFromThenOn) {
    Client& first = connected("c", 0, false);
    first.subscribes("t");
    first.breaks();
    Client* const publishers[] = {&connected("p0", 0), &connected("p1", 1)};
    world.holds_messages(true);
    Client& second = connected("c", 1, false);
    until_away(0, 1);
    while (world.delivers_one(0, 1)) {
    }
    ASSERT_THAT(second.reads(), ElementsAre(HasSubstr("CONNACK")));
    for (Client* publisher : publishers) {
        publisher->publishes("t", "x");
    }
    world.holds_messages(false);
    EXPECT_EQ(second.reads().size(), 2U);
}

TEST_F(TwoShards, ATakeOverAcrossShardsTellsTheOldConnection) {
    Client& first = connected("c", 0, false);
    Client& second = world.client(Version::v5, 1);
    EXPECT_THAT(second.connects("c", false), ElementsAre(HasSubstr("session_present")));
    EXPECT_THAT(first.reads(), ElementsAre("DISCONNECT reason_code=0x8E"));
    EXPECT_EQ(total().sessions, 1U);
    EXPECT_EQ(total().connections, 1U);
}

TEST_F(TwoShards, ACleanStartAcrossShardsForgets) {
    connected("c", 0, false).subscribes("t", qos(1));
    Client& second = world.client(Version::v5, 1);
    EXPECT_THAT(second.connects("c", true),
                ElementsAre(testing::Not(HasSubstr("session_present"))));
    EXPECT_EQ(total().subscriptions, 0U);
}

TEST_F(TwoShards, ASessionWithoutExpiryEndsWhenItsClientGoesToTheOtherShard) {
    Client& first = world.client(Version::v5, 0);
    first.connects("c", false, 0);
    Client& second = world.client(Version::v5, 1);
    EXPECT_THAT(second.connects("c", false),
                ElementsAre(testing::Not(HasSubstr("session_present"))));
    EXPECT_EQ(total().sessions, 1U);
}

TEST_F(TwoShards, AClientThatStartsCleanOnItsShardIsStillKnownToTheOther) {
    connected("c", 0);
    Client& second = connected("c", 0);
    Client& third = connected("c", 1);
    EXPECT_TRUE(second.closed_by_broker());
    EXPECT_FALSE(third.closed_by_broker());
    EXPECT_EQ(total().sessions, 1U);
    EXPECT_EQ(total().connections, 1U);
}

/// What a client subscribes to and may not read, comes while it is on its move.
struct SecretsOnTheWay : TwoShards {
    Client* client = nullptr;
    Client* publisher = nullptr;

    void SetUp() override {
        world.access.on_read = [](std::string_view topic) { return topic != "secret"; };
        client = &connected("c", 0, false);
        publisher = &connected("p", 0);
    }
    void publishes_meanwhile(mqtt::PacketId level) {
        until_away(0, 1);
        publisher->publishes("secret", "x", level, level);
        publisher->publishes("open", "y", level, level);
        world.holds_messages(false);
    }
};

TEST_F(SecretsOnTheWay, AreNotForWhoConnectsOnTheOtherShard) {
    client->subscribes("#", qos(1));
    client->breaks();
    world.holds_messages(true);
    Client& second = connected("c", 1, false);
    publishes_meanwhile(1);
    EXPECT_THAT(second.reads(), ElementsAre(HasSubstr("CONNACK"), HasSubstr("\"open\"")));
}

TEST_F(SecretsOnTheWay, AreNotForAMovingClient) {
    client->subscribes("#");
    world.holds_messages(true);
    client->moves(1);
    publishes_meanwhile(0);
    EXPECT_THAT(client->reads(), ElementsAre(HasSubstr("\"open\"")));
}

TEST_F(SecretsOnTheWay, AreNotForAMemberOfAGroup) {
    for (const char* const name : {"a", "b", "c", "d"}) {  // kept by one shard or the other
        client->subscribes("$share/" + std::string(name) + "/#", qos(1));
    }
    world.holds_messages(true);
    client->moves(1);
    publishes_meanwhile(1);
    const Lines lines = client->reads();
    EXPECT_EQ(lines.size(), 4U);
    EXPECT_THAT(lines, testing::Each(HasSubstr("\"open\"")));
}

/// Retained messages of all shards have been asked for when their receiver is taken away.
struct RetainedOnTheWay : testing::Test {
    static constexpr std::size_t count = 12;
    World world{3};
    std::string id;

    void SetUp() override {
        id = id_kept_by(world, 1);
        Client& publisher = world.client();
        publisher.connects("p");
        for (std::size_t i = 0; i < count; ++i) {
            publisher.publishes("r/" + std::to_string(i), "x", 1, 1, true);
        }
        Client& first = world.client();
        first.connects(id, false);
        world.holds_messages(true);
        first.subscribes("r/#", qos(1));
        converse_but_for_answers();
    }
    /// All know of the subscription, and none has heard yet what is asked for.
    void converse_but_for_answers() {
        for (const ShardIndex other : {ShardIndex{1}, ShardIndex{2}}) {
            ASSERT_TRUE(world.delivers_one(0, other));
            ASSERT_TRUE(world.delivers_one(other, 0));
        }
    }
    void expect_all_to(Client& client) {
        world.holds_messages(false);
        Lines lines = client.reads();
        EXPECT_EQ(lines.size(), 1 + count);
        for (mqtt::PacketId packet = 1; packet <= count; ++packet) {
            client.sends(acknowledgement<mqtt::Puback>(packet));
        }
        EXPECT_THAT(client.reads(), IsEmpty());
        for (ShardIndex shard = 0; shard < 3; ++shard) {
            EXPECT_EQ(world.broker(shard).stats().queued_messages, 0U) << "shard " << shard;
            EXPECT_EQ(world.broker(shard).stats().queued_bytes, 0U) << "shard " << shard;
        }
    }
};

TEST_F(RetainedOnTheWay, GoAlong) {
    Client& second = world.client(Version::v5, 1);
    second.connects(id, false);
    ASSERT_TRUE(world.delivers_one(1, 0));  // the request to yield
    EXPECT_EQ(world.broker(0).stats().sessions, 1U);
    expect_all_to(second);
}

TEST_F(RetainedOnTheWay, AreWaitedFor) {
    Client& second = world.client(Version::v5, 1);
    second.connects(id, false);
    converse(world, 0, 1);
    while (world.delivers_one(1, 2) || world.delivers_one(2, 0)) {  // but not from 0 to 2
    }
    converse(world, 0, 1);
    expect_all_to(second);
}

TEST_F(TwoShards, SysTopicsAreTheSumOfBoth) {
    World counted{2};
    counted.limits.sys_interval = 10;
    Client& a = counted.client(Version::v5, 0);
    a.connects("a");
    counted.client(Version::v5, 1).connects("b");
    a.subscribes("$SYS/broker/clients/connected");
    counted.passes(seconds(25));
    const Lines lines = a.reads();
    ASSERT_FALSE(lines.empty());
    EXPECT_THAT(lines.back(), HasSubstr("payload=\"2\""));
}

}  // namespace
}  // namespace mq::broker::test
