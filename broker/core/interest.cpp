#include "broker/core/interest.hpp"

#include <cassert>
#include <limits>

namespace mq::broker {
namespace {

constexpr std::string_view sys = "$SYS/";
constexpr std::uint8_t counted_max = std::numeric_limits<std::uint8_t>::max();

using TwoPlaces = std::array<std::uint32_t, 2>;

/// FNV-1a over the text, a character at a time, so that each prefix of a topic has its key on the
/// way.
class Hash {
 public:
    void add(char character) {
        state_ = (state_ ^ static_cast<unsigned char>(character)) * 0x100000001B3U;
    }
    /// Of this very topic.
    [[nodiscard]] TwoPlaces exact() const { return places(0); }
    /// Of all topics that begin like this.
    [[nodiscard]] TwoPlaces below() const { return places(0x10000); }

 private:
    [[nodiscard]] TwoPlaces places(std::uint32_t table) const {
        const auto key = static_cast<std::uint32_t>(mixed(state_));
        return {table | (key & 0xFFFFU), table | key >> 16U};
    }
    /// Steele, Lea and Flood, "Fast splittable pseudorandom number generators", 2014: in FNV alone
    /// a low bit never feels the higher ones.
    static std::uint64_t mixed(std::uint64_t value) {
        value = (value ^ value >> 30U) * 0xBF58476D1CE4E5B9U;
        value = (value ^ value >> 27U) * 0x94D049BB133111EBU;
        return value ^ value >> 31U;
    }

    std::uint64_t state_ = 0xCBF29CE484222325U;
};

TwoPlaces places_of(std::string_view filter) {
    const bool is_sys = filter.starts_with(sys);
    const std::size_t wildcard = is_sys ? sys.size() : filter.find_first_of("+#");
    Hash hash;
    for (const char character : filter.substr(0, wildcard)) {
        hash.add(character);
    }
    return wildcard == std::string_view::npos ? hash.exact() : hash.below();
}

}  // namespace

Interest::Interest(ShardIndex shards) : others_(shards) {
    assert(shards <= 64);
}

InterestNews Interest::add(std::string_view filter) {
    using Kind = InterestNews::Kind;
    if (own_.empty()) {
        own_.resize(places_);
    }
    const TwoPlaces places = places_of(filter);
    InterestNews news;
    for (const std::uint32_t place : places) {
        if (own_[place] == 0) {
            news.places.push_back(place);
        }
        count_in(place);
    }
    taken_ += news.places.size();
    if (everything_) {
        // The place may be one that the others have not been told of.
        return filter.starts_with('$') ? InterestNews{Kind::taken, {places.begin(), places.end()}}
                                       : InterestNews{};
    }
    if (taken_ > places_told_max) {
        everything_ = true;
        news.kind = Kind::everything;
    } else if (!news.places.empty()) {
        news.kind = Kind::taken;
    }
    return news;
}

InterestNews Interest::remove(std::string_view filter) {
    using Kind = InterestNews::Kind;
    InterestNews news;
    for (const std::uint32_t place : places_of(filter)) {
        count_out(place);
        if (own_[place] == 0) {
            news.places.push_back(place);
        }
    }
    taken_ -= news.places.size();
    if (everything_ && taken_ <= places_told_max / 2) {
        everything_ = false;
        return {Kind::only, own_places()};
    }
    if (!news.places.empty() && (!everything_ || filter.starts_with('$'))) {
        news.kind = Kind::freed;
    }
    return news;
}

void Interest::count_in(std::uint32_t place) {
    if (own_[place] < counted_max) {
        ++own_[place];
    } else {
        ++more_[place];
    }
}

void Interest::count_out(std::uint32_t place) {
    const auto more = own_[place] < counted_max ? more_.end() : more_.find(place);
    if (more == more_.end()) {
        --own_[place];
    } else if (--more->second == 0) {
        more_.erase(more);
    }
}

std::vector<std::uint32_t> Interest::own_places() const {
    std::vector<std::uint32_t> places;
    for (std::uint32_t place = 0; place < places_; ++place) {
        if (own_[place] > 0) {
            places.push_back(place);
        }
    }
    return places;
}

void Interest::note(ShardIndex shard, const InterestNews& news) {
    using Kind = InterestNews::Kind;
    if (news.kind == Kind::none) {
        return;
    }
    auto& other = others_[shard];
    if (other == nullptr) {
        other = std::make_unique<Other>();
    }
    if (news.kind == Kind::only) {
        other->everything = false;
        other->places.reset();
    }
    other->everything = other->everything || news.kind == Kind::everything;
    for (const std::uint32_t place : news.places) {
        other->places.set(place, news.kind != Kind::freed);
    }
    ++epoch_;
}

std::uint64_t Interest::having(const TwoPlaces& places) const {
    std::uint64_t shards = 0;
    for (std::size_t shard = 0; shard < others_.size(); ++shard) {
        const Other* const other = others_[shard].get();
        if (other != nullptr && other->places[places[0]] && other->places[places[1]]) {
            shards |= std::uint64_t{1} << shard;
        }
    }
    return shards;
}

std::uint64_t Interest::having_everything() const {
    std::uint64_t shards = 0;
    for (std::size_t shard = 0; shard < others_.size(); ++shard) {
        if (others_[shard] != nullptr && others_[shard]->everything) {
            shards |= std::uint64_t{1} << shard;
        }
    }
    return shards;
}

/// "a/b" is wanted by "a/b", and by filters with a wildcard behind "", "a/" or (for "a/b/#")
/// "a/b/".
std::uint64_t Interest::wanting(std::string_view topic) const {
    if (epoch_ == 0) {
        return 0;
    }
    Hash hash;
    std::uint64_t shards = 0;
    if (!topic.starts_with('$')) {  // [MQTT-4.7.2-1]
        shards = having(hash.below()) | having_everything();
    }
    for (const char character : topic) {
        hash.add(character);
        if (character == '/') {
            shards |= having(hash.below());
        }
    }
    shards |= having(hash.exact());
    hash.add('/');
    return shards | having(hash.below());
}

}  // namespace mq::broker
