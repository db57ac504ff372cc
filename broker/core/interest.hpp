#pragma once

#include "broker/core/shard_index.hpp"

#include <array>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// Places of a filter's key that have become taken or free, for the others to note.
struct InterestSlots {
    std::array<std::uint32_t, 2> slots{};
    std::uint8_t count = 0;
};

/// Which topics the shards want: what this shard has subscriptions for, and what the others have
/// said. May say yes too often, never no wrongly. Not used with one shard.
///
/// A filter counts by a key: itself where it has no wildcard, else what is before the first one,
/// as any topic below. Keys are not kept, but two hashed places of each, in a table of 65,536 for
/// either kind (Bloom filters that count, so that keys can be taken back). With 10,000 filters
/// without wildcards a topic that nobody wants finds both its places taken in 7 of 100 cases, and
/// then goes to a shard in vain. The tables are the limit of what a million subscriptions take; all
/// is passed on then. Filters of $SYS count as one.
class Interest {
 public:
    /// At most 64 shards.
    explicit Interest(ShardIndex shards);

    /// Counts a filter of our own in; what the others have to be told.
    InterestSlots add(std::string_view filter);
    /// The opposite.
    InterestSlots remove(std::string_view filter);

    void set(ShardIndex shard, const InterestSlots& slots, bool present);
    /// The other shards that want messages of this topic: bit 0 for shard 0, and so on.
    [[nodiscard]] std::uint64_t wanting(std::string_view topic) const;
    [[nodiscard]] bool wants(ShardIndex shard, std::string_view topic) const {
        return (wanting(topic) >> shard & 1U) != 0;
    }
    /// Changes with every change of what the others want.
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

 private:
    using Places = std::bitset<2 * 65'536>;

    [[nodiscard]] std::uint64_t having(const std::array<std::uint32_t, 2>& places) const;

    std::unordered_map<std::uint32_t, std::uint32_t> own_;  ///< filters by place
    std::vector<std::unique_ptr<Places>> others_;           ///< null: has said nothing yet
    std::uint64_t epoch_ = 0;
};

}  // namespace mq::broker
