#pragma once

#include "broker/core/world.hpp"

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <string_view>

namespace mq::broker::test {

/// A client identifier whose place in the directory is on this shard.
inline std::string id_kept_by(World& world, ShardIndex shard) {
    for (int i = 0;; ++i) {
        std::string id = "c" + std::to_string(i);
        if (world.broker().owner_of(id) == shard) {
            return id;
        }
    }
}

/// Delivers what these two shards have to tell each other, and nothing else.
inline void converse(World& world, ShardIndex a, ShardIndex b) {
    while (world.delivers_one(a, b) || world.delivers_one(b, a)) {
    }
    world.settles();
}

struct TwoShards : testing::Test {
    World world{2};

    Client& connected(std::string_view id, ShardIndex shard, bool clean_start = true) {
        Client& client = world.client(mqtt::Version::v5, shard);
        client.connects(id, clean_start);
        return client;
    }
    /// Delivers what takes the only session but `others` away from a shard, where its ghost stays.
    void until_away(ShardIndex from, ShardIndex to, std::uint64_t others = 1) {
        while (world.broker(from).stats().sessions > others) {
            ASSERT_TRUE(world.delivers_one(from, to) || world.delivers_one(to, from));
        }
    }
    Stats total() {
        Stats sum = world.broker(0).stats();
        sum += world.broker(1).stats();
        return sum;
    }
};

}  // namespace mq::broker::test
