#include "broker/core/interest.hpp"

namespace mq::broker {

std::string Interest::level_of(std::string_view filter) {
    const std::string_view level = filter.substr(0, filter.find('/'));
    return level == "+" ? "#" : std::string(level);
}

bool Interest::remove(std::string_view filter) {
    const auto found = own_.find(level_of(filter));
    if (found == own_.end() || --found->second > 0) {
        return false;
    }
    own_.erase(found);
    return true;
}

void Interest::set(ShardIndex shard, const std::string& level, bool present) {
    if (present) {
        others_[shard].insert(level);
    } else {
        others_[shard].erase(level);
    }
}

bool Interest::wants(ShardIndex shard, std::string_view topic) const {
    const auto& levels = others_[shard];
    if (levels.empty()) {
        return false;
    }
    const bool wildcards = topic.empty() || topic.front() != '$';
    return (wildcards && levels.contains("#")) || levels.contains(topic.substr(0, topic.find('/')));
}

}  // namespace mq::broker
