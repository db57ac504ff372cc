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

/// A client that is away, with a subscription at QoS 1.
void leaves_subscription(World& world, std::string_view client_id, std::string_view filter) {
    Client& client = world.client();
    client.connects(client_id, false);
    client.subscribes(filter, qos(1));
    client.breaks();
}

/// What waits for a client that has been away; payloads only.
std::vector<std::string> waiting(World& world, std::string_view client_id) {
    Client& client = world.client();
    std::vector<std::string> payloads;
    for (const std::string& line : client.connects(client_id, false)) {
        if (const auto at = line.find("payload="); at != std::string::npos) {
            payloads.push_back(line.substr(at + 8));
        }
    }
    client.breaks();
    return payloads;
}

TEST(QueuedBytesBudget, TakesWhatFitsExactlyAndDropsWhatDoesNot) {
    World world;
    world.limits.global_max_queued_bytes = 2 * (10 + entry);
    leaves_subscription(world, "away", "t");
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", "0123456789", 1, 1);
    publisher.publishes("t", "0123456789", 1, 2);
    EXPECT_EQ(world.broker().stats().publishes_dropped, 0U);
    publisher.publishes("t", "", 1, 3);
    EXPECT_EQ(world.broker().stats().publishes_dropped, 1U);
    EXPECT_TRUE(world.log.has("global_max_queued_bytes is reached: client away"));
    EXPECT_THAT(waiting(world, "away"), SizeIs(2));
}

TEST(QueuedBytesBudget, TheLargestQueuePaysForANewMessageOfAnother) {
    World world;
    world.limits.global_max_queued_bytes = 10 * (10 + entry);
    leaves_subscription(world, "large", "large");
    leaves_subscription(world, "small", "small");
    Client& publisher = world.client();
    publisher.connects("p");
    for (mqtt::PacketId id = 1; id <= 10; ++id) {
        publisher.publishes("large", "0123456789", 1, id);
    }
    publisher.publishes("small", "0123456789", 1, 11);
    EXPECT_TRUE(world.log.has("client large: its queue is the largest"));
    EXPECT_THAT(waiting(world, "small"), SizeIs(1));
    EXPECT_THAT(waiting(world, "large"), SizeIs(9));
}

TEST(QueuedBytesBudget, RoomComesBackWithTheClient) {
    World world;
    world.limits.global_max_queued_bytes = 10 + entry;
    leaves_subscription(world, "away", "t");
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", "0123456789", 1, 1);
    publisher.publishes("t", "0123456789", 1, 2);
    Client& back = world.client();
    back.connects("away", false);
    back.sends(acknowledgement<mqtt::Puback>(1));
    back.breaks();
    publisher.publishes("t", "after", 1, 3);
    EXPECT_THAT(waiting(world, "away"), SizeIs(1));
}

TEST(QueuedBytesBudget, WhatWasDroppedIsNotStoredEither) {
    World world(1, true);
    world.limits.global_max_queued_bytes = 4 * (10 + entry);
    leaves_subscription(world, "large", "large");
    leaves_subscription(world, "small", "small");
    Client& publisher = world.client();
    publisher.connects("p");
    for (mqtt::PacketId id = 1; id <= 4; ++id) {
        publisher.publishes("large", "0123456789", 1, id);
    }
    publisher.publishes("small", "0123456789", 1, 5);
    EXPECT_THAT(world.journal.find("large")->entries, SizeIs(3));
    EXPECT_THAT(world.journal.find("small")->entries, SizeIs(1));
}

TEST(RetainedBudget, BytesAreCountedOverAllTopics) {
    World world;
    world.limits.sys_interval = 0;
    world.limits.global_max_retained_bytes = 10;
    Client& client = world.client();
    client.connects("c");
    client.publishes("a", "12345", 1, 1, true);
    client.publishes("b", "12345", 1, 2, true);
    EXPECT_EQ(world.broker().stats().retained_messages, 2U);
    client.reads();
    client.publishes("c", "1", 1, 3, true);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("reason_code=0x97")));
    EXPECT_EQ(world.broker().stats().retained_messages, 2U);
    EXPECT_TRUE(world.log.has("global_max_retained_bytes is reached: client c"));
}

TEST(RetainedBudget, ASmallerMessageInPlaceOfAnotherAndADeletionAlwaysFit) {
    World world;
    world.limits.sys_interval = 0;
    world.limits.global_max_retained_bytes = 5;
    Client& client = world.client();
    client.connects("c");
    client.publishes("a", "12345", 1, 1, true);
    client.publishes("a", "1234", 1, 2, true);
    EXPECT_EQ(world.broker().stats().retained_bytes, 4U);
    client.publishes("a", "123456", 1, 3, true);
    EXPECT_EQ(world.broker().stats().retained_bytes, 4U);
    client.publishes("a", "", 1, 4, true);
    EXPECT_EQ(world.broker().stats().retained_messages, 0U);
}

