#include "broker/net/shard_link.hpp"
#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/tls_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdint>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace mq::broker::test {
namespace {

using namespace mq::test;

/// Three shards with their threads, as one broker; clients come in at the first one.
class RunningShards {
 public:
    static constexpr ShardIndex size = 3;

    explicit RunningShards(ListenerConfig config = {}) : config_(std::move(config)) {
        runtime_init();
        config_.host = "127.0.0.1";
        config_.port = 0;
        config_.allow_anonymous = true;
        count_.find = [this](const std::string&, ShardIndex shard) {
            return at(shard).listener.get();
        };
        for (ShardIndex i = 0; i < size; ++i) {
            at(i).shard = std::move(*Shard::create(log_));
            links_.push_back(std::make_unique<ShardLink>(*at(i).shard));
        }
        for (ShardIndex i = 0; i < size; ++i) {
            prepare(i);
            at(i).listener = std::move(
                *(i == 0 ? Listener::open(*at(i).shard, config_, 0, count_, nullptr)
                         : Listener::open_inner(*at(i).shard, config_, 0, count_, nullptr)));
        }
        for (One& one : all_) {
            one.thread = std::thread([&one] { one.shard->run(); });
        }
    }

    ~RunningShards() {
        for (One& one : all_) {
            one.shard->stop();
        }
        for (One& one : all_) {
            one.thread.join();
        }
        for (One& one : all_) {
            one.shard->drop_transports();
            one.shard->set_link(nullptr);
        }
    }
    RunningShards(const RunningShards&) = delete;
    RunningShards& operator=(const RunningShards&) = delete;

    [[nodiscard]] std::uint16_t port() { return at(0).listener->port(); }

    template <class Work>
    auto on(ShardIndex shard, Work work) {
        std::promise<decltype(work(std::declval<Broker&>()))> done;
        at(shard).shard->post([&] { done.set_value(work(at(shard).shard->broker())); });
        return done.get_future().get();
    }

    /// Moves the first client that the first shard has had; false when it cannot go at present.
    bool move(ShardIndex from, ShardIndex to, std::uint64_t session = first_session) {
        return on(from, [&](Broker& broker) {
            return broker.move_client(session, to, at(from).shard->now());
        });
    }
    /// As a reload that has changed an option of the listener.
    void replace_listeners() {
        config_.max_topic_alias = 3;
        for (ShardIndex i = 0; i < size; ++i) {
            on(i, [&](Broker&) {
                auto made = std::move(*at(i).listener->successor(config_, 0, nullptr));
                made->take_sockets(*at(i).listener);
                at(i).listener->close();
                replaced_.push_back(std::exchange(at(i).listener, std::move(made)));
                return true;
            });
        }
    }
    /// Whether clients of the first shard have to wait once it has sent this to the next one.
    bool holds_clients_after(ShardMessage message) {
        return on(0, [&](Broker&) {
            links_[0]->send(1, std::move(message));
            links_[0]->flush();
            return links_[0]->held();
        });
    }
    [[nodiscard]] std::size_t clients(ShardIndex shard) {
        return on(shard, [](Broker& broker) { return broker.stats().connections; });
    }
    /// Returns once the client is there.
    void await(ShardIndex shard) {
        while (clients(shard) == 0) {
            std::this_thread::yield();
        }
    }

    static constexpr std::uint64_t first_session = 1;

 private:
    struct One {
        std::unique_ptr<Shard> shard;
        std::unique_ptr<Listener> listener;
        std::thread thread;
    };
    One& at(ShardIndex shard) { return all_[shard]; }
    void prepare(ShardIndex i) {
        links_[i]->connect(links_, i);
        at(i).shard->set_link(links_[i].get());
        BrokerSetup setup;
        setup.self = i;
        setup.shards = size;
        setup.limits = &limits_;
        setup.access = &access_;
        setup.log = &log_;
        setup.neighbours = links_[i].get();
        setup.seed = i + 1U;
        at(i).shard->make_broker(setup);
    }

