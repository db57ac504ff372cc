#include "client/lib/topic_pattern.hpp"

#include <cstddef>

namespace mq::client {
namespace {

bool may_fill(std::string_view name, PatternNames allowed) {
    if (name.empty()) {
        return false;
    }
    return allowed == PatternNames::any_text ||
           (name != "+" && name != "#" && name.find('/') == std::string_view::npos);
}

bool begins_with_dollar(const Levels& levels) {
    return levels.front().text.starts_with('$');
}

bool begins_with_wildcard(const Levels& levels) {
    return levels.front().is_plus() || levels.front().is_hash();
}

/// Whether `wide` says yes to all that this level of the narrow filter says yes to.
bool covers_level(const Level& wide, const Level& narrow) {
    if (narrow.is_hash()) {
        return false;  // many levels; only another "#" has as many
    }
    return wide.is_plus() || (!narrow.is_plus() && wide.text == narrow.text);
}

}  // namespace

Levels split_levels(std::string_view text) {
    Levels levels;
    for (;;) {
        const std::size_t slash = text.find('/');
        levels.push_back({text.substr(0, slash)});
        if (slash == std::string_view::npos) {
            return levels;
        }
        text.remove_prefix(slash + 1);
    }
}

std::optional<Levels> replace_pattern(std::string_view filter, const ClientNames& names,
                                      PatternNames allowed) {
    Levels levels = split_levels(filter);
    for (Level& level : levels) {
        if (level.text != "%c" && level.text != "%u") {
            continue;
        }
        const std::string_view name = level.text == "%c" ? names.client_id : names.user_name;
        if (!may_fill(name, allowed)) {
            return {};
        }
        level = {name, true};
    }
    return levels;
}

bool matches_levels(const Levels& filter, std::string_view topic) {
    return covers(filter, split_levels(topic));
}

bool covers(const Levels& wide, const Levels& narrow) {
    if (begins_with_wildcard(wide) && begins_with_dollar(narrow)) {
        return false;  // [MQTT-4.7.2-1]
    }
    for (std::size_t i = 0; i < wide.size(); ++i) {
        if (wide[i].is_hash()) {
            return true;  // all that is here, and the parent level of it
        }
        if (i == narrow.size() || !covers_level(wide[i], narrow[i])) {
            return false;
        }
    }
    return wide.size() == narrow.size();
}

}  // namespace mq::client
