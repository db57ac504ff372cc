#include "broker/config/directive.hpp"

namespace mq::broker::config {

std::span<const Directive> bridge_directives() {
    using enum Scope;
    constexpr std::int64_t short_max = 65535;
    // Bridges are not there yet. Their lines are checked; the block is refused at its `connection`.
    static const Directive table[] = {
        {"connection", global, last_text(), not_available, nullptr, Opens::bridge},

        // Where to, and what
        {"address", bridge, addresses()},
        {"addresses", bridge, addresses()},
        {"topic", bridge, bridge_topic()},
        {"round_robin", bridge, boolean()},
        {"start_type", bridge, word("automatic lazy once")},
        {"idle_timeout", bridge, raised_integer(1, int_max)},
        {"threshold", bridge, raised_integer(1, int_max)},
        {"restart_timeout", bridge, restart_timeout()},
        {"keepalive_interval", bridge, raised_integer(5, short_max)},
        {"bridge_bind_address", bridge, text()},
        {"bridge_tcp_keepalive", bridge, keepalive_probes()},
        {"bridge_tcp_user_timeout", bridge, integer(0, int_max)},
        {"bridge_reload_type", bridge, word("lazy immediate")},

        // MQTT
        {"bridge_protocol_version", bridge, word("mqttv31 mqttv311 mqttv50")},
        {"bridge_attempt_unsubscribe", bridge, boolean()},
        {"bridge_max_packet_size", bridge, raised_integer(0, int_max)},
        {"bridge_max_topic_alias", bridge, integer(0, short_max)},
        {"bridge_outgoing_retain", bridge, boolean()},
        {"bridge_receive_maximum", bridge, integer(1, short_max)},
        {"bridge_session_expiry_interval", bridge, integer(0, int_max)},
        {"cleansession", bridge, boolean()},
        {"local_cleansession", bridge, boolean()},
        {"notifications", bridge, boolean()},
        {"notifications_local_only", bridge, boolean()},
        {"notification_topic", bridge, text()},
        {"try_private", bridge, boolean()},

        // Names and passwords
        {"clientid", bridge, text()},
        {"remote_clientid", bridge, text()},
        {"username", bridge, text()},
        {"remote_username", bridge, text()},
        {"password", bridge, text()},
        {"remote_password", bridge, text()},
        {"local_clientid", bridge, text()},
        {"local_username", bridge, text()},
        {"local_password", bridge, text()},

        // TLS
        {"bridge_alpn", bridge, text()},
        {"bridge_cafile", bridge, text()},
        {"bridge_capath", bridge, text()},
        {"bridge_certfile", bridge, text()},
        {"bridge_keyfile", bridge, text()},
        {"bridge_ciphers", bridge, text()},
        {"bridge_ciphers_tls1.3", bridge, text()},
        {"bridge_identity", bridge, text()},
        {"bridge_psk", bridge, hexadecimal(0)},
        {"bridge_insecure", bridge, boolean()},
        {"bridge_require_ocsp", bridge, boolean()},
        {"bridge_tls_use_os_certs", bridge, boolean()},
        {"bridge_tls_version", bridge, word("tlsv1.3 tlsv1.2")},
    };
    return table;
}

}  // namespace mq::broker::config
