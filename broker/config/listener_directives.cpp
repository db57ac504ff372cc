#include "broker/config/directive.hpp"

namespace mq::broker::config {
namespace {

std::string not_here(std::string_view line) {
    return "'" + std::string(line) + "' is not available in this version";
}

std::string open_listener(Draft& draft, const Value& value) {
    draft.listeners.emplace_back();
    draft.current = draft.listeners.size() - 1;
    if (value.number == 0) {
        return not_here("listener 0 PATH") + ": Unix sockets are not there yet; give a port";
    }
    ListenerConfig& listener = draft.listeners.back().config;
    listener.port = static_cast<std::uint16_t>(value.number);
    listener.host = value.rest;
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
    if (value.text == "http_api") {
        return not_here("protocol http_api") + "; there are mqtt and websockets";
    }
    draft.listener().config.protocol =
        value.text == "websockets" ? ListenerProtocol::websockets : ListenerProtocol::mqtt;
    return {};
}

std::string set_socket_domain(Draft& draft, const Value& value) {
    draft.listener().config.socket_domain =
        value.text == "ipv4" ? SocketDomain::ipv4 : SocketDomain::ipv6;
    return {};
}

std::string set_tls_version(Draft& draft, const Value& value) {
    if (value.text == "tlsv1.1") {
        return not_here("tls_version tlsv1.1") +
               ": it is no longer safe; there are tlsv1.2 and tlsv1.3";
    }
    draft.listener().config.tls_version_min =
        value.text == "tlsv1.3" ? TlsVersion::tls1_3 : TlsVersion::tls1_2;
    return {};
}

bool when_all_levels(const Value& value) {
    return value.flag;
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
        {"protocol", listener, word("mqtt websockets http_api"), set_protocol},
        {"socket_domain", listener, word("ipv4 ipv6"), set_socket_domain},
        {"bind_interface", listener, text(), not_available},
        {"accept_protocol_versions", explicit_listener, protocol_levels(), not_available,
         when_all_levels},
        {"enable_proxy_protocol", explicit_listener, integer(1, 2), not_available},
        {"proxy_protocol_v2_require_tls", explicit_listener, boolean(), not_available, when_false},
        {"http_dir", listener, text(), not_available},
        {"websockets_origin", explicit_listener, last_text(), not_available},

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
        {"mount_point", explicit_listener, topic_prefix(), not_available},
        {"use_username_as_clientid", listener, boolean(), not_available, when_false},

        // TLS
        {"certfile", listener, last_text(), set<&ListenerConfig::certfile>},
        {"keyfile", listener, last_text(), set<&ListenerConfig::keyfile>},
        {"tls_version", explicit_listener, word("tlsv1.3 tlsv1.2 tlsv1.1"), set_tls_version},
        {"ciphers", listener, text(), set<&ListenerConfig::ciphers>},
        {"ciphers_tls1.3", listener, text(), set<&ListenerConfig::ciphers_tls1_3>},
        {"cafile", explicit_listener, last_text(), not_available},
        {"capath", listener, last_text(), not_available},
        {"crlfile", listener, last_text(), not_available},
        {"dhparamfile", listener, last_text(), not_available},
        {"disable_client_cert_date_checks", explicit_listener, boolean(), not_available,
         when_false},
        {"require_certificate", listener, boolean(), not_available, when_false},
        {"tls_engine", listener, text(), not_available},
        {"tls_engine_kpass_sha1", listener, hexadecimal(40), not_available},
        {"tls_keyform", listener, text(), not_available, when_pem},
        {"use_identity_as_username", listener, boolean(), not_available, when_false},
        {"use_subject_as_username", listener, boolean(), not_available, when_false},
        {"psk_hint", listener, text(), not_available},
    };
    return table;
}

}  // namespace mq::broker::config
