#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace mq::broker::test {
namespace {

using mqtt::QoS;
using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct TwoShards : testing::Test {
    World world{2};

    Client& connected(std::string_view id, ShardIndex shard, bool clean_start = true) {
        Client& client = world.client(Version::v5, shard);
        client.connects(id, clean_start);
        return client;
    }
    Stats total() {
        Stats sum = world.broker(0).stats();
        sum += world.broker(1).stats();
        return sum;
    }
};

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

TEST_F(TwoShards, AClientMovesWithItsConnection) {
    Client& client = connected("c", 0);
    client.subscribes("t", qos(2), 5);
    client.subscribes("$share/g/s", qos(1));
    Client& publisher = connected("p", 0);
    publisher.publishes("t", "in flight", 2, 1);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("qos=2 packet_id=1")));
    ASSERT_TRUE(client.moves(1));
    EXPECT_EQ(client.shard(), 1);
    EXPECT_THAT(client.reads(), IsEmpty());
    client.sends(acknowledgement<mqtt::Pubrec>(1));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("PUBREL")));
    publisher.publishes("t", "live", 0, 2);
    publisher.publishes("s", "shared", 1, 4);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("\"live\""), HasSubstr("\"shared\"")));
    EXPECT_EQ(world.broker(0).stats().subscriptions, 0U);
    EXPECT_EQ(world.broker(0).stats().connections, 1U);
    EXPECT_EQ(total().connections, 2U);
    EXPECT_EQ(total().sessions, 2U);
    EXPECT_EQ(total().sockets_accepted, 2U);
}

TEST_F(TwoShards, AMovedClientAcknowledgesWhatNobodyHoldsAnyMore) {
    Client& client = world.client(mqtt::Version::v5, 0);
    client.connects("c", true, 0);
    client.subscribes("t", qos(1));
    Client& publisher = connected("p", 0);
    publisher.publishes("t", "in flight", 1, 1);
    client.reads();
    ASSERT_TRUE(client.moves(1));
    EXPECT_EQ(total().queued_messages, 1U);
    EXPECT_EQ(total().queued_bytes, 0U);
    client.sends(acknowledgement<mqtt::Puback>(1));
    client.reads();
    EXPECT_EQ(total().queued_messages, 0U);
    EXPECT_EQ(total().queued_bytes, 0U);
}

TEST_F(TwoShards, WhatAMovedClientSentMeanwhileIsHeard) {
    Client& client = connected("c", 0);
    Client& reader = connected("r", 1);
    reader.subscribes("t");
    world.holds_messages(true);
    client.moves(1);
    client.publishes("t", "x");
    world.holds_messages(false);
    EXPECT_THAT(reader.reads(), ElementsAre(HasSubstr("\"x\"")));
}

TEST_F(TwoShards, WhatAMovedClientDidNotTakeGoesAlong) {
    Client& client = connected("c", 0);
    client.subscribes("t");
    client.stops_taking();
    Client& publisher = connected("p", 0);
    publisher.publishes("t", std::string(5000, 'x'));
    ASSERT_TRUE(client.moves(1));
    publisher.publishes("t", "y");
    client.takes_again();
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("xxx"), HasSubstr("\"y\"")));
}

TEST_F(TwoShards, KeepAliveGoesAlong) {
    Client& client = world.client(Version::v5, 0);
    mqtt::Connect packet;
    packet.client_id = "c";
    packet.keep_alive = 10;
    client.sends(packet);
    ASSERT_TRUE(client.moves(1));
    world.passes(seconds(14));
    EXPECT_TRUE(client.open());
    world.passes(seconds(2));
    EXPECT_FALSE(client.open());
    EXPECT_EQ(total().sessions, 0U);
}

TEST_F(TwoShards, AClientThatIsTakenOverOnItsWayIsTold) {
    Client& first = connected("c", 0);
    world.holds_messages(true);
    first.moves(1);
    Client& second = world.client(Version::v5, 0);
    second.connects("c", false);
    world.holds_messages(false);
    EXPECT_THAT(first.reads(), ElementsAre("DISCONNECT reason_code=0x8E"));
    EXPECT_FALSE(second.closed_by_broker());
    EXPECT_THAT(second.reads(), ElementsAre(HasSubstr("session_present")));
    EXPECT_EQ(total().sessions, 1U);
    EXPECT_EQ(total().connections, 1U);
}

