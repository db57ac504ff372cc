#pragma once

#include "broker/core/filter_subscribers.hpp"
#include "broker/core/interest.hpp"
#include "broker/core/level_trie.hpp"
#include "broker/core/text_hash.hpp"
#include "mqtt/packet.hpp"

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// All that is to get messages of one topic.
struct Route {
    std::vector<Subscriber> subscribers;  ///< those of one session stand together
    std::vector<SharedGroup*> groups;
    std::uint64_t shards = 0;  ///< others that want them: bit 0 for shard 0, and so on
};

/// The subscriptions of a shard by filter. Sessions and groups are borrowed: whoever ends one takes
/// its subscriptions out first.
class TopicTree {
 public:
    using Trie = LevelTrie<FilterSubscribers>;
    using Node = Trie::Node;

    /// Adds or replaces the session's subscription to this filter. `existed` tells which it was.
    Node& subscribe(std::string_view filter, const Subscriber& subscriber, bool& existed);
    /// Where the session has a subscription to this very filter; null when it has none.
    [[nodiscard]] Node* find(std::string_view filter, const Session& session);
    /// Takes the session's subscription out of such a node.
    void remove(Node& node, const Session& session);

    /// Takes the same time however many groups share the filter; so does `remove_group`.
    void add_group(std::string_view filter, SharedGroup& group);
    void remove_group(std::string_view filter, const SharedGroup& group);

    /// Changes with every change of the subscriptions.
    [[nodiscard]] std::uint64_t epoch() const { return epoch_; }

    void match(std::string_view topic, Route& route) const;
    /// Whether a filter begins with this level.
    [[nodiscard]] bool has_below(std::string_view level) const {
        return trie_.root().child(level) != nullptr;
    }

    static std::string filter(const Node& node) { return Trie::path(node); }
    void for_each(const std::function<void(const Node&)>& visit) const;

 private:
    Trie trie_;
    std::uint64_t epoch_ = 0;
};

/// Remembers where messages of a topic go, until the subscriptions or what other shards want
/// change. Where there are so many topics that it is full before it has been of use, it stands
/// aside for a while.
class RouteCache {
 public:
    static constexpr std::size_t topics_max = 8192;
    static constexpr std::size_t topic_bytes_max = 256;
    /// Topics that are not remembered after such a failure.
    static constexpr std::size_t pause_max = 16 * topics_max;

    /// The route, good until the next call.
    const Route& find(std::string_view topic, const TopicTree& tree, const Interest& interest);

    [[nodiscard]] std::size_t size() const { return routes_.size(); }

 private:
    void make_room();

    TextMap<Route> routes_;
    std::size_t hits_ = 0;   ///< since it was empty
    std::size_t pause_ = 0;  ///< topics that are not remembered
    std::uint64_t epoch_ = 0;
    Route uncached_;
};

}  // namespace mq::broker
