#pragma once

#include "mqtt/topic.hpp"

#include <string_view>

namespace mq::broker {

/// Whether no client may publish to this topic, whatever the rules say: `$share` stands for no
/// topic, and under `$SYS` only the broker speaks. But a bridge of another broker tells there, by
/// will and publish, whether it is connected.
inline bool is_reserved_topic(std::string_view topic) {
    if (!topic.starts_with('$')) {
        return false;
    }
    return mqtt::is_shared_filter(topic) || topic == "$SYS" ||
           (topic.starts_with("$SYS/") && !mqtt::matches("$SYS/broker/connection/+/state", topic));
}

/// Whether a topic or filter is of `$CONTROL`: requests to the broker, which nobody but it gets,
/// and its responses. Nobody writes or reads there without a rule that says so.
inline bool is_control_topic(std::string_view topic) {
    return topic.starts_with("$CONTROL/") || topic == "$CONTROL";
}

}  // namespace mq::broker
