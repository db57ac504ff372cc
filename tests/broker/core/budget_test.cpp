#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Limits of sums over all clients, below, at and above each.
namespace mq::broker::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::size_t entry = Limits::queue_entry_bytes;

/// A broker, and a client "c" that publishes, which connects when it is first used: after the test
/// has set its limits.
struct BudgetTest : testing::Test {
    explicit BudgetTest(bool with_journal = false) : world(1, with_journal) {}

    Client& client() {
        if (connected == nullptr) {
            connected = &world.client();
            connected->connects("c");
        }
        return *connected;
    }
    /// QoS 1, with the next packet identifier.
    void publishes(std::string_view topic, std::string_view payload, bool retain = false) {
        client().publishes(topic, payload, 1, ++last_id, retain);
    }
    void retains(std::string_view topic, std::string_view payload) {
        publishes(topic, payload, true);
    }
    /// A client that is away, with a subscription at QoS 1.
    void leaves_subscription(std::string_view client_id, std::string_view filter) {
        Client& away = world.client();
        away.connects(client_id, false);
        away.subscribes(filter, qos(1));
        away.breaks();
    }
    /// What waits for a client that has been away; payloads only.
    std::vector<std::string> waiting(std::string_view client_id) {
        Client& back = world.client();
        std::vector<std::string> payloads;
        for (const std::string& line : back.connects(client_id, false)) {
            if (const auto at = line.find("payload="); at != std::string::npos) {
                payloads.push_back(line.substr(at + 8));
            }
        }
        back.breaks();
        return payloads;
    }
    const Stats& stats() { return world.broker().stats(); }

    World world;
    Client* connected = nullptr;
    mqtt::PacketId last_id = 0;
};

struct QueuedBytesBudget : BudgetTest {
    using BudgetTest::BudgetTest;
    static constexpr std::string_view payload = "0123456789";

    /// So many messages with that payload fit.
    void holds(std::size_t messages) {
        world.limits.global_max_queued_bytes = messages * (payload.size() + entry);
    }
    void fill(std::string_view topic, int messages) {
        for (int i = 0; i < messages; ++i) {
            publishes(topic, payload);
        }
    }
};

struct StoredQueuedBytesBudget : QueuedBytesBudget {
    StoredQueuedBytesBudget() : QueuedBytesBudget(true) {}
};

/// Without topics of the broker's own.
struct RetainedBudget : BudgetTest {
    RetainedBudget() { world.limits.sys_interval = 0; }
};

struct SubscriptionsBudget : BudgetTest {};

struct MemoryLimit : BudgetTest {
    MemoryLimit() {
        world.heap_bytes = [this] { return heap; };
        world.limits.memory_limit = 2000;
    }
    /// The broker looks once in a while.
    void heap_grows_to(std::size_t bytes) {
        heap = bytes;
        world.passes(std::chrono::seconds(1));
    }
    std::size_t heap = 0;
};

struct Budgets : BudgetTest {};

TEST_F(QueuedBytesBudget, TakesWhatFitsExactlyAndDropsWhatDoesNot) {
    holds(2);
    leaves_subscription("away", "t");
    fill("t", 2);
    EXPECT_EQ(stats().publishes_dropped, 0U);
    publishes("t", "");
    EXPECT_EQ(stats().publishes_dropped, 1U);
    EXPECT_TRUE(world.log.has("global_max_queued_bytes is reached: client away"));
    EXPECT_THAT(waiting("away"), SizeIs(2));
}

TEST_F(QueuedBytesBudget, TheLargestQueuePaysForANewMessageOfAnother) {
    holds(10);
    leaves_subscription("large", "large");
    leaves_subscription("small", "small");
    fill("large", 10);
    fill("small", 1);
    EXPECT_TRUE(world.log.has("client large: its queue is the largest"));
    EXPECT_THAT(waiting("small"), SizeIs(1));
    EXPECT_THAT(waiting("large"), SizeIs(9));
}

TEST_F(QueuedBytesBudget, RoomComesBackWithTheClient) {
    holds(1);
    leaves_subscription("away", "t");
    fill("t", 2);
    Client& back = world.client();
    back.connects("away", false);
    back.sends(acknowledgement<mqtt::Puback>(1));
    back.breaks();
    publishes("t", "after");
    EXPECT_THAT(waiting("away"), SizeIs(1));
}

TEST_F(StoredQueuedBytesBudget, WhatWasDroppedIsNotStoredEither) {
    holds(4);
    leaves_subscription("large", "large");
    leaves_subscription("small", "small");
    fill("large", 4);
    fill("small", 1);
    EXPECT_THAT(world.journal.find("large")->entries, SizeIs(3));
    EXPECT_THAT(world.journal.find("small")->entries, SizeIs(1));
}

