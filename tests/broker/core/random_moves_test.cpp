#include "broker/core/receivers.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

/// Sessions and clients go to and fro between the shards at random, and the messages between the
/// shards are delivered in every possible order.
namespace mq::broker::test {
namespace {

using mqtt::Version;

constexpr std::size_t publishers = 2;

/// One run: who is there, and what has been sent.
class Crowd {
 public:
    Crowd(ShardIndex shards, std::uint32_t seed) : world{shards}, shards_(shards), random_(seed) {
        world.access.on_read = [](std::string_view topic) {
            return topic.find("secret") == std::string_view::npos;
        };
        bounded_ = seed % 4 == 0;
        world.limits.max_queued_messages = bounded_ ? 4 : 0;
        world.limits.max_inflight_messages = seed % 3 == 0 ? 1 : 20;
        for (std::size_t i = 0; i < publishers; ++i) {
            publisher_[i] = &world.client(Version::v5, any_shard());
            publisher_[i]->connects("p" + std::to_string(i));
        }
        for (int i = 0; i < retained; ++i) {
            publisher_[0]->publishes("r/" + std::to_string(i), "0", 1, ++last_id_[0], true);
        }
    }

    [[nodiscard]] unsigned any(unsigned end) { return static_cast<unsigned>(random_() % end); }
    [[nodiscard]] ShardIndex any_shard() { return static_cast<ShardIndex>(random_() % shards_); }
    Client& any_publisher() { return *publisher_[any(publishers)]; }

    /// Connects, with a session that stays, and subscribes.
    Regular& regular(const std::vector<std::pair<std::string, unsigned>>& filters) {
        regulars.push_back(std::make_unique<Regular>(world, "s" + std::to_string(regulars.size())));
        Regular& made = *regulars.back();
        made.connects(any_shard());
        for (const auto& [filter, level] : filters) {
            made.subscribes(filter, level);
        }
        return made;
    }
    /// Asks for the retained messages, which others have. Not where what is dropped is counted.
    void asks_for_more(Receiver& who) {
        if (!bounded_ && who.is_in()) {
            who.subscribes("r/#", 1);
        }
    }

    void publishes() {
        const std::size_t who = any(publishers);
        const std::string kind = any(2) == 0 ? "/a" : "/b";
        publishes(who, "t/" + std::to_string(who) + kind, sent["t/" + std::to_string(who) + kind]);
    }
    /// What nobody counts: forbidden, or for one member of a group.
    void publishes_aside() { publishes(any(publishers), any(2) == 0 ? "t/secret" : "g", aside_); }
    void delivers_some() {
        for (int i = 0; i < shards_; ++i) {
            world.delivers_one(any_shard(), any_shard());
        }
    }

    /// Whoever comes and goes. Not where what is dropped is counted.
    void guest_does_something() {
        if (bounded_) {
            return;
        }
        if (!guest_) {
            guest_ = std::make_unique<Guest>(world, "guest");
        } else if (guest_->client().open() && any(2) == 0) {
            guest_->collects();
            switch (any(4)) {
                case 0:
                    return guest_->client().sends(disconnect(mqtt::ReasonCode::success));
                case 1:
                case 2:
                    return guest_->client().breaks();
                default:
                    guest_->client().moves(any_shard());
                    return;
            }
        }
        guest_->connects(any_shard(), any(3) == 0, any(3) == 0 ? 1000 : 0);
        guest_->subscribes("t/#", 1);
        guest_->subscribes("r/#", 1);
        if (any(2) == 0) {
            guest_->subscribes("$share/" + std::to_string(any(3)) + "/g", 1);
        }
    }
    void guest_collects() {
        if (guest_ && guest_->client().open()) {
            guest_->collects();
        }
    }

    /// All is delivered, everybody is there and has taken everything.
    void comes_to_rest() {
        world.holds_messages(false);
        world.settles();
        for (const auto& each : regulars) {
            comes_in(*each);
        }
        if (guest_) {
            comes_in(*guest_);
        }
    }
    /// When all are gone, so is what was made of them on the way.
    void expect_nothing_left() {
        EXPECT_EQ(total().queued_messages, 0U);
        EXPECT_EQ(total().queued_bytes, 0U);
        for (const auto& each : regulars) {
            each->leaves(any_shard());
        }
        if (guest_) {
            guest_->leaves(any_shard());
        }
        for (Client* each : publisher_) {
            each->sends(disconnect(mqtt::ReasonCode::success, 0));
        }
        EXPECT_EQ(total().sessions, 0U);
        EXPECT_EQ(total().connections, 0U);
        EXPECT_EQ(total().subscriptions, 0U);
        EXPECT_EQ(total().shared_subscriptions, 0U);
    }
    /// Each has got each message once and in order, but for those that were counted as dropped.
    void expect_all_received(const std::vector<std::vector<std::string>>& topics) {
        std::size_t lost = 0;
        for (std::size_t i = 0; i < regulars.size(); ++i) {
            for (const std::string& topic : topics[i]) {
                const std::vector<int>& got = regulars[i]->got[topic];
                if (bounded_) {
                    EXPECT_TRUE(std::adjacent_find(got.begin(), got.end(),
                                                   std::greater_equal<>()) == got.end())
                        << topic << " for " << i;
                    lost += static_cast<std::size_t>(sent[topic]) - got.size();
                    continue;
                }
                std::vector<int> expected;
                for (int n = 1; n <= sent[topic]; ++n) {
                    expected.push_back(n);
                }
                EXPECT_EQ(got, expected) << topic << " for " << i;
            }
        }
        EXPECT_EQ(lost, total().publishes_dropped);
    }

