#pragma once

#include "broker/core/shard_index.hpp"
#include "broker/core/topic_tree.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// Names a shared subscription: `$share/{share_name}/{filter}`.
struct SharedFilterKey {
    std::string share_name;
    std::string filter;

    [[nodiscard]] std::string text() const { return "$share/" + share_name + "/" + filter; }
    bool operator==(const SharedFilterKey&) const = default;
};

struct SharedMember {
    ShardIndex shard = 0;  ///< where the member's session lives
    std::uint64_t session = 0;
    std::uint32_t identifier = 0;  ///< subscription identifier; 0: none
    mqtt::SubscriptionOptions options;
    bool online = false;
};

/// The members of one shared subscription; each message goes to one of them [MQTT-4.8.2-1 ff.].
struct SharedGroup {
    SharedFilterKey key;
    std::vector<SharedMember> members;
    std::size_t turn = 0;
    std::size_t place = 0;  ///< among the groups of its filter, for the topic tree

    /// The next member in turn who is connected, else the next at all. Null when there is none.
    SharedMember* next();
};

/// The shared subscriptions that this shard owns.
class SharedGroups {
 public:
    /// Adds or replaces a member; a new group is put into the tree. `existed` is about the member.
    SharedGroup& join(const SharedFilterKey& key, const SharedMember& member, TopicTree& tree,
                      bool& existed);
    /// False when it was no member. A group without members leaves the tree.
    bool leave(const SharedFilterKey& key, ShardIndex shard, std::uint64_t session, TopicTree& tree,
               bool& group_ended);
    SharedMember* find(const SharedFilterKey& key, ShardIndex shard, std::uint64_t session);
    [[nodiscard]] std::size_t members() const { return members_; }

 private:
    std::unordered_map<std::string, std::unique_ptr<SharedGroup>> groups_;
    std::size_t members_ = 0;
};

}  // namespace mq::broker
