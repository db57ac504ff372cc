#include "broker/core/neighbours.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>

namespace mq::broker {
namespace {

constexpr std::size_t payload_bytes = 1000;

MessageRef message() {
    const std::string payload(payload_bytes, 'x');
    return MessageRef::create(
        "t", {}, {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()},
        mqtt::QoS::at_least_once, false, {});
}

Outgoing entry() {
    Outgoing made;
    made.message = message();
    made.payload_bytes = payload_bytes;
    made.qos = mqtt::QoS::at_least_once;
    return made;
}

/// One message in flight and one that waits.
std::unique_ptr<Session> session() {
    auto made = std::make_unique<Session>();
    made->inflight.add(entry());
    made->queue.push_back(entry());
    made->queued_bytes = payload_bytes;
    return made;
}

TEST(BytesBehind, WhatClientsHaveSentIsCountedWhateverItComesAs) {
    FoundRetained found;
    found.messages = {message(), message()};
    SessionTail tail;
    tail.entries.push_back(entry());
    ClientMoved client;
    client.connection = std::make_unique<Connection>();
    client.connection->outbox.buffer().resize(payload_bytes);
    client.connection->outbox.appended();

    EXPECT_GE(bytes_behind(PublishMessage{message()}), payload_bytes);
    EXPECT_GE(bytes_behind(StoreRetained{message(), 1}), payload_bytes);
    EXPECT_GE(bytes_behind(GroupDelivery{1, message(), {}, 0}), payload_bytes);
    EXPECT_GE(bytes_behind(std::move(found)), 2 * payload_bytes);
    EXPECT_GE(bytes_behind(FindRetained{1, {}, {message()}}), payload_bytes);
    EXPECT_GE(bytes_behind(std::move(tail)), payload_bytes);
    EXPECT_GE(bytes_behind(SessionGranted{"c", 1, session(), {}}), 2 * payload_bytes);
    EXPECT_GE(bytes_behind(std::move(client)), payload_bytes);
    client = {};
    client.session = session();
    EXPECT_GE(bytes_behind(std::move(client)), 2 * payload_bytes);
}

TEST(BytesBehind, OtherMessagesBringNone) {
    EXPECT_EQ(bytes_behind(SourceLive{1}), 0U);
    EXPECT_EQ(bytes_behind(SessionGranted{"c", 1, nullptr, {}}), 0U);
    EXPECT_EQ(bytes_behind(ClientMoved{}), 0U);
}

}  // namespace
}  // namespace mq::broker
