#pragma once

#include <array>
#include <bit>
#include <cstddef>
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

/// A set to which topics are added, and from which they are taken again.
class FirstLevelCounts {
 public:
    void add(std::string_view topic) {
        const FirstLevels level = first_level_of(topic);
        ++topics_[static_cast<std::size_t>(std::countr_zero(level))];
        levels_ |= level;
    }
    void remove(std::string_view topic) {
        const FirstLevels level = first_level_of(topic);
        if (--topics_[static_cast<std::size_t>(std::countr_zero(level))] == 0) {
            levels_ &= ~level;
        }
    }
    [[nodiscard]] FirstLevels levels() const { return levels_; }

 private:
    std::array<std::size_t, 64> topics_{};
    FirstLevels levels_ = 0;
};

}  // namespace mq::broker
