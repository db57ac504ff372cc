#include "broker/core/mount_point.hpp"

#include "mqtt/topic.hpp"

namespace mq::broker {

std::string_view mount_topic(std::string_view mount_point, std::string_view topic,
                             std::string& scratch) {
    if (mount_point.empty()) {
        return topic;
    }
    scratch.assign(mount_point).append(topic);
    return scratch;
}

std::string mount_filter(std::string_view mount_point, std::string_view filter) {
    std::string whole(filter);
    const auto shared = mqtt::parse_shared_filter(filter);
    whole.insert(shared ? filter.size() - shared->filter.size() : 0, mount_point);
    return whole;
}

bool unmount_topic(std::string_view mount_point, std::string_view& topic) {
    if (mount_point.empty()) {
        return true;
    }
    if (topic.size() <= mount_point.size() || !topic.starts_with(mount_point)) {
        return false;
    }
    topic.remove_prefix(mount_point.size());
    return true;
}

}  // namespace mq::broker