TEST_F(TwoShards, AClientThatIsGoneOnItsWayLeavesNothing) {
    Client& client = world.client(Version::v5, 0);
    client.connects("c", true, 0);
    world.holds_messages(true);
    client.moves(1);
    client.breaks();
    world.holds_messages(false);
    world.settles();
    EXPECT_EQ(total().sessions, 0U);
    EXPECT_EQ(total().connections, 0U);
    EXPECT_THAT(connected("c", 0).reads(), IsEmpty());
}

TEST_F(TwoShards, AClientThatWaitsForAnotherShardStays) {
    Client& client = connected("c", 0);
    world.holds_messages(true);
    client.subscribes("t");
    EXPECT_FALSE(client.moves(1));
}

/// A subscriber goes to and fro between the shards while publishers on both send, and the messages
/// between the shards are delivered in every possible order: each QoS 1 message arrives exactly
/// once, in the order of its publisher.
class SomeShards : public testing::TestWithParam<ShardIndex> {};
INSTANTIATE_TEST_SUITE_P(TwoToFour, SomeShards, testing::Values(2, 3, 4));

TEST_P(SomeShards, NothingIsLostDoubledOrReorderedWhileASessionMoves) {
    const ShardIndex shards = GetParam();
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        World moving{shards};
        moving.limits.max_queued_messages = 0;
        std::mt19937 random(seed);
        Client* subscriber = &moving.client(Version::v5, 0);
        subscriber->connects("s", false);
        subscriber->subscribes("t/#", qos(1));
        Client* publishers[2] = {&moving.client(Version::v5, 0), &moving.client(Version::v5, 1)};
        publishers[0]->connects("p0");
        publishers[1]->connects("p1");
        moving.holds_messages(true);
        int sent[2] = {0, 0};
        std::vector<int> got[2];
        const auto collect = [&](Client& client, const Lines& more = {}) {
            Lines lines = client.reads();
            lines.insert(lines.begin(), more.begin(), more.end());
            for (const std::string& line : lines) {
                if (line.find("PUBLISH") != 0) {
                    continue;
                }
                auto& list = got[line[line.find("topic=\"t/") + 9] - '0'];
                const int number = std::stoi(line.substr(line.find("payload=\"") + 9));
                const bool again = line.find(" dup ") != std::string::npos;
                if (!again || std::find(list.begin(), list.end(), number) == list.end()) {
                    list.push_back(number);
                }
                const std::size_t id = line.find("packet_id=") + 10;
                client.sends(acknowledgement<mqtt::Puback>(
                    static_cast<mqtt::PacketId>(std::stoi(line.substr(id)))));
            }
        };
        ShardIndex home = 0;
        for (int step = 0; step < 300; ++step) {
            switch (random() % 8) {
                case 0:
                case 1: {
                    const unsigned who = random() % 2;
                    publishers[who]->publishes("t/" + std::to_string(who),
                                               std::to_string(++sent[who]), 1, 1);
                    break;
                }
                case 2:
                    if (random() % 6 == 0) {
                        if (subscriber->open()) {
                            collect(*subscriber);
                            subscriber->breaks();
                        }
                        home =
                            static_cast<ShardIndex>((home + 1 + random() % (shards - 1U)) % shards);
                        subscriber = &moving.client(Version::v5, home);
                        collect(*subscriber, subscriber->connects("s", false));
                    }
                    break;
                default: {
                    for (int i = 0; i < shards - 1; ++i) {
                        const auto from = static_cast<ShardIndex>(random() % shards);
                        const auto to =
                            static_cast<ShardIndex>((from + 1 + random() % (shards - 1U)) % shards);
                        moving.delivers_one(from, to);
                    }
                    if (subscriber->open()) {
                        collect(*subscriber);
                    }
                }
            }
        }
        moving.holds_messages(false);
        moving.settles();
        if (!subscriber->open()) {
            // The claim of a connection that broke before may come last; the client connects again.
            subscriber = &moving.client(Version::v5, home);
            collect(*subscriber, subscriber->connects("s", false));
        }
        for (int i = 0; i < 50; ++i) {
            collect(*subscriber);
        }
        for (unsigned who = 0; who < 2; ++who) {
            std::vector<int> expected;
            for (int n = 1; n <= sent[who]; ++n) {
                expected.push_back(n);
            }
            ASSERT_EQ(got[who], expected) << "seed " << seed << " publisher " << who;
        }
    }
}

