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

/// What the others have to note of what a shard wants.
struct InterestNews {
    enum class Kind : std::uint8_t {
        none,
        taken,       ///< these places, too
        freed,       ///< these places no more
        everything,  ///< from now on, whatever the places
        only,        ///< these places and nothing else any more
    } kind = Kind::none;
    std::vector<std::uint32_t> places;
};

/// Which topics the shards want: what this shard has subscriptions for, and what the others have
/// said. May say yes too often, never no wrongly. Not used with one shard.
///
/// A filter counts by a key: itself where it has no wildcard, else what is before the first one,
/// as any topic below. Keys are not kept, but two hashed places of each, in a table of 65,536 for
/// either kind (Bloom filters that count, so that keys can be taken back). With 10,000 filters
/// without wildcards a topic that nobody wants finds both its places taken in 7 of 100 cases, and
/// then goes to a shard in vain. A shard that has taken more than `places_told_max` says once that
/// it wants everything, and tells places again when it has half as many left: so the millionth
/// subscription costs the others nothing. Filters of $SYS count as one.
class Interest {
 public:
    /// At most 64 shards.
    explicit Interest(ShardIndex shards);

    static constexpr std::size_t places_told_max = 20'000;

    /// Counts a filter of our own in; what the others have to be told.
    InterestNews add(std::string_view filter);
    /// The opposite, of a filter that has been added.
    InterestNews remove(std::string_view filter);

    void note(ShardIndex shard, const InterestNews& news);
    /// The other shards that want messages of this topic: bit 0 for shard 0, and so on.
    [[nodiscard]] std::uint64_t wanting(std::string_view topic) const;
    [[nodiscard]] bool wants(ShardIndex shard, std::string_view topic) const {
        return (wanting(topic) >> shard & 1U) != 0;
    }
    /// Changes with every change of what the others want.
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

 private:
    static constexpr std::uint32_t places_ = 2 * 65'536;  ///< of both tables

    /// What another shard wants.
    struct Other {
        std::bitset<places_> places;
        bool everything = false;  ///< but for topics that begin with $, which keep to the places
    };

    [[nodiscard]] std::uint64_t having(const std::array<std::uint32_t, 2>& places) const;
    [[nodiscard]] std::uint64_t having_everything() const;

    [[nodiscard]] std::vector<std::uint32_t> own_places() const;

    void count_in(std::uint32_t place);
    void count_out(std::uint32_t place);

    std::vector<std::uint8_t> own_;  ///< filters by place, up to 255; empty before the first
    std::unordered_map<std::uint32_t, std::uint32_t> more_;  ///< of places with more: what is above
    std::size_t taken_ = 0;                                  ///< places of them
    bool everything_ = false;                                ///< the others have been told
    std::vector<std::unique_ptr<Other>> others_;             ///< null: has said nothing yet
    std::uint64_t epoch_ = 0;
};

}  // namespace mq::broker
