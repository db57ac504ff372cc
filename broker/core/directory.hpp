#pragma once

#include "broker/core/shared_groups.hpp"

#include <cstdint>
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
    /// By the claim with this ticket the session is to live on `shard` from now on. Returns where
    /// it lived until now, if anywhere.
    std::optional<ShardIndex> claim(const std::string& client_id, ShardIndex shard,
                                    std::uint64_t ticket) {
        const auto [entry, fresh] = owners_.try_emplace(client_id, Owner{shard, ticket});
        if (fresh) {
            return std::nullopt;
        }
        return std::exchange(entry->second, Owner{shard, ticket}).shard;
    }

    /// The same for a session that its shard `from` passes on; false when it has been claimed from
    /// there already.
    bool pass(const std::string& client_id, ShardIndex from, ShardIndex to, std::uint64_t ticket) {
        const auto found = owners_.find(client_id);
        if (found == owners_.end() || found->second.shard != from) {
            return false;
        }
        found->second = {to, ticket};
        return true;
    }

    /// The session that `shard` had by this claim has ended; passed over when it has been claimed
    /// since, by whichever shard.
    void gone(const std::string& client_id, ShardIndex shard, std::uint64_t ticket) {
        const auto found = owners_.find(client_id);
        if (found != owners_.end() && found->second.shard == shard &&
            found->second.ticket == ticket) {
            owners_.erase(found);
        }
    }

    [[nodiscard]] std::size_t size() const { return owners_.size(); }

 private:
    struct Owner {
        ShardIndex shard;
        std::uint64_t ticket;
    };
    std::unordered_map<std::string, Owner> owners_;
};

}  // namespace mq::broker