TEST(RetainedBudget, MessagesAreCounted) {
    World world;
    world.limits.sys_interval = 0;
    world.limits.global_max_retained_messages = 1;
    Client& client = world.client();
    client.connects("c");
    client.publishes("a", "1", 1, 1, true);
    client.publishes("b", "1", 1, 2, true);
    client.publishes("a", "2", 1, 3, true);
    EXPECT_EQ(world.broker().stats().retained_messages, 1U);
    EXPECT_TRUE(world.log.has("global_max_retained_messages is reached"));
}

TEST(RetainedBudget, SysTopicsDoNotCount) {
    World world;
    world.limits.sys_interval = 10;
    world.limits.global_max_retained_messages = 1;
    world.limits.global_max_retained_bytes = 5;
    Client& client = world.client();
    client.connects("c");
    world.passes(std::chrono::seconds(20));
    client.publishes("a", "12345", 1, 1, true);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("reason_code=0x10")));
    EXPECT_GT(world.broker().stats().retained_messages, 1U);
    client.publishes("b", "", 1, 2, true);
    client.publishes("b", "1", 1, 3, true);
    EXPECT_THAT(client.reads(),
                ElementsAre(HasSubstr("reason_code=0x10"), HasSubstr("reason_code=0x97")));
}

TEST(RetainedBudget, ARefusedMessageIsNotPassedOn) {
    World world;
    world.limits.sys_interval = 0;
    world.limits.global_max_retained_messages = 1;
    Client& client = world.client();
    client.connects("c");
    client.publishes("a", "1", 1, 1, true);
    Client& subscriber = world.client();
    subscriber.connects("s");
    subscriber.subscribes("b");
    client.publishes("b", "1", 0, 0, true);
    EXPECT_THAT(subscriber.reads(), IsEmpty());
}

TEST(SubscriptionsBudget, CountsThoseOfAllClients) {
    World world;
    world.limits.global_max_subscriptions = 3;
    Client& a = world.client();
    Client& b = world.client(mqtt::Version::v3_1_1);
    a.connects("a");
    b.connects("b");
    a.subscribes("1");
    a.subscribes("$share/g/2");
    EXPECT_THAT(b.subscribes("3"), ElementsAre(HasSubstr("reason_codes=0x00")));
    EXPECT_THAT(a.subscribes("4"), ElementsAre(HasSubstr("reason_codes=0x97")));
    EXPECT_THAT(b.subscribes("4"), ElementsAre(HasSubstr("reason_codes=0x80")));
    EXPECT_TRUE(world.log.has("global_max_subscriptions is reached: client a"));
}

TEST(SubscriptionsBudget, AnExistingOneMayBeReplaced) {
    World world;
    world.limits.global_max_subscriptions = 1;
    Client& client = world.client();
    client.connects("a");
    client.subscribes("1");
    EXPECT_THAT(client.subscribes("1", qos(1)), ElementsAre(HasSubstr("reason_codes=0x01")));
}

TEST(MemoryLimit, APublisherBeyondItIsDisconnected) {
    World world;
    std::size_t heap = 1000;
    world.heap_bytes = [&] { return heap; };
    world.limits.memory_limit = 2000;
    Client& client = world.client();
    client.connects("c");
    client.publishes("t", "fits", 1, 1);
    EXPECT_TRUE(client.open());
    heap = 2001;
    world.passes(std::chrono::seconds(1));
    client.publishes("t", "does not", 1, 2);
    EXPECT_TRUE(client.closed_by_broker());
    EXPECT_TRUE(world.log.has("memory_limit is reached: client c"));
}

TEST(MemoryLimit, NoNewClientComesInBeyondIt) {
    World world;
    std::size_t heap = 3000;
    world.heap_bytes = [&] { return heap; };
    world.limits.memory_limit = 2000;
    Client& client = world.client();
    EXPECT_THAT(client.connects("c"), ElementsAre(HasSubstr("reason_code=0x97")));
    heap = 0;
    world.passes(std::chrono::seconds(1));
    EXPECT_THAT(world.client().connects("d"), ElementsAre(HasSubstr("reason_code=0x00")));
}

TEST(MemoryLimit, TheLargestQueueIsCutFirst) {
    World world;
    std::size_t heap = 0;
    world.heap_bytes = [&] { return heap; };
    world.limits.memory_limit = 1000;
    leaves_subscription(world, "away", "t");
    Client& client = world.client();
    client.connects("c");
    client.publishes("t", "1", 1, 1);
    client.publishes("t", "2", 1, 2);
    heap = 1001;
    world.passes(std::chrono::seconds(1));
    client.publishes("u", "x", 1, 3);
    EXPECT_TRUE(world.log.has("client away: its queue is the largest"));
    heap = 0;
    world.passes(std::chrono::seconds(1));
    EXPECT_THAT(waiting(world, "away"), SizeIs(1));
}

TEST(Budgets, AreCountedInSysTopics) {
    World world;
    world.limits.sys_interval = 10;
    world.limits.global_max_subscriptions = 1;
    Client& client = world.client();
    client.connects("a");
    client.subscribes("$SYS/broker/limits/#");
    client.subscribes("b");
    world.passes(std::chrono::seconds(20));
    EXPECT_THAT(
        client.reads(),
        testing::Contains(HasSubstr("$SYS/broker/limits/global_max_subscriptions/applied")));
}

}  // namespace
}  // namespace mq::broker::test
