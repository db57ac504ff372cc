#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <random>

namespace mq::broker::test {
namespace {

using mqtt::Version;

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

}  // namespace
}  // namespace mq::broker::test
