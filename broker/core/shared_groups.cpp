#include "broker/core/shared_groups.hpp"

#include <algorithm>

namespace mq::broker {

SharedMember* SharedGroup::next() {
    for (const bool online : {true, false}) {
        for (std::size_t i = 0; i < members.size(); ++i) {
            SharedMember& member = members[(turn + i) % members.size()];
            if (member.online == online) {
                turn = (turn + i + 1) % members.size();
                return &member;
            }
        }
    }
    return nullptr;
}

SharedGroup& SharedGroups::join(const SharedFilterKey& key, const SharedMember& member,
                                TopicTree& tree, bool& existed) {
    auto& group = groups_[key.text()];
    if (!group) {
        group = std::make_unique<SharedGroup>();
        group->key = key;
        tree.add_group(key.filter, *group);
    }
    const auto found =
        std::find_if(group->members.begin(), group->members.end(), [&](const SharedMember& m) {
            return m.session == member.session && m.shard == member.shard;
        });
    existed = found != group->members.end();
    if (existed) {
        *found = member;
    } else {
        group->members.push_back(member);
        ++members_;
    }
    return *group;
}

bool SharedGroups::leave(const SharedFilterKey& key, ShardIndex shard, std::uint64_t session,
                         TopicTree& tree, bool& group_ended) {
    group_ended = false;
    const auto found = groups_.find(key.text());
    if (found == groups_.end()) {
        return false;
    }
    SharedGroup& group = *found->second;
    const std::size_t left = std::erase_if(group.members, [&](const SharedMember& m) {
        return m.session == session && m.shard == shard;
    });
    members_ -= left;
    if (group.members.empty()) {
        tree.remove_group(key.filter, group);
        groups_.erase(found);
        group_ended = true;
    }
    return left > 0;
}

SharedMember* SharedGroups::find(const SharedFilterKey& key, ShardIndex shard,
                                 std::uint64_t session) {
    const auto found = groups_.find(key.text());
    if (found == groups_.end()) {
        return nullptr;
    }
    for (SharedMember& member : found->second->members) {
        if (member.session == session && member.shard == shard) {
            return &member;
        }
    }
    return nullptr;
}

}  // namespace mq::broker
