#pragma once

#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

/// Filters that hold places for a client's names, and filters against filters: what access lists
/// are made of. `mqtt/topic.hpp` has the plain questions.
namespace mq::client {

struct Level {
    std::string_view text;
    /// A name that was put in: its characters mean themselves, wildcards included.
    bool literal = false;

    [[nodiscard]] bool is_plus() const { return !literal && text == "+"; }
    [[nodiscard]] bool is_hash() const { return !literal && text == "#"; }
};

/// A topic or filter, cut at its slashes; views of the text.
using Levels = std::vector<Level>;

Levels split_levels(std::string_view text);

struct ClientNames {
    std::string_view client_id;
    std::string_view user_name;
};

/// Which names may fill a place.
enum class PatternNames : std::uint8_t {
    any_text,        ///< any; "a/b" then fits no level
    one_plain_level  ///< none that is "+" or "#" or holds a slash
};

/// A valid filter, in which levels that are `%c` and `%u` are replaced by the names. Nothing when
/// such a name is missing or may not fill a place.
std::optional<Levels> replace_pattern(std::string_view filter, const ClientNames& names,
                                      PatternNames allowed);

/// Whether a valid topic name matches the filter.
bool matches_levels(const Levels& filter, std::string_view topic);

/// Whether each topic that matches `narrow` also matches `wide`.
bool covers(const Levels& wide, const Levels& narrow);

}  // namespace mq::client
