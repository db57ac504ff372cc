#pragma once

#include "broker/log/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mq::broker {

enum class ListenerProtocol { mqtt, websockets };
enum class SocketDomain { any, ipv4, ipv6 };
enum class TlsVersion { tls1_2, tls1_3 };

/// One `listener` block, complete: what the file leaves out is filled in. In every limit 0 means
/// that there is none, unless said otherwise.
struct ListenerConfig {
    std::uint16_t port = 1883;  ///< 1-65535
    std::string host;           ///< name or address to bind; empty = all interfaces
    SocketDomain socket_domain = SocketDomain::any;
    ListenerProtocol protocol = ListenerProtocol::mqtt;
    bool local_only = false;  ///< made by local-only mode, not by the file

    bool allow_anonymous = false;               ///< may clients without a user name connect here
    std::string auto_id_prefix = "auto-";       ///< begins a client id that the broker makes up
    std::uint32_t max_connections = 0;          ///< clients connected here at once
    std::uint8_t max_qos = 2;                   ///< 0-2
    std::uint16_t max_topic_alias = 10;         ///< from client to broker; 0 = none allowed
    std::uint16_t max_topic_alias_broker = 10;  ///< from broker to client; 0 = none made

    std::string certfile;  ///< PEM chain; with keyfile turns TLS on
    std::string keyfile;   ///< PEM private key
    TlsVersion tls_version_min = TlsVersion::tls1_2;
    std::string ciphers;         ///< OpenSSL list for TLS 1.2; empty = default
    std::string ciphers_tls1_3;  ///< OpenSSL suites for TLS 1.3; empty = default

    [[nodiscard]] bool tls() const { return !certfile.empty(); }
    bool operator==(const ListenerConfig&) const = default;
};

/// What mosquitto.conf says, checked, with the defaults of Mosquitto 2.1 for what it leaves out. A
/// plain value; two of them can be compared on reload. In every limit 0 means that there is none,
/// unless said otherwise.
struct Config {
    std::vector<ListenerConfig> listeners;  ///< never empty after a good parse
    bool local_only = true;                 ///< the file opens no listener: loopback only

    // Who may connect
    std::string password_file;  ///< empty = none
    bool allow_zero_length_clientid = true;
    std::string clientid_prefixes;  ///< client ids must begin so; empty = any

    // Limits
    std::uint32_t max_packet_size = 2'000'000;  ///< bytes, whole packet; at least 20
    std::uint32_t message_size_limit = 0;       ///< bytes of payload, at most 268435455
    std::uint16_t max_inflight_messages = 20;   ///< per client and direction
    std::uint32_t max_inflight_bytes = 0;       ///< payload bytes per client
    std::uint32_t max_queued_messages = 1000;   ///< per client, beyond those in flight
    std::uint32_t max_queued_bytes = 0;         ///< payload bytes per client
    std::uint16_t max_keepalive = 0;            ///< seconds
    std::uint32_t global_max_clients = 0;       ///< sessions, connected or stored
    std::uint32_t global_max_connections = 0;   ///< open connections over all listeners
    std::uint16_t packet_buffer_size = 4096;    ///< bytes, 1-65535; for WebSocket request headers
    std::uint64_t persistent_client_expiration_s = 0;  ///< seconds; 0 = stored sessions stay

    // How messages are handled
    bool queue_qos0_messages = false;
    bool retain_available = true;
    std::uint32_t retain_expiry_interval_min = 0;  ///< minutes; 0 = no sweep
    bool upgrade_outgoing_qos = false;
    bool allow_duplicate_messages = true;

    // Persistence
    bool persistence = false;
    std::string persistence_location;  ///< directory; empty = working directory
    std::string persistence_file = "mosquitto.db";
    std::uint32_t autosave_interval = 1800;  ///< seconds, or changes; 0 = only at exit and SIGUSR1
    bool autosave_on_changes = false;        ///< autosave_interval counts changes

    // The process
    LogSettings log;
    bool connection_messages = true;    ///< log connects and disconnects
    std::uint16_t sys_interval_s = 10;  ///< seconds; 0 turns $SYS off
    std::string pid_file;               ///< empty = none
    std::string user = "mosquitto";     ///< to become, when started as root
    bool user_given = false;            ///< `user` stands in the file
    bool set_tcp_nodelay = false;
    unsigned threads = 0;  ///< 1-64 as asked for; 0 = the broker decides

    bool operator==(const Config&) const = default;

    /// persistence_location and persistence_file joined.
    [[nodiscard]] std::string persistence_path() const;
};

}  // namespace mq::broker
