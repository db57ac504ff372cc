#pragma once

#include "broker/core/shared_groups.hpp"

#include <cstddef>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// Which topics the shards want, by first level: what this shard has subscriptions for, and what
/// the others have said. May say yes too often, never no wrongly. Not used with one shard.
class Interest {
 public:
    explicit Interest(ShardIndex shards) : others_(shards) {}

    /// The summary of a filter: its first level, or "#" when that is a wildcard.
    static std::string level_of(std::string_view filter);

    /// Counts a filter of our own in. True when its level is new and the others have to be told.
    bool add(std::string_view filter) { return ++own_[level_of(filter)] == 1; }
    /// True when the level is gone and the others have to be told.
    bool remove(std::string_view filter);

    void set(ShardIndex shard, const std::string& level, bool present);
    [[nodiscard]] bool wants(ShardIndex shard, std::string_view topic) const;

 private:
    std::unordered_map<std::string, std::size_t> own_;
    std::vector<std::set<std::string, std::less<>>> others_;
};

}  // namespace mq::broker
