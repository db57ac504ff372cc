#include "broker/config/directive.hpp"

namespace mq::broker::config {
namespace {

constexpr std::size_t unix_path_bytes_max = 107;

std::string open_listener(Draft& draft, const Value& value) {
    draft.listeners.emplace_back();
    draft.current = draft.listeners.size() - 1;
    ListenerConfig& listener = draft.listeners.back().config;
    listener.port = static_cast<std::uint16_t>(value.number);
    (value.number == 0 ? listener.unix_path : listener.host) = value.rest;
    if (listener.unix_path.size() > unix_path_bytes_max) {
        return "Invalid 'listener' value: the path of a Unix socket must have at most " +
               std::to_string(unix_path_bytes_max) + " bytes";
    }
    if (listener.unix_path.starts_with('@')) {
        return "Invalid 'listener' value: abstract sockets are open to every user of this machine; "
               "give the path of a file";
    }
    return {};
}

std::string set_default_port(Draft& draft, const Value& value) {
    if (draft.default_listener.seen.contains("port")) {
        draft.notices.emplace_back("'port' is given twice; the last one counts");
    }
    draft.default_listener.config.port = static_cast<std::uint16_t>(value.number);
    return {};
}

std::string set_bind_address(Draft& draft, const Value& value) {
    draft.default_listener.config.host = value.text;
    return {};
}

std::string set_protocol(Draft& draft, const Value& value) {
    ListenerProtocol& protocol = draft.listener().config.protocol;
    if (value.text == "websockets") {
        protocol = ListenerProtocol::websockets;
    } else if (value.text == "auto") {
        protocol = ListenerProtocol::automatic;
    } else if (value.text == "http_api") {
        protocol = ListenerProtocol::http_api;
    } else {
        protocol = ListenerProtocol::mqtt;
    }
    return {};
}

std::string set_socket_domain(Draft& draft, const Value& value) {
    draft.listener().config.socket_domain =
        value.text == "ipv4" ? SocketDomain::ipv4 : SocketDomain::ipv6;
    return {};
}

std::string set_tls_version(Draft& draft, const Value& value) {
    TlsVersion& version = draft.listener().config.tls_version_min;
    if (value.text == "tlsv1.1") {
        draft.notices.emplace_back(
            "'tls_version tlsv1.1' lets clients use a version that is no longer safe");
        version = TlsVersion::tls1_1;
    } else {
        version = value.text == "tlsv1.3" ? TlsVersion::tls1_3 : TlsVersion::tls1_2;
    }
    return {};
}

std::string set_websockets_path(Draft& draft, const Value& value) {
    if (!value.text.starts_with('/')) {
        return "Invalid 'websockets_path' value: it must begin with a slash, as in /mqtt";
    }
    draft.listener().config.websockets_paths.push_back(value.text);
    return {};
}

bool when_pem(const Value& value) {
    return value.text != "engine";
}

constexpr std::int64_t short_max = 65535;

}  // namespace

std::span<const Directive> listener_directives() {
    using enum Scope;
    static const Directive table[] = {
        // Address and protocol
        {"listener", global, endpoint(), open_listener},
        {"port", default_listener, integer(1, short_max), set_default_port},
        {"bind_address", default_listener, text(), set_bind_address},
        {"protocol", listener, word("mqtt websockets auto http_api"), set_protocol},
        {"socket_domain", listener, word("ipv4 ipv6"), set_socket_domain},
        {"bind_interface", listener, text(), set<&ListenerConfig::bind_interface>},
        {"unix_socket_mode", explicit_listener, integer(0, 0777), set<&ListenerConfig::unix_mode>},
        {"accept_protocol_versions", explicit_listener, protocol_levels(),
         set<&ListenerConfig::accept_protocol_versions>},
        {"enable_proxy_protocol", explicit_listener, integer(1, 2),
         set<&ListenerConfig::proxy_protocol>},
        {"proxy_protocol_v2_require_tls", explicit_listener, boolean(),
         set<&ListenerConfig::proxy_protocol_v2_require_tls>},
        {"http_dir", listener, text(), set<&ListenerConfig::http_dir>},
        {"websockets_origin", explicit_listener, last_text(),
         set<&ListenerConfig::websockets_origins>},
        {"websockets_path", explicit_listener, last_text(), set_websockets_path},
        {"websockets_ping_interval", explicit_listener, integer(0, short_max),
         set<&ListenerConfig::websockets_ping_interval_s>},

        // Clients
        {"listener_allow_anonymous", explicit_listener, boolean(),
         set<&ListenerDraft::allow_anonymous>},
        {"listener_auto_id_prefix", explicit_listener, text(50),
         set<&ListenerDraft::auto_id_prefix>},
        {"max_connections", listener, raised_integer(0, int_max),
         set<&ListenerConfig::max_connections>},
        {"max_qos", listener, integer(0, 2), set<&ListenerConfig::max_qos>},
        {"maximum_qos", listener, integer(0, 2), set<&ListenerConfig::max_qos>},
        {"max_topic_alias", explicit_listener, integer(0, short_max),
         set<&ListenerConfig::max_topic_alias>},
        {"max_topic_alias_broker", explicit_listener, integer(0, short_max),
         set<&ListenerConfig::max_topic_alias_broker>},
        {"mount_point", explicit_listener, topic_prefix(), set<&ListenerConfig::mount_point>},
        {"use_username_as_clientid", listener, boolean(),
         set<&ListenerConfig::use_username_as_clientid>},

        // TLS
        {"certfile", listener, last_text(), set<&ListenerConfig::certfile>},
        {"keyfile", listener, last_text(), set<&ListenerConfig::keyfile>},
        {"tls_version", explicit_listener, word("tlsv1.3 tlsv1.2 tlsv1.1"), set_tls_version},
        {"ciphers", listener, text(), set<&ListenerConfig::ciphers>},
        {"ciphers_tls1.3", listener, text(), set<&ListenerConfig::ciphers_tls1_3>},
        {"cafile", explicit_listener, last_text(), set<&ListenerConfig::cafile>},
        {"capath", listener, last_text(), set<&ListenerConfig::capath>},
        {"crlfile", listener, last_text(), set<&ListenerConfig::crlfile>},
        {"dhparamfile", listener, last_text(), set<&ListenerConfig::dhparamfile>},
        {"disable_client_cert_date_checks", explicit_listener, boolean(),
         set<&ListenerConfig::disable_client_cert_date_checks>},
        {"require_certificate", listener, boolean(), set<&ListenerConfig::require_certificate>},
        {"tls_engine", listener, text(), not_available},
        {"tls_engine_kpass_sha1", listener, hexadecimal(40), not_available},
        {"tls_keyform", listener, text(), not_available, when_pem},
        {"use_identity_as_username", listener, boolean(),
         set<&ListenerConfig::use_identity_as_username>},
        {"use_subject_as_username", listener, boolean(),
         set<&ListenerConfig::use_subject_as_username>},
        {"psk_hint", listener, text(), set<&ListenerConfig::psk_hint>},
    };
    return table;
}

}  // namespace mq::broker::config
