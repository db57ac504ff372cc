#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

/// Topic names, topic filters and shared subscriptions, MQTT 5.0 §4.7 and §4.8. Arguments are
/// well-formed UTF-8 (utf8.hpp); comparisons are by byte [MQTT-4.7.3-4].
namespace mq::mqtt {

/// Deepest topic that is accepted, as levels: 200 slashes, as in Mosquitto. Keeps recursion and
/// cost bounded.
inline constexpr std::size_t topic_levels_max = 201;

/// At least one character, no wildcard, no U+0000, at most 65,535 bytes and `topic_levels_max`
/// levels.
bool is_valid_topic_name(std::string_view topic);

/// Wildcards only where §4.7.1 allows them; limits as for a name. A `$share/` filter is judged by
/// `parse_shared_filter`, not here.
bool is_valid_topic_filter(std::string_view filter);

/// Whether a topic name matches a filter, `$`-rule included [MQTT-4.7.2-1]. Both are valid.
bool matches(std::string_view filter, std::string_view topic);

struct SharedFilter {
    std::string_view share_name;
    std::string_view filter;
};

/// Whether this filter claims to be shared: it begins with `$share/` (or is `$share`).
bool is_shared_filter(std::string_view filter);

/// The parts of `$share/{ShareName}/{filter}`; empty when share name or filter is not valid
/// [MQTT-4.8.2-1, 2].
std::optional<SharedFilter> parse_shared_filter(std::string_view filter);

}  // namespace mq::mqtt
