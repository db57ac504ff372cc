#include "broker/core/world.hpp"
#include "support/allocation_counter.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <vector>

/// What clients, subscriptions and messages cost, as live bytes of the heap. The limits are a
/// little above what was measured when they were set: whoever exceeds one has made every client
/// larger.
namespace mq::broker::test {
namespace {

/// Takes what the broker writes and forgets it.
class Sink final : public Outlet {
 public:
    explicit Sink(World& world) : world_(world) {
        connection_ =
            &world.broker().open(*this, world.listener, Peer{"192.0.2.1", 40000, {}}, world.now());
    }

    void sends(const mqtt::Packet& packet) {
        mqtt::Buffer bytes;
        mqtt::encode(packet, mqtt::Version::v3_1_1, bytes);
        world_.broker().receive(*connection_, bytes, world_.now());
        drains();
    }
    void drains() {
        while (const std::size_t size = connection_->outbox.size()) {
            connection_->outbox.consume(size);
            world_.broker().flushed(*connection_, size, world_.now());
        }
        connection_->outbox.release();
    }
    void leaves() { world_.broker().closed(*connection_, "", world_.now()); }

    void flush_later() override {}
    void close_later() override {}
    void resume() override {}

 private:
    World& world_;
    Connection* connection_;
};

class Memory : public testing::Test {
 protected:
    void SetUp() override {
        world.access.no_rules = true;
        world.limits.connection_messages = false;
        world.start();
    }

    void connect(Sink& client, const std::string& client_id, bool clean = true) {
        mqtt::Connect packet;
        packet.version = mqtt::Version::v3_1_1;
        packet.client_id = client_id;
        packet.clean_start = clean;
        packet.keep_alive = 60;
        client.sends(packet);
    }
    void subscribe(Sink& client, const std::string& filter, unsigned level = 0) {
        mqtt::Buffer requests;
        mqtt::append_request({filter, qos(level)}, mqtt::Version::v3_1_1, requests);
        mqtt::Subscribe packet;
        packet.packet_id = 1;
        packet.requests = mqtt::SubscriptionRequests(requests, mqtt::Version::v3_1_1);
        client.sends(packet);
    }
    void publish(Sink& client, const std::string& topic, const std::string& payload,
                 unsigned level = 0, bool retain = false) {
        mqtt::Publish packet;
        packet.topic = topic;
        packet.payload = {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()};
        packet.qos = static_cast<mqtt::QoS>(level);
        packet.packet_id = level > 0 ? 1 : 0;
        packet.retain = retain;
        client.sends(packet);
    }
    std::size_t share(std::size_t before, std::size_t count) {
        forget_log();
        return (allocated_bytes() - before) / count;
    }

    void forget_log() { std::vector<std::string>().swap(world.log.lines); }

    World world;
};

TEST_F(Memory, OfAnIdleClientWithOneSubscription) {
    constexpr std::size_t count = 2000;
    std::vector<std::unique_ptr<Sink>> clients;
    clients.reserve(count);
    std::size_t outside = 0;
    const std::size_t before = allocated_bytes();
    for (std::size_t i = 0; i < count; ++i) {
        const std::size_t at = allocated_bytes();
        auto memory = std::make_unique<char[]>(sizeof(Sink));
        outside += allocated_bytes() - at;
        memory.reset();
        clients.push_back(std::make_unique<Sink>(world));
        connect(*clients.back(), "client-" + std::to_string(i));
        subscribe(*clients.back(), "rooms/idle/" + std::to_string(i) + "/state");
    }
    const std::size_t bytes = share(before + outside, count);
    RecordProperty("bytes", static_cast<int>(bytes));
    EXPECT_LE(bytes, 800U);
}

TEST_F(Memory, OfASubscription) {
    constexpr std::size_t count = 50'000;
    Sink client(world);
    connect(client, "client");
    const std::size_t before = allocated_bytes();
    for (std::size_t i = 0; i < count; ++i) {
        subscribe(client, "rooms/" + std::to_string(i / 100) + "/" + std::to_string(i % 100));
    }
    const std::size_t bytes = share(before, count);
    RecordProperty("bytes", static_cast<int>(bytes));
    EXPECT_LE(bytes, 110U);
}

TEST_F(Memory, OfARetainedMessage) {
    constexpr std::size_t count = 20'000;
    Sink client(world);
    connect(client, "client");
    const std::size_t before = allocated_bytes();
    for (std::size_t i = 0; i < count; ++i) {
        publish(client, "rooms/" + std::to_string(i / 100) + "/" + std::to_string(i % 100),
                std::string(64, 'x'), 0, true);
    }
    const std::size_t bytes = share(before, count);
    RecordProperty("bytes", static_cast<int>(bytes));
    EXPECT_LE(bytes, 240U);
}

TEST_F(Memory, OfAQueuedMessage) {
    constexpr std::size_t count = 1000;
    {
        Sink away(world);
        connect(away, "away", false);
        subscribe(away, "jobs/#", 1);
        away.leaves();
    }
    Sink client(world);
    connect(client, "client");
    const std::size_t before = allocated_bytes();
    for (std::size_t i = 0; i < count; ++i) {
        publish(client, "jobs/1", std::string(64, 'x'), 1);
    }
    const std::size_t bytes = share(before, count);
    RecordProperty("bytes", static_cast<int>(bytes));
    EXPECT_LE(bytes, 180U);
}

/// A day in which clients come and go and queues fill and drain: the heap at each hour's end is
/// what it was at the end of the first.
TEST_F(Memory, OfABrokerAfterADayIsThatAfterAnHour) {
    Sink publisher(world);
    connect(publisher, "publisher");
    std::size_t after_an_hour = 0;
    for (int minute = 0; minute < 24 * 60; ++minute) {
        const std::string place = "rooms/" + std::to_string(minute);
        std::vector<std::string> topics;
        for (int i = 0; i < 5; ++i) {
            topics.push_back(place + "/" + std::to_string(i));
            const std::string name = topics.back();
            Sink client(world);
            connect(client, name, false);
            subscribe(client, name + "/+", 1);
            client.leaves();
        }
        for (int i = 0; i < 100; ++i) {
            publish(publisher, topics[static_cast<std::size_t>(i) % topics.size()] + "/job",
                    std::string(200, 'x'), 1);
        }
        publish(publisher, place, "here", 0, true);
        for (const std::string& name : topics) {
            Sink client(world);
            connect(client, name, false);  // drains its queue
            client.leaves();
            Sink last(world);
            connect(last, name, true);  // ends the session
            last.leaves();
        }
        publish(publisher, place, "", 0, true);
        publisher.sends(mqtt::Pingreq{});
        world.passes(std::chrono::minutes(1));
        forget_log();
        publisher.drains();
        if (minute == 59) {
            after_an_hour = allocated_bytes();
        } else if (minute % 60 == 59) {
            ASSERT_LE(allocated_bytes(), after_an_hour + 4096) << "in hour " << minute / 60;
        }
    }
}

}  // namespace
}  // namespace mq::broker::test
