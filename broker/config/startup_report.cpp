#include "broker/config/startup_report.hpp"

#include <algorithm>

namespace mq::broker {
namespace {

bool is_loopback(const std::string& host) {
    return host == "localhost" || host == "::1" || host.starts_with("127.");
}

/// A Unix socket to which other users of this machine, outside its group, cannot connect.
bool is_private(const ListenerConfig& listener) {
    return listener.is_unix() && (listener.unix_mode & 0002U) == 0;
}

std::string place_text(const ListenerConfig& listener) {
    if (listener.is_unix()) {
        return "programs on this machine";
    }
    std::string family;
    if (listener.socket_domain != SocketDomain::any && !listener.local_only) {
        family = listener.socket_domain == SocketDomain::ipv4 ? ", IPv4 only" : ", IPv6 only";
    }
    if (listener.host.empty()) {
        return "all interfaces" + family;
    }
    return listener.host + (is_loopback(listener.host) ? " (this machine only)" : "") + family;
}

std::string protocol_text(const ListenerConfig& listener) {
    switch (listener.protocol) {
        case ListenerProtocol::http_api:
            return std::string("HTTP, no MQTT") + (listener.tls() ? ", with TLS" : ", without TLS");
        case ListenerProtocol::automatic:
            return std::string("MQTT and MQTT over WebSockets, ") +
                   (listener.tls_only() ? "with TLS"
                    : listener.tls()    ? "with or without TLS"
                                        : "without TLS");
        case ListenerProtocol::websockets:
            return std::string("MQTT over WebSockets") +
                   (listener.tls() ? " with TLS" : " without TLS");
        case ListenerProtocol::mqtt:
            break;
    }
    return std::string("MQTT") + (listener.tls() ? " with TLS" : " without TLS");
}

/// Whether TLS, or a proxy that does TLS, says which user a client is.
bool names_users(const ListenerConfig& listener) {
    return listener.use_identity_as_username || listener.use_subject_as_username;
}

/// What a client has to show before it can say anything; empty: nothing.
std::string proof_text(const ListenerConfig& listener) {
    if (!listener.psk_hint.empty()) {
        return "a key of " + listener.security.psk_file;
    }
    if (listener.require_certificate) {
        return "a certificate that " +
               (listener.cafile.empty() ? listener.capath : listener.cafile) + " vouches for";
    }
    return names_users(listener) ? "a certificate that the proxy has verified" : "";
}

std::string accounts_text(const ListenerConfig& listener) {
    const bool passwords = !listener.security.password_file.empty();
    if (listener.allow_anonymous) {
        return passwords ? "anyone without a user name, or with a name and password of " +
                               listener.security.password_file
                         : "anyone, without a password";
    }
    return passwords ? "users of " + listener.security.password_file + " with their password"
                     : "nobody";
}

std::string clients_text(const ListenerConfig& listener) {
    if (listener.protocol == ListenerProtocol::http_api) {
        return "anyone, without a login: the broker's state" +
               (listener.http_dir.empty() ? "" : " and the files of " + listener.http_dir);
    }
    const std::string proof = proof_text(listener);
    if (names_users(listener)) {
        return "clients with " + proof + ", under the name in it";
    }
    if (!proof.empty()) {
        return "clients with " + proof + "; of them to " + accounts_text(listener);
    }
    return accounts_text(listener);
}

std::string place_name(const ListenerConfig& listener) {
    return listener.is_unix() ? "socket " + listener.unix_path
                              : "port " + std::to_string(listener.port);
}

std::string listener_text(const ListenerConfig& listener) {
    return "Listener on " + place_name(listener) + ", " + place_text(listener) + ": " +
           protocol_text(listener) + "; open to " + clients_text(listener) + ".";
}

void warn(std::vector<ReportLine>& lines, std::string text) {
    lines.push_back({LogType::warning, std::move(text)});
}

void report_listener(std::vector<ReportLine>& lines, const ListenerConfig& listener) {
    if (listener.security.owner_only) {
        lines.push_back({LogType::information,
                         "Control socket " + listener.unix_path +
                             ": open to programs of the broker's user and of root, for mqctl."});
        return;
    }
    lines.push_back({LogType::information, listener_text(listener)});
    std::string name = place_name(listener);
    name.front() = name.front() == 'p' ? 'P' : 'S';
    const bool passwords = !listener.security.password_file.empty();
    if (listener.protocol == ListenerProtocol::http_api) {
        if (!listener.is_unix() && !is_loopback(listener.host)) {
            warn(lines, name +
                            " shows the broker's state to anyone who can reach it: http_api has no "
                            "login. Bind it to 127.0.0.1, and let a web proxy ask for a password.");
        }
        return;
    }
    if (names_users(listener)) {
        return;  // nobody is anonymous, and no password is asked for
    }
    if (!listener.allow_anonymous && !passwords) {
        warn(lines, name +
                        " lets nobody in: there is no password_file, and allow_anonymous is false. "
                        "Add a password_file line.");
    } else if (listener.allow_anonymous && !listener.tls_only() && !is_loopback(listener.host) &&
               !is_private(listener)) {
        warn(lines, name +
                        " lets in anyone who can reach it, without a password. Set "
                        "allow_anonymous false and a password_file unless that is meant.");
    }
}

void warn_of_proxies(std::vector<ReportLine>& lines, const ListenerConfig& listener) {
    if (listener.proxy_protocol != 0 && !listener.is_unix() && !is_loopback(listener.host)) {
        warn(lines,
             "Port " + std::to_string(listener.port) +
                 " believes the PROXY header of anyone who can reach it. Add a trusted_proxy "
                 "line with the address of the proxy.");
    }
}

void warn_of_control(std::vector<ReportLine>& lines, const Config& config) {
    const auto has_rules = [](const ListenerConfig& listener) {
        return !listener.security.acl_file.empty();
    };
    if (config.enable_control_api &&
        std::none_of(config.listeners.begin(), config.listeners.end(), has_rules)) {
        warn(
            lines,
            "Nobody may use the control interface: $CONTROL/broker/v1 needs a rule in an acl_file, "
            "and there is none.");
    }
}

}  // namespace

std::vector<ReportLine> startup_report(const Config& config) {
    std::vector<ReportLine> lines;
    if (config.local_only) {
        warn(lines, "Starting in local only mode: only programs on this machine can connect.");
        warn(lines,
             "For clients on other machines, write a configuration file with a listener line.");
        warn(lines, "Such a file needs a password_file, or allow_anonymous true to let in anyone.");
    }
    for (const ListenerConfig& listener : config.listeners) {
        report_listener(lines, listener);
        if (config.trusted_proxies.empty()) {
            warn_of_proxies(lines, listener);
        }
    }
    warn_of_control(lines, config);
    return lines;
}

}  // namespace mq::broker
