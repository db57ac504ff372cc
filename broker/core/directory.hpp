#pragma once

#include "broker/core/shared_groups.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>

namespace mq::broker {

/// Where the sessions live whose client identifiers fall to this shard by their hash. It puts the
/// claims of several shards to one session into an order. Not used with one shard.
class Directory {
 public:
    /// The session is to live on `shard` from now on. Returns where it lived until now, if
    /// anywhere.
    std::optional<ShardIndex> claim(const std::string& client_id, ShardIndex shard) {
        const auto [entry, fresh] = owners_.try_emplace(client_id, shard);
        if (fresh) {
            return std::nullopt;
        }
        return std::exchange(entry->second, shard);
    }

    /// The session has ended on `shard`; passed over when another has claimed it meanwhile.
    void gone(const std::string& client_id, ShardIndex shard) {
        const auto found = owners_.find(client_id);
        if (found != owners_.end() && found->second == shard) {
            owners_.erase(found);
        }
    }

    [[nodiscard]] std::size_t size() const { return owners_.size(); }

 private:
    std::unordered_map<std::string, ShardIndex> owners_;
};

}  // namespace mq::broker