    ListLog log_;
    OpenAccess access_;
    Limits limits_;
    ConnectionCount count_;
    std::vector<std::unique_ptr<ShardLink>> links_;
    ListenerConfig config_;
    std::array<One, size> all_;
    std::vector<std::unique_ptr<Listener>> replaced_;
};

/// Goes round the shards while its own messages come back to it.
template <class SomeClient>
void goes_round(RunningShards& shards, const SomeClient& client) {
    client.send(connect_packet("c") + subscribe_packet("t"));
    EXPECT_EQ(client.receive(4), connack);
    EXPECT_EQ(client.receive(5).front(), '\x90');
    ShardIndex at = 0;
    for (int round = 0; round < 30; ++round) {
        std::string expected;
        for (int i = 0; i < 20; ++i) {
            expected += publish_packet(
                "t", std::to_string(round) + std::string(i % 3 == 0 ? 20'000 : 10, 'x'));
        }
        const auto next = static_cast<ShardIndex>((at + 1) % RunningShards::size);
        std::thread mover([&] {
            while (!shards.move(at, next)) {
                std::this_thread::yield();
            }
        });
        client.send(expected);
        EXPECT_TRUE(client.receive(expected.size()) == expected) << round;
        mover.join();
        at = next;
        shards.await(at);
    }
}

TEST(ClientMoves, APlainClientGoesRound) {
    RunningShards shards;
    goes_round(shards, RawClient(shards.port()));
}

TEST(ClientMoves, ATlsClientGoesRound) {
    const Folder folder;
    const Signed own = make_certificate({});
    folder.write("cert.pem", own.certificate_pem());
    folder.write("key.pem", own.key_pem());
    ListenerConfig config;
    config.certfile = folder.path("cert.pem");
    config.keyfile = folder.path("key.pem");
    RunningShards shards(config);
    goes_round(shards, TlsClient(shards.port()));
}

TEST(ClientMoves, AClientThatIsGoneLeavesNothing) {
    RunningShards shards;
    for (int i = 0; i < 20; ++i) {
        {
            const RawClient client(shards.port());
            client.send(connect_packet("c"));
            EXPECT_EQ(client.receive(4), connack);
            shards.move(0, 1);
        }
        while (shards.clients(0) + shards.clients(1) > 0) {
            std::this_thread::yield();
        }
    }
}

/// What a connection was promised by its listener holds until it ends, and others have another one.
TEST(ClientMoves, AClientOfAListenerThatIsReplacedStays) {
    RunningShards shards;
    const RawClient client(shards.port());
    client.send(connect_packet("c") + subscribe_packet("t"));
    EXPECT_EQ(client.receive(4), connack);
    EXPECT_EQ(client.receive(5).front(), '\x90');
    shards.replace_listeners();
    EXPECT_FALSE(shards.move(0, 1));
    client.send(publish_packet("t", "x"));
    EXPECT_EQ(client.receive(publish_packet("t", "x").size()), publish_packet("t", "x"));

    const RawClient next(shards.port());
    next.send(connect_packet("d"));
    EXPECT_EQ(next.receive(4), connack);
    EXPECT_TRUE(shards.move(0, 1, RunningShards::first_session + 1));
    shards.await(1);
}

TEST(ClientMoves, LargeMessagesBetweenShardsHoldTheClientsOfTheSender) {
    RunningShards shards;
    const std::vector<std::uint8_t> payload(ShardLink::lane_bytes_max);
    const auto large = [&] {
        return MessageRef::create("t", {}, payload, mqtt::QoS::at_most_once, false, {});
    };
    EXPECT_FALSE(shards.holds_clients_after(SourceLive{}));
    EXPECT_TRUE(shards.holds_clients_after(GroupDelivery{0, large(), {}, 0}));
}

}  // namespace
}  // namespace mq::broker::test
