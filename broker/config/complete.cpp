#include "broker/config/directive.hpp"
#include "broker/config/parser.hpp"

#include <algorithm>
#include <initializer_list>
#include <utility>

namespace mq::broker::config {
namespace {

using Diagnostics = std::vector<Diagnostic>;

/// Where a listener's directive stands; empty for listeners that no file names.
Places place_of(const ListenerDraft& listener, std::string_view directive) {
    const auto found = listener.seen.find(directive);
    return found == listener.seen.end() ? Places{} : found->second;
}

/// Where a listener begins: its `listener` line, or what made the default listener.
Places place_of(const ListenerDraft& listener) {
    for (const std::string_view name : {"listener", "port", "bind_address"}) {
        if (auto places = place_of(listener, name); !places.empty()) {
            return places;
        }
    }
    return {};
}

std::string name_of(const ListenerConfig& listener) {
    if (listener.is_unix()) {
        return "listener 0 " + listener.unix_path;
    }
    return "listener " + std::to_string(listener.port) +
           (listener.host.empty() ? "" : " " + listener.host);
}

/// Loopback only, over IPv4 and IPv6, with the options that stand in the file without a listener.
std::vector<ListenerDraft> local_listeners(const ListenerDraft& options,
                                           const ConfigCircumstances& circumstances) {
    std::vector<std::uint16_t> ports = circumstances.local_ports;
    if (ports.empty()) {
        ports.push_back(options.config.port);
    }
    std::vector<ListenerDraft> listeners;
    for (const std::uint16_t port : ports) {
        for (const bool ipv6 : {false, true}) {
            ListenerDraft& listener = listeners.emplace_back(options);
            listener.config.port = port;
            listener.config.host = ipv6 ? "::1" : "127.0.0.1";
            listener.config.socket_domain = ipv6 ? SocketDomain::ipv6 : SocketDomain::ipv4;
            listener.config.local_only = true;
        }
    }
    return listeners;
}

void warn_of_lost_options(const ListenerDraft& options, Diagnostics& diagnostics) {
    for (const auto& [name, places] : options.seen) {
        const bool security = find_directive(name)->scope == Scope::security;
        diagnostics.push_back(
            {security ? Severity::error : Severity::warning,
             "'" + std::string(name) +
                 "' has no effect: it stands above the first 'listener' line. Put it "
                 "below the listener that it is meant for.",
             places});
    }
}

/// Adds the default or the local listeners; true in local-only mode.
bool choose_listeners(Draft& draft, const ConfigCircumstances& circumstances,
                      Diagnostics& diagnostics) {
    const Seen& seen = draft.default_listener.seen;
    if (seen.contains("port") || seen.contains("bind_address")) {
        draft.listeners.insert(draft.listeners.begin(), draft.default_listener);
        return false;
    }
    if (!draft.listeners.empty()) {
        warn_of_lost_options(draft.default_listener, diagnostics);
        return false;
    }
    draft.listeners = local_listeners(draft.default_listener, circumstances);
    return true;
}

void check_tls(const ListenerDraft& listener, Diagnostics& diagnostics) {
    const ListenerConfig& config = listener.config;
    const std::string name = name_of(config);
    if (config.certfile.empty() != config.keyfile.empty()) {
        const bool has_certificate = !config.certfile.empty();
        diagnostics.push_back({Severity::error,
                               std::string("'certfile' and 'keyfile' go together: ") + name +
                                   " has no '" + (has_certificate ? "keyfile" : "certfile") + "'.",
                               place_of(listener, has_certificate ? "certfile" : "keyfile")});
    }
    const auto refuse = [&](bool wrong, std::string_view directive, std::string_view text) {
        if (wrong) {
            diagnostics.push_back(
                {Severity::error,
                 "'" + std::string(directive) + "' of " + name + " " + std::string(text),
                 place_of(listener, directive)});
        }
    };
    const bool certificate = !config.certfile.empty();
    constexpr std::string_view needs_certificate = "needs 'certfile' and 'keyfile'.";
    refuse(!config.cafile.empty() && !certificate, "cafile", needs_certificate);
    refuse(!config.capath.empty() && !certificate, "capath", needs_certificate);
    refuse(!config.crlfile.empty() && !certificate, "crlfile", needs_certificate);
    refuse(config.require_certificate && !certificate, "require_certificate", needs_certificate);
    refuse(
        config.require_certificate && certificate && config.cafile.empty() && config.capath.empty(),
        "require_certificate",
        "needs 'cafile' or 'capath', which say whose certificates are good.");
    refuse(!config.psk_hint.empty() && certificate, "psk_hint",
           "does not go with 'certfile': a listener has either a certificate or pre-shared keys.");
    refuse(!config.psk_hint.empty() && config.security.psk_file.empty(), "psk_hint",
           "needs a 'psk_file', which holds the keys.");
    refuse(config.use_identity_as_username && !config.require_certificate &&
               config.psk_hint.empty() && config.proxy_protocol != 2,
           "use_identity_as_username",
           "needs 'require_certificate true' or 'psk_hint', from which the name is taken.");
    refuse(config.use_subject_as_username && !config.require_certificate, "use_subject_as_username",
           "needs 'require_certificate true', from which the name is taken.");
    refuse(config.proxy_protocol == 2 && certificate, "certfile",
           "does not go with 'enable_proxy_protocol 2': the proxy does TLS.");
    refuse(config.proxy_protocol_v2_require_tls && config.proxy_protocol != 2,
           "proxy_protocol_v2_require_tls", "needs 'enable_proxy_protocol 2'.");
}

/// Options of TCP at a Unix socket, and the other way round.
void check_kind(const ListenerDraft& listener, Diagnostics& diagnostics) {
    const bool is_unix = listener.config.is_unix();
    for (const std::string_view directive :
         {"socket_domain", "bind_interface", "unix_socket_mode"}) {
        const Places places = place_of(listener, directive);
        if (!places.empty() && is_unix != (directive == "unix_socket_mode")) {
            diagnostics.push_back(
                {Severity::error,
                 "'" + std::string(directive) + "' of " + name_of(listener.config) + " is for " +
                     (is_unix ? "TCP ports only." : "Unix sockets only, as 'listener 0 PATH'."),
                 places});
        }
    }
}

/// Options without an effect, though their values are good: a warning each.
void warn_of_no_effect(const ListenerDraft& listener, Diagnostics& diagnostics) {
    const ListenerConfig& config = listener.config;
    const auto warn = [&](std::initializer_list<std::string_view> directives, const char* needs) {
        for (const std::string_view directive : directives) {
            if (Places places = place_of(listener, directive); !places.empty()) {
                diagnostics.push_back({Severity::warning,
                                       "'" + std::string(directive) + "' of " + name_of(config) +
                                           " has no effect: it needs " + needs + ".",
                                       std::move(places)});
            }
        }
    };
    if (config.protocol == ListenerProtocol::mqtt) {
        warn({"http_dir"}, "'protocol websockets', 'auto' or 'http_api'");
    }
    if (config.protocol == ListenerProtocol::mqtt ||
        config.protocol == ListenerProtocol::http_api) {
        warn({"websockets_origin", "websockets_path", "websockets_ping_interval"},
             "'protocol websockets' or 'auto'");
    }
    if (!config.tls()) {
        warn({"tls_version", "ciphers", "ciphers_tls1.3", "dhparamfile"},
             "'certfile' and 'keyfile', or 'psk_hint'");
    }
    if (!config.require_certificate) {
        warn({"crlfile", "disable_client_cert_date_checks"}, "'require_certificate true'");
    }
}

/// The control socket as a listener, which has nothing of what stands in the file for others.
ListenerDraft control_listener(const Draft& draft) {
    constexpr std::uint32_t connections_max = 16;
    ListenerDraft made;
    made.config.port = 0;
    made.config.unix_path = draft.config.control_socket;
    made.config.unix_mode = 0600;
    made.config.max_connections = connections_max;
    made.config.allow_anonymous = true;
    made.config.security.owner_only = true;
    if (const auto places = draft.seen.find("control_socket"); places != draft.seen.end()) {
        made.seen["listener"] = places->second;
    }
    return made;
}

bool same_endpoint(const ListenerConfig& left, const ListenerConfig& right) {
    const bool domains_meet = left.socket_domain == right.socket_domain ||
                              left.socket_domain == SocketDomain::any ||
                              right.socket_domain == SocketDomain::any;
    return left.port == right.port && left.host == right.host &&
           left.unix_path == right.unix_path && left.bind_interface == right.bind_interface &&
           domains_meet;
}

void check_endpoints(const std::vector<ListenerDraft>& listeners, Diagnostics& diagnostics) {
    for (auto listener = listeners.begin(); listener != listeners.end(); ++listener) {
        const bool taken =
            std::any_of(listeners.begin(), listener, [&](const ListenerDraft& before) {
                return same_endpoint(before.config, listener->config);
            });
        if (taken) {
            diagnostics.push_back({Severity::error,
                                   "Duplicate '" + name_of(listener->config) +
                                       "': another listener has this port and address.",
                                   place_of(*listener)});
        }
    }
}

void note_user(const Draft& draft, const ConfigCircumstances& circumstances,
               Diagnostics& diagnostics) {
    const auto user = draft.seen.find("user");
    if (user != draft.seen.end() && !circumstances.is_root) {
        diagnostics.push_back({Severity::notice,
                               "'user' has no effect: the broker was not started as root and keeps "
                               "its user.",
                               user->second});
    }
}

}  // namespace

Config complete(Draft draft, const ConfigCircumstances& circumstances, Diagnostics& diagnostics) {
    draft.config.local_only = choose_listeners(draft, circumstances, diagnostics);
    if (!draft.config.control_socket.empty()) {
        draft.listeners.push_back(control_listener(draft));
    }
    check_endpoints(draft.listeners, diagnostics);
    note_user(draft, circumstances, diagnostics);
    for (ListenerDraft& listener : draft.listeners) {
        if (listener.config.security.owner_only) {
            draft.config.listeners.push_back(std::move(listener.config));
            continue;
        }
        const SecurityDraft& security =
            draft.config.per_listener_settings ? listener.security : draft.security;
        listener.config.security = security.files;
        listener.config.allow_anonymous = listener.allow_anonymous.value_or(
            security.allow_anonymous.value_or(draft.config.local_only));
        listener.config.auto_id_prefix =
            listener.auto_id_prefix.value_or(security.auto_id_prefix.value_or("auto-"));
        check_tls(listener, diagnostics);
        check_kind(listener, diagnostics);
        warn_of_no_effect(listener, diagnostics);
        draft.config.listeners.push_back(std::move(listener.config));
    }
    return std::move(draft.config);
}

}  // namespace mq::broker::config
