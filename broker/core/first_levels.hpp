#pragma once

#include <cstdint>
#include <functional>
#include <limits>
#include <string_view>

namespace mq::broker {

/// A set of first levels of topics, each being one of 64 bits: different levels may share a bit, so
/// that "is in it" means "may be in it".
using FirstLevels = std::uint64_t;

/// That of this topic.
[[nodiscard]] inline FirstLevels first_level_of(std::string_view topic) {
    return FirstLevels{1} << std::hash<std::string_view>{}(topic.substr(0, topic.find('/'))) % 64;
}

/// Those of topics that may match this filter.
[[nodiscard]] inline FirstLevels first_levels_of(std::string_view filter) {
    const bool any = filter.starts_with('+') || filter.starts_with('#');
    return any ? std::numeric_limits<FirstLevels>::max() : first_level_of(filter);
}

}  // namespace mq::broker
