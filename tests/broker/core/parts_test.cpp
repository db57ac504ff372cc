#include "broker/core/inflight.hpp"
#include "broker/core/outbox.hpp"
#include "broker/core/publish_writer.hpp"
#include "broker/core/retained.hpp"
#include "broker/core/ring.hpp"
#include "broker/core/session.hpp"
#include "broker/core/timers.hpp"
#include "broker/core/topic_tree.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker {
namespace {

MessageRef message(std::string_view topic, std::string_view payload) {
    return MessageRef::create(
        topic, {}, {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()},
        mqtt::QoS::at_least_once, false, {});
}

/// A PUBLISH in a block of its own: `head` is what stands before the payload.
PacketBlock packet_block(std::string_view head, std::string_view payload) {
    PacketBlock block(head.size() + payload.size());
    std::copy(head.begin(), head.end(), block.bytes());
    std::copy(payload.begin(), payload.end(), block.bytes() + head.size());
    return block;
}

mqtt::Bytes tail(const PacketBlock& block, std::size_t size) {
    return {block.bytes() + block.capacity() - size, size};
}

std::string_view text(mqtt::Bytes bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

TEST(Message, IsMadeAroundThePayloadOfItsPacket) {
    PacketBlock block = packet_block({"\x32\x0C\x00\x03t/a\x00\x01", 9}, "hello");
    const mqtt::Bytes payload = tail(block, 5);
    const std::string_view topic(reinterpret_cast<const char*>(block.bytes()) + 4, 3);
    const std::uint8_t properties[] = {0x01, 0x01};
    const auto made =
        MessageRef::adopt(block, topic, properties, payload, mqtt::QoS::at_least_once, {});
    ASSERT_TRUE(made);
    EXPECT_EQ(block.bytes(), nullptr);
    EXPECT_EQ(made->payload().data(), payload.data());
    EXPECT_EQ(text(made->payload()), "hello");
    EXPECT_EQ(made->topic(), "t/a");
    EXPECT_EQ(text(made->properties()), "\x01\x01");
    EXPECT_EQ(made->qos(), mqtt::QoS::at_least_once);
    EXPECT_EQ(made->publisher().client_id, "");
    const MessageRef copy = made.copy();
    EXPECT_EQ(copy->topic(), "t/a");
    EXPECT_EQ(text(copy->payload()), "hello");
}

TEST(Message, IsNotMadeAroundItsPayloadWhereTheTopicDoesNotFitBeforeIt) {
    for (std::size_t size = 0; size < 100; ++size) {
        PacketBlock block = packet_block({"\x30\x07\x00\x00", 4}, "hello");
        const std::string topic(size, 'x');  // as from an alias
        const auto made =
            MessageRef::adopt(block, topic, {}, tail(block, 5), mqtt::QoS::at_most_once, {});
        ASSERT_EQ(static_cast<bool>(made), size <= PacketBlock::head_bytes + 4 - sizeof(Message));
        EXPECT_EQ(text(made ? made->payload() : tail(block, 5)), "hello");
        EXPECT_TRUE(!made || made->topic() == topic);
    }
}

TEST(Message, IsNotMadeAroundAPayloadThatIsNotTheEndOfTheBlock) {
    PacketBlock block = packet_block("head", "hello");
    EXPECT_FALSE(MessageRef::adopt(block, "t", {}, {}, mqtt::QoS::at_most_once, {}));
    EXPECT_FALSE(
        MessageRef::adopt(block, "t", {}, {block.bytes() + 4, 4}, mqtt::QoS::at_most_once, {}));
    EXPECT_NE(block.bytes(), nullptr);
}

TEST(Ring, KeepsTheOrderWhileItGrowsAndGoesRound) {
    Ring<int> ring;
    int next_in = 0;
    int next_out = 0;
    for (int round = 0; round < 100; ++round) {
        for (int i = 0; i < round % 7 + 1; ++i) {
            ring.push_back(next_in++);
        }
        for (int i = 0; i < round % 5 + 1 && !ring.empty(); ++i) {
            EXPECT_EQ(ring.front(), next_out++);
            ring.pop_front();
        }
    }
    for (std::size_t i = 0; i < ring.size(); ++i) {
        EXPECT_EQ(ring[i], next_out + static_cast<int>(i));
    }
}

/// Takes everything out in steps of `step` bytes, `vectors` at a time.
std::string drain(Outbox& outbox, std::size_t step, std::size_t vectors) {
    std::string all;
    while (!outbox.empty()) {
        std::vector<iovec> list(vectors);
        const std::size_t used = outbox.gather(list);
        std::string part;
        for (std::size_t i = 0; i < used; ++i) {
            part.append(static_cast<const char*>(list[i].iov_base), list[i].iov_len);
        }
        part.resize(std::min(part.size(), step));
        EXPECT_FALSE(part.empty());
        all += part;
        outbox.consume(part.size());
    }
    return all;
}

/// Appends a PUBLISH; returns its bytes.
std::string put_publish(Outbox& outbox, std::string_view topic, const std::string& payload) {
    PublishForm form;
    form.topic = topic;
    const MessageRef packet = message(topic, payload);
    const std::size_t size = publish_size(*packet, form);
    write_publish(packet, form, outbox);
    outbox.appended();
    const bool referenced = payload.size() >= Outbox::reference_bytes_min;
    const std::size_t head = size - payload.size();
    const auto& bytes = outbox.buffer();
    const std::size_t start = bytes.size() - head - (referenced ? 0 : payload.size());
    return std::string(bytes.begin() + static_cast<std::ptrdiff_t>(start),
                       bytes.begin() + static_cast<std::ptrdiff_t>(start + head)) +
           payload;
}

TEST(Outbox, GivesBytesAndPayloadsInOrderHoweverTheyAreTaken) {
    for (const std::size_t step : {1U, 3U, 7U, 1000U, 100'000U}) {
        for (const std::size_t vectors : {1U, 2U, 5U}) {
            Outbox outbox;
            std::string expected;
            for (int i = 0; i < 9; ++i) {
                const std::string payload(i % 2 == 0 ? 2000 : 5, static_cast<char>('a' + i));
                expected += put_publish(outbox, "topic", payload);
            }
            EXPECT_EQ(outbox.size(), expected.size());
            EXPECT_EQ(drain(outbox, step, vectors), expected);
        }
    }
}

TEST(Outbox, TakesMoreWhileItIsBeingWritten) {
    Outbox outbox;
    std::string expected;
    std::string got;
    for (int i = 0; i < 2000; ++i) {
        expected += put_publish(outbox, std::to_string(i), std::string(100, '.'));
        if (i % 10 == 0) {
            expected += put_publish(outbox, "large", std::string(1500, '#'));
        }
        iovec one;
        if (outbox.gather({&one, 1}) == 1) {
            const std::size_t n = std::min<std::size_t>(one.iov_len, 90);
            got.append(static_cast<const char*>(one.iov_base), n);
            outbox.consume(n);
        }
    }
    EXPECT_EQ(got + drain(outbox, 10'000, 4), expected);
}

/// Packets of `sizes` that begin or go on behind the first `taken` bytes.
std::size_t packets_left(const std::vector<std::size_t>& sizes, std::size_t taken) {
    std::size_t end = 0;
    std::size_t left = 0;
    for (const std::size_t size : sizes) {
        end += size;
        left += end > taken ? 1 : 0;
    }
    return left;
}

TEST(Outbox, CountsThePacketsThatAreNotWhollyTaken) {
    for (const std::size_t step : {1U, 2U, 113U, 1100U, 5000U, 70'000U, 1'000'000U}) {
        Outbox outbox;
        std::vector<std::size_t> sizes;
        std::size_t size = 0;
        std::size_t taken = 0;
        for (std::size_t i = 0; i < 400; ++i) {
            const std::size_t payload = i % 3 == 0 ? 1500 : i % 3 == 1 ? 0 : 140;
            sizes.push_back(put_publish(outbox, "t", std::string(payload, '.')).size());
            size += sizes.back();
            if (i % 4 == 0 && taken + step / 2 < size) {  // more comes while some is taken
                outbox.consume(step / 2);
                taken += step / 2;
                ASSERT_EQ(outbox.packets(), packets_left(sizes, taken)) << step << " " << i;
            }
        }
        while (taken < size) {
            const std::size_t n = std::min(step, size - taken);
            outbox.consume(n);
            taken += n;
            ASSERT_EQ(outbox.packets(), packets_left(sizes, taken)) << step << " " << taken;
        }
    }
}

TEST(Inflight, RestoredEntriesKeepTheirIdentifiersOverGaps) {
    Inflight inflight;
    for (const unsigned number : {65534U, 65535U, 3U}) {
        const auto id = static_cast<mqtt::PacketId>(number);
        Outgoing entry;
        entry.message = message("t", "x");
        entry.state = EntryState::sent;
        EXPECT_TRUE(inflight.restore(std::move(entry), id));
    }
    EXPECT_EQ(inflight.open(), 3U);
    EXPECT_EQ(inflight.find(1), nullptr);
    EXPECT_NE(inflight.find(3), nullptr);
    Outgoing again;
    again.message = message("t", "x");
    EXPECT_FALSE(inflight.restore(std::move(again), 65535));
    Outgoing fresh;
    fresh.message = message("t", "x");
    EXPECT_EQ(inflight.add(std::move(fresh)), 4);
}

TEST(Retained, FiltersFindWhatTheyMatch) {
    RetainedStore store;
    for (const char* topic : {"a", "a/b", "a/b/c", "b", "$SYS/x", "/", "a/"}) {
        store.set(message(topic, "x"));
    }
    const auto count = [&](std::string_view filter) {
        std::vector<MessageRef> found;
        store.find(filter, found);
        return found.size();
    };
    EXPECT_EQ(count("#"), 6U);
    EXPECT_EQ(count("a/#"), 4U);
    EXPECT_EQ(count("+"), 2U);
    EXPECT_EQ(count("a/+"), 2U);
    EXPECT_EQ(count("+/+"), 3U);
    EXPECT_EQ(count("$SYS/#"), 1U);
    EXPECT_EQ(count("+/x"), 0U);
    EXPECT_EQ(count("a/b/c/d"), 0U);
    EXPECT_TRUE(store.remove("a/b"));
    EXPECT_FALSE(store.remove("a/b"));
    EXPECT_EQ(count("a/#"), 3U);
}

/// The topics that a search finds which looks at so many nodes at a time; `meanwhile` is called
/// between two steps.
std::vector<std::string> found_in_steps(
    RetainedStore& store, const std::string& filter, std::size_t step,
    const std::function<void()>& meanwhile = [] {}) {
    RetainedStore::Search search{filter, {}};
    std::vector<std::string> topics;
    for (bool over = false; !over; meanwhile()) {
        std::vector<MessageRef> found;
        std::size_t nodes = step;
        over = store.find(search, nodes, found);
        EXPECT_LE(found.size(), step);
        for (const MessageRef& message : found) {
            topics.emplace_back(message->topic());
        }
    }
    return topics;
}

TEST(Retained, ASearchInStepsFindsTheSameOnce) {
    RetainedStore store;
    for (const char* topic : {"a", "a/b", "a/b/c", "a/c/c", "b", "$SYS/x", "/", "a/", "b/b/c",
                              "b/b/c/d", "c/b/c", "a/b/c/d/e"}) {
        store.set(message(topic, "x"));
    }
    for (const char* filter : {"#", "a/#", "+", "+/b/c", "+/+/c", "+/b/#", "a/+/c", "+/+/+/+/#",
                               "$SYS/#", "b", "none", "+/none", "a/b/c/d/e/f"}) {
        const auto whole = found_in_steps(store, filter, SIZE_MAX);
        for (std::size_t step = 1; step < 30; ++step) {
            EXPECT_EQ(found_in_steps(store, filter, step), whole) << filter << " by " << step;
        }
    }
}

TEST(Retained, ASearchGoesOnWhenItsPlaceIsGone) {
    for (std::size_t step = 1; step < 12; ++step) {
        RetainedStore store;
        for (const char* topic : {"a/b/c", "b/b/c", "c/b/c", "d/b/c", "e/b/c"}) {
            store.set(message(topic, "x"));
        }
        const auto topics = found_in_steps(store, "+/b/#", step, [&] {
            store.remove("b/b/c");
            store.remove("d/b/c");
            store.set(message("b/b/new", "x"));
        });
        for (const char* topic : {"a/b/c", "c/b/c", "e/b/c"}) {
            EXPECT_EQ(std::count(topics.begin(), topics.end(), topic), 1) << topic << step;
        }
    }
}

TEST(TopicTree, LeavesNothingBehind) {
    TopicTree tree;
    Session session;
    bool existed = false;
    TopicTree::Node& one = tree.subscribe("a/b/c", {&session, 0, {}}, existed);
    tree.subscribe("a/b", {&session, 0, {}}, existed);
    tree.remove(one, session);
    Route route;
    tree.match("a/b", route);
    EXPECT_EQ(route.subscribers.size(), 1U);
    ASSERT_NE(tree.find("a/b", session), nullptr);
    tree.remove(*tree.find("a/b", session), session);
    EXPECT_EQ(tree.find("a/b", session), nullptr);
    std::size_t left = 0;
    tree.for_each([&](const TopicTree::Node&) { ++left; });
    EXPECT_EQ(left, 0U);
}

}  // namespace
}  // namespace mq::broker