/// Clients go to and fro with their connections while they send, and the messages between the
/// shards are delivered in every possible order: each message of each QoS arrives exactly once, in
/// the order of its publisher, also where the receiver is taken over by a new connection now and
/// then (and then those of QoS 1 and 2 only).
TEST_P(SomeShards, NothingIsLostDoubledOrReorderedWhileClientsMove) {
    const ShardIndex shards = GetParam();
    unsigned moves = 0;
    for (std::uint32_t seed = 1; seed <= 200; ++seed) {
        World moving{shards};
        moving.limits.max_queued_messages = 0;
        std::mt19937 random(seed);
        const auto any_shard = [&] { return static_cast<ShardIndex>(random() % shards); };
        constexpr std::size_t receivers = 3;  // of QoS 0, 1, 2
        Client* receiver[receivers]{};
        for (std::size_t i = 0; i < receivers; ++i) {
            receiver[i] = &moving.client(Version::v5, any_shard());
            receiver[i]->connects("s" + std::to_string(i), false);
            receiver[i]->subscribes("t/#", qos(static_cast<unsigned>(i)));
        }
        constexpr std::size_t publishers = 2;
        Client* publisher[publishers]{};
        for (std::size_t i = 0; i < publishers; ++i) {
            publisher[i] = &moving.client(Version::v5, any_shard());
            publisher[i]->connects("p" + std::to_string(i));
        }
        moving.holds_messages(true);
        std::vector<int> got[receivers][publishers];
        const auto collect = [&](std::size_t who, Lines lines) {
            const Lines more = receiver[who]->reads();
            lines.insert(lines.end(), more.begin(), more.end());
            for (const std::string& line : lines) {
                const std::size_t at = line.find("packet_id=");
                const auto id = static_cast<mqtt::PacketId>(
                    at == std::string::npos ? 0 : std::stoi(line.substr(at + 10)));
                if (line.starts_with("PUBREL")) {
                    receiver[who]->sends(acknowledgement<mqtt::Pubcomp>(id));
                }
                if (!line.starts_with("PUBLISH")) {
                    continue;
                }
                auto& list = got[who][line[line.find("topic=\"t/") + 9] - '0'];
                const int number = std::stoi(line.substr(line.find("payload=\"") + 9));
                const bool again = line.find(" dup ") != std::string::npos;
                if (!again || std::find(list.begin(), list.end(), number) == list.end()) {
                    list.push_back(number);
                }
                if (who == 1) {
                    receiver[who]->sends(acknowledgement<mqtt::Puback>(id));
                } else if (who == 2) {
                    receiver[who]->sends(acknowledgement<mqtt::Pubrec>(id));
                }
            }
        };
        int sent[publishers]{};
        for (int step = 0; step < 400; ++step) {
            const unsigned choice = random() % 16;
            if (choice < 4) {
                const unsigned who = random() % publishers;
                const auto id = static_cast<mqtt::PacketId>(++sent[who]);
                publisher[who]->publishes("t/" + std::to_string(who), std::to_string(id), 2, id);
                publisher[who]->sends(acknowledgement<mqtt::Pubrel>(id));
            } else if (choice == 4) {
                moves += publisher[random() % publishers]->moves(any_shard()) ? 1U : 0U;
            } else if (choice == 5) {
                moves += receiver[random() % receivers]->moves(any_shard()) ? 1U : 0U;
            } else if (choice == 6 && random() % 8 == 0) {
                const std::size_t who = 1 + random() % 2;
                receiver[who] = &moving.client(Version::v5, any_shard());
                collect(who, receiver[who]->connects("s" + std::to_string(who), false));
            } else {
                for (int i = 0; i < shards; ++i) {
                    moving.delivers_one(any_shard(), any_shard());
                }
                collect(random() % receivers, {});
            }
        }
        moving.holds_messages(false);
        moving.settles();
        for (std::size_t who = 0; who < receivers; ++who) {
            if (who > 0 && !receiver[who]->open()) {
                // Of two claims that cross, the older connection's may have come last.
                receiver[who] = &moving.client(Version::v5, any_shard());
                collect(who, receiver[who]->connects("s" + std::to_string(who), false));
            }
            ASSERT_TRUE(receiver[who]->open()) << "seed " << seed << " receiver " << who;
            for (int i = 0; i < 50; ++i) {
                collect(who, {});
            }
            for (std::size_t of = 0; of < publishers; ++of) {
                std::vector<int> expected;
                for (int n = 1; n <= sent[of]; ++n) {
                    expected.push_back(n);
                }
                ASSERT_EQ(got[who][of], expected)
                    << "seed " << seed << " receiver " << who << " publisher " << of;
            }
        }
    }
    EXPECT_GT(moves, 1000U);
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