    World world;
    std::vector<std::unique_ptr<Regular>> regulars;
    std::map<std::string, int> sent;  ///< by topic

 private:
    static constexpr int retained = 6;

    [[nodiscard]] Stats total() {
        Stats sum;
        for (ShardIndex shard = 0; shard < shards_; ++shard) {
            sum += world.broker(shard).stats();
        }
        return sum;
    }
    void publishes(std::size_t who, const std::string& topic, int& number) {
        const mqtt::PacketId id = ++last_id_[who];
        publisher_[who]->publishes(topic, std::to_string(++number), 2, id);
        publisher_[who]->sends(acknowledgement<mqtt::Pubrel>(id));
    }
    /// Of two claims that cross, the older connection's may have come last; then once more.
    void comes_in(Receiver& who) {
        who.collects();
        if (!who.client().open()) {
            who.connects(any_shard());
        }
        while (who.collects()) {
        }
        EXPECT_TRUE(who.is_in());
    }

    ShardIndex shards_;
    std::mt19937 random_;
    bool bounded_ = false;
    Client* publisher_[publishers]{};
    mqtt::PacketId last_id_[publishers]{};
    std::unique_ptr<Guest> guest_;
    int aside_ = 0;
};

class SomeShards : public testing::TestWithParam<ShardIndex> {
 protected:
    static constexpr std::uint32_t seeds = 200;
};
INSTANTIATE_TEST_SUITE_P(TwoToFour, SomeShards, testing::Values(2, 3, 4));

/// A subscriber connects now here, now there, while others publish and a guest comes and goes: each
/// QoS 1 message arrives exactly once, in the order of its publisher.
TEST_P(SomeShards, NothingIsLostDoubledOrReorderedWhileASessionMoves) {
    for (std::uint32_t seed = 1; seed <= seeds && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Crowd crowd(GetParam(), seed);
        Regular& subscriber = crowd.regular({{"t/#", 1}});
        crowd.world.holds_messages(true);
        for (int step = 0; step < 300; ++step) {
            const unsigned choice = crowd.any(20);
            if (choice < 4) {
                crowd.publishes();
            } else if (choice == 4) {
                crowd.publishes_aside();
            } else if (choice == 5) {
                crowd.guest_does_something();
            } else if (choice == 6) {
                crowd.asks_for_more(subscriber);
            } else if (choice == 7 && crowd.any(3) == 0) {
                if (subscriber.client().open()) {
                    subscriber.collects();
                    subscriber.client().breaks();
                }
                if (crowd.any(2) == 0) {
                    subscriber.connects(crowd.any_shard());
                }
            } else {
                crowd.delivers_some();
                subscriber.collects();
                crowd.guest_collects();
            }
        }
        crowd.comes_to_rest();
        crowd.expect_all_received({{"t/0/a", "t/0/b", "t/1/a", "t/1/b"}});
        crowd.expect_nothing_left();
    }
}

/// Clients are moved with their connections while they send: each message of each QoS arrives
/// exactly once, in the order of its publisher, also where the receiver is taken over by a new
/// connection now and then, or is away for a while (and then those of QoS 1 and 2 only).
TEST_P(SomeShards, NothingIsLostDoubledOrReorderedWhileClientsMove) {
    unsigned moves = 0;
    for (std::uint32_t seed = 1; seed <= seeds && !HasFailure(); ++seed) {
        SCOPED_TRACE("seed " + std::to_string(seed));
        Crowd crowd(GetParam(), seed);
        crowd.regular({{"t/+/a", 0}, {"t/+/b", 1}, {"t/secret", 0}});
        crowd.regular({{"t/#", 1}});
        crowd.regular({{"t/#", 2}});
        const auto any_receiver = [&]() -> Receiver& { return *crowd.regulars[crowd.any(3)]; };
        crowd.world.holds_messages(true);
        for (int step = 0; step < 400; ++step) {
            const unsigned choice = crowd.any(20);
            if (choice < 4) {
                crowd.publishes();
            } else if (choice == 4) {
                moves += crowd.any_publisher().moves(crowd.any_shard()) ? 1U : 0U;
            } else if (choice == 5) {
                moves += any_receiver().client().moves(crowd.any_shard()) ? 1U : 0U;
            } else if (choice == 6 && crowd.any(4) == 0) {
                Receiver& taken = *crowd.regulars[1 + crowd.any(2)];
                if (crowd.any(3) > 0) {
                    taken.connects(crowd.any_shard());
                } else if (taken.client().open()) {
                    taken.client().breaks();
                }
            } else if (choice == 7) {
                crowd.guest_does_something();
            } else if (choice == 8) {
                crowd.publishes_aside();
            } else if (choice == 9) {
                crowd.asks_for_more(any_receiver());
            } else {
                crowd.delivers_some();
                any_receiver().collects();
                crowd.guest_collects();
            }
        }
        crowd.comes_to_rest();
        const std::vector<std::string> all = {"t/0/a", "t/0/b", "t/1/a", "t/1/b"};
        crowd.expect_all_received({all, all, all});
        crowd.expect_nothing_left();
    }
    EXPECT_GT(moves, 1000U);
}

}  // namespace
}  // namespace mq::broker::test
