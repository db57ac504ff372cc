#include "support/allocation_counter.hpp"
#include "tests/broker/net/running_shard.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mq::bench {
namespace {

using namespace mq::test;
using broker::test::RunningShard;

constexpr int window = 20;
constexpr std::size_t payload_bytes = 100;

/// A client of a real socket that allocates nothing: all packets that it gets have a known size.
class Peer {
 public:
    Peer(const RunningShard& shard, const std::string& id) : client_(shard.port()) {
        client_.send(connect_packet(id));
        EXPECT_EQ(client_.receive_packet(), connack);
    }

    void subscribe(std::string_view filter, int qos) const {
        client_.send(subscribe_packet(filter, qos));
        EXPECT_EQ(client_.receive_packet().front(), '\x90');
    }

    void send(std::string_view bytes) const { client_.send(bytes); }

    /// So many packets of this size; answers each with `answer` and its identifier, which stands at
    /// `id_at`, unless that is 0.
    void take(int count, std::size_t packet_bytes, std::size_t id_at, char answer) {
        std::size_t answers = 0;
        for (int i = 0; i < count; ++i) {
            std::size_t have = 0;
            while (have < packet_bytes) {
                const ssize_t n =
                    ::recv(client_.descriptor(), packet_.data() + have, packet_bytes - have, 0);
                ASSERT_GT(n, 0);
                have += static_cast<std::size_t>(n);
            }
            const char packet[] = {answer, 2, packet_[id_at], packet_[id_at + 1]};
            std::copy(std::begin(packet), std::end(packet), answers_.begin() + answers);
            answers += sizeof packet;
        }
        if (answer != 0) {
            client_.send({answers_.data(), answers});
        }
    }

 private:
    RawClient client_;
    std::array<char, 1024> packet_{};
    std::array<char, std::size_t{4} * window * 16> answers_{};
};

/// Publishers that send a window each, and receivers of all of it.
class Flow {
 public:
    Flow(int publishers, int receivers, int qos) : qos_(qos) {
        for (int i = 0; i < receivers; ++i) {
            receivers_.push_back(std::make_unique<Peer>(shard_, "s" + std::to_string(i)));
            receivers_.back()->subscribe("bench/+/data", qos);
        }
        for (int i = 0; i < publishers; ++i) {
            publishers_.push_back(std::make_unique<Peer>(shard_, "p" + std::to_string(i)));
        }
        const std::string payload(payload_bytes, 'x');
        for (int id = 1; id <= window; ++id) {
            packets_ += publish_packet("bench/0/data", payload, qos, id);
        }
        packet_bytes_ = packets_.size() / window;
        id_at_ = packet_bytes_ - payload_bytes - 2;
    }

    void round() {
        for (const auto& publisher : publishers_) {
            publisher->send(packets_);
        }
        const int count = window * static_cast<int>(publishers_.size());
        for (const auto& receiver : receivers_) {
            receiver->take(count, packet_bytes_, id_at_,
                           qos_ == 0   ? '\0'
                           : qos_ == 1 ? '\x40'
                                       : '\x50');
        }
        if (qos_ == 2) {
            for (const auto& receiver : receivers_) {
                receiver->take(count, 4, 2, '\x70');  // PUBREL, PUBCOMP
            }
        }
        for (const auto& publisher : publishers_) {
            if (qos_ > 0) {
                publisher->take(window, 4, 2, qos_ == 1 ? '\0' : '\x62');  // PUBACK, or PUBREC
            }
            if (qos_ == 2) {
                publisher->take(window, 4, 2, '\0');  // PUBCOMP
            }
        }
    }

 private:
    static broker::Limits without_windows() {
        broker::Limits limits;
        limits.max_inflight_messages = 0;
        limits.max_queued_messages = 0;
        limits.sys_interval = 0;
        return limits;
    }

    RunningShard shard_{{}, without_windows()};
    int qos_;
    std::vector<std::unique_ptr<Peer>> receivers_;
    std::vector<std::unique_ptr<Peer>> publishers_;
    std::string packets_;
    std::size_t packet_bytes_ = 0;
    std::size_t id_at_ = 0;
};

/// How much lies in queues at a time depends on who is served when, so they may grow for a while.
void expect_no_allocations(Flow& flow) {
    constexpr int rounds_max = 3000;
    constexpr int rounds_without = 50;
    int without = 0;
    for (int i = 0; i < rounds_max && without < rounds_without; ++i) {
        const std::size_t before = allocation_count();
        flow.round();
        without = allocation_count() == before ? without + 1 : 0;
    }
    EXPECT_EQ(without, rounds_without) << "rounds without an allocation, one after another";
}

class ShardAllocations : public testing::TestWithParam<int> {};

TEST_P(ShardAllocations, NoneForAPublishFromOneToOne) {
    Flow flow(1, 1, GetParam());
    expect_no_allocations(flow);
}

TEST_P(ShardAllocations, NoneForAPublishToMany) {
    Flow flow(1, 16, GetParam());
    expect_no_allocations(flow);
}

TEST_P(ShardAllocations, NoneForPublishesFromMany) {
    Flow flow(8, 1, GetParam());
    expect_no_allocations(flow);
}

INSTANTIATE_TEST_SUITE_P(AtQoS, ShardAllocations, testing::Values(0, 1, 2));

}  // namespace
}  // namespace mq::bench