TEST_F(RetainedBudget, BytesAreCountedOverAllTopics) {
    world.limits.global_max_retained_bytes = 10;
    retains("a", "12345");
    retains("b", "12345");
    EXPECT_EQ(stats().retained_messages, 2U);
    client().reads();
    retains("c", "1");
    EXPECT_THAT(client().reads(), ElementsAre(HasSubstr("reason_code=0x97")));
    EXPECT_EQ(stats().retained_messages, 2U);
    EXPECT_TRUE(world.log.has("global_max_retained_bytes is reached: client c"));
}

TEST_F(RetainedBudget, ASmallerMessageInPlaceOfAnotherAndADeletionAlwaysFit) {
    world.limits.global_max_retained_bytes = 5;
    retains("a", "12345");
    retains("a", "1234");
    EXPECT_EQ(stats().retained_bytes, 4U);
    retains("a", "123456");
    EXPECT_EQ(stats().retained_bytes, 4U);
    retains("a", "");
    EXPECT_EQ(stats().retained_messages, 0U);
}

TEST_F(RetainedBudget, MessagesAreCounted) {
    world.limits.global_max_retained_messages = 1;
    retains("a", "1");
    retains("b", "1");
    retains("a", "2");
    EXPECT_EQ(stats().retained_messages, 1U);
    EXPECT_TRUE(world.log.has("global_max_retained_messages is reached"));
}

TEST_F(RetainedBudget, SysTopicsDoNotCount) {
    world.limits.sys_interval = 10;
    world.limits.global_max_retained_messages = 1;
    world.limits.global_max_retained_bytes = 5;
    client().subscribes("$SYS/broker/version");
    world.passes(std::chrono::seconds(20));
    client().reads();
    retains("a", "12345");
    EXPECT_THAT(client().reads(), ElementsAre(HasSubstr("reason_code=0x10")));
    EXPECT_GT(stats().retained_messages, 1U);
    retains("b", "");
    retains("b", "1");
    EXPECT_THAT(client().reads(),
                ElementsAre(HasSubstr("reason_code=0x10"), HasSubstr("reason_code=0x97")));
}

TEST_F(RetainedBudget, ARefusedMessageIsNotPassedOn) {
    world.limits.global_max_retained_messages = 1;
    retains("a", "1");
    Client& subscriber = world.client();
    subscriber.connects("s");
    subscriber.subscribes("b");
    retains("b", "1");
    EXPECT_THAT(subscriber.reads(), IsEmpty());
}

TEST_F(SubscriptionsBudget, CountsThoseOfAllClients) {
    world.limits.global_max_subscriptions = 3;
    Client& older = world.client(mqtt::Version::v3_1_1);
    older.connects("older");
    client().subscribes("1");
    client().subscribes("$share/g/2");
    EXPECT_THAT(older.subscribes("3"), ElementsAre(HasSubstr("reason_codes=0x00")));
    EXPECT_THAT(client().subscribes("4"), ElementsAre(HasSubstr("reason_codes=0x97")));
    EXPECT_THAT(older.subscribes("4"), ElementsAre(HasSubstr("reason_codes=0x80")));
    EXPECT_TRUE(world.log.has("global_max_subscriptions is reached: client c"));
}

TEST_F(SubscriptionsBudget, AnExistingOneMayBeReplaced) {
    world.limits.global_max_subscriptions = 1;
    client().subscribes("1");
    EXPECT_THAT(client().subscribes("1", qos(1)), ElementsAre(HasSubstr("reason_codes=0x01")));
}

TEST_F(MemoryLimit, APublisherBeyondItIsDisconnected) {
    publishes("t", "fits");
    EXPECT_TRUE(client().open());
    heap_grows_to(2001);
    publishes("t", "does not");
    EXPECT_TRUE(client().closed_by_broker());
    EXPECT_TRUE(world.log.has("memory_limit is reached: client c"));
}

TEST_F(MemoryLimit, NoNewClientComesInBeyondIt) {
    heap = 3000;
    EXPECT_THAT(world.client().connects("c"), ElementsAre(HasSubstr("reason_code=0x97")));
    heap_grows_to(0);
    EXPECT_THAT(world.client().connects("d"), ElementsAre(HasSubstr("reason_code=0x00")));
}

TEST_F(MemoryLimit, TheLargestQueueIsCutFirst) {
    leaves_subscription("away", "t");
    publishes("t", "1");
    publishes("t", "2");
    heap_grows_to(2001);
    publishes("u", "x");
    EXPECT_TRUE(world.log.has("client away: its queue is the largest"));
    heap_grows_to(0);
    EXPECT_THAT(waiting("away"), SizeIs(1));
}

TEST_F(Budgets, AreCountedInSysTopics) {
    world.limits.sys_interval = 10;
    world.limits.global_max_subscriptions = 1;
    client().subscribes("$SYS/broker/limits/#");
    client().subscribes("b");
    world.passes(std::chrono::seconds(20));
    EXPECT_THAT(
        client().reads(),
        testing::Contains(HasSubstr("$SYS/broker/limits/global_max_subscriptions/applied")));
}

}  // namespace
}  // namespace mq::broker::test
