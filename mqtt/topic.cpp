#include "mqtt/topic.hpp"

#include "mqtt/eight_bytes.hpp"

#include <algorithm>
#include <cstdint>

namespace mq::mqtt {
namespace {

constexpr std::size_t topic_bytes_max = 65'535;
constexpr std::string_view share_prefix = "$share/";

/// `+` and `#` differ in one bit, so one comparison finds both.
constexpr bool has_forbidden_byte(std::uint64_t word) {
    constexpr std::uint64_t difference = low_bits * ('+' ^ '#');
    return has_zero_byte(word) || has_byte(word & ~difference, '+' & '#');
}

constexpr bool is_forbidden_in_name(char c) {
    return c == '\0' || c == '+' || c == '#';
}

/// The last word overlaps the one before it, so that no byte is looked at alone.
bool holds_forbidden_byte(std::string_view topic) {
    const char* at = topic.data();
    const char* end = at + topic.size();
    if (topic.size() < 8) {
        return std::any_of(at, end, is_forbidden_in_name);
    }
    for (; end - at > 8; at += 8) {
        if (has_forbidden_byte(load_eight_bytes(at))) {
            return true;
        }
    }
    return has_forbidden_byte(load_eight_bytes(end - 8));
}

/// Fewer bytes than `topic_levels_max` cannot have too many levels, so most topics skip the count.
bool has_too_many_levels(std::string_view topic) {
    return topic.size() >= topic_levels_max && std::count(topic.begin(), topic.end(), '/') >=
                                                   static_cast<std::ptrdiff_t>(topic_levels_max);
}

/// Takes the first level off `rest`; after the last one `rest` has no data.
std::string_view take_level(std::string_view& rest) {
    const std::size_t slash = rest.find('/');
    const std::string_view level = rest.substr(0, slash);
    rest = slash == std::string_view::npos ? std::string_view() : rest.substr(slash + 1);
    return level;
}

/// `+` and `#` fill a level of their own and `#` is the last [MQTT-4.7.1-1, 2].
bool is_valid_filter_level(std::string_view level, bool last) {
    if (level == "+") {
        return true;
    }
    if (level == "#") {
        return last;
    }
    return level.find_first_of(std::string_view("+#\0", 3)) == std::string_view::npos;
}

}  // namespace

bool is_valid_topic_name(std::string_view topic) {
    return !topic.empty() && topic.size() <= topic_bytes_max && !holds_forbidden_byte(topic) &&
           !has_too_many_levels(topic);
}

bool is_valid_topic_filter(std::string_view filter) {
    if (filter.empty() || filter.size() > topic_bytes_max || has_too_many_levels(filter)) {
        return false;
    }
    bool last = false;
    for (std::string_view rest = filter; !last;) {
        const std::string_view level = take_level(rest);
        last = rest.data() == nullptr;
        if (!is_valid_filter_level(level, last)) {
            return false;
        }
    }
    return true;
}

bool matches(std::string_view filter, std::string_view topic) {
    if (topic.front() == '$' && (filter.front() == '+' || filter.front() == '#')) {
        return false;
    }
    for (;;) {
        const std::string_view wanted = take_level(filter);
        if (wanted == "#") {
            return true;
        }
        const std::string_view level = take_level(topic);
        if (wanted != "+" && wanted != level) {
            return false;
        }
        if (filter.data() == nullptr) {
            return topic.data() == nullptr;
        }
        if (topic.data() == nullptr) {
            return filter == "#";  // "a/#" matches its parent level "a" too
        }
    }
}

bool is_shared_filter(std::string_view filter) {
    return filter.starts_with(share_prefix) || filter == share_prefix.substr(0, 6);
}

std::optional<SharedFilter> parse_shared_filter(std::string_view filter) {
    if (!filter.starts_with(share_prefix) || filter.size() > topic_bytes_max) {
        return {};
    }
    std::string_view rest = filter.substr(share_prefix.size());
    const std::string_view share_name = take_level(rest);
    if (share_name.empty() || holds_forbidden_byte(share_name) || !is_valid_topic_filter(rest)) {
        return {};
    }
    return SharedFilter{share_name, rest};
}

}  // namespace mq::mqtt
