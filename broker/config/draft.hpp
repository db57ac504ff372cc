#pragma once

#include "broker/config/config.hpp"
#include "broker/config/diagnostic.hpp"

#include <cstddef>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker::config {

/// Where a line stands: itself first, then the include_dir lines that led to it.
using Places = std::vector<Place>;

/// Directives seen for one object, by name; names live in the table of directives.
using Seen = std::map<std::string_view, Places>;

/// What `per_listener_settings` gives each listener its own of, as the file says it.
struct SecurityDraft {
    SecurityConfig files;
    std::optional<bool> allow_anonymous;
    std::optional<std::string> auto_id_prefix;
};

/// A listener block while the file is read: what the file said about it, before defaults that
/// depend on the whole file are filled in.
struct ListenerDraft {
    ListenerConfig config;
    std::optional<bool> allow_anonymous;
    std::optional<std::string> auto_id_prefix;
    SecurityDraft security;  ///< with `per_listener_settings`
    Seen seen;
};

/// A configuration while it is read. Directives write here; `finish` makes a Config of it.
struct Draft {
    Config config;
    SecurityDraft security;          ///< without `per_listener_settings`
    ListenerDraft default_listener;  ///< for listener options above every `listener` line
    std::vector<ListenerDraft> listeners;
    std::optional<std::size_t> current;  ///< index of the `listener` line above in this file
    Seen seen;                           ///< everything but listener options
    std::vector<std::string> notices;    ///< of the line at hand; the parser adds the place

    ListenerDraft& listener() { return current ? listeners[*current] : default_listener; }
    SecurityDraft& security_options() {
        return config.per_listener_settings ? listener().security : security;
    }
};

}  // namespace mq::broker::config
