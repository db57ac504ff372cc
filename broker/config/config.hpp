#pragma once

#include "broker/log/settings.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mq::broker {

/// `automatic` takes MQTT, MQTT over TLS, WebSocket and secure WebSocket on one port, told apart by
/// their first bytes. `http_api` serves status and static files only.
enum class ListenerProtocol { mqtt, websockets, automatic, http_api };
enum class SocketDomain { any, ipv4, ipv6 };
enum class TlsVersion { tls1_1, tls1_2, tls1_3 };

/// Levels of `accept_protocol_versions`, one bit each.
inline constexpr std::uint8_t accept_3_1 = 1;
inline constexpr std::uint8_t accept_3_1_1 = 2;
inline constexpr std::uint8_t accept_5 = 4;
inline constexpr std::uint8_t accept_all_versions = accept_3_1 | accept_3_1_1 | accept_5;

/// Who may connect and what they may do: the options that `per_listener_settings` gives each
/// listener its own of. Listeners with equal settings share one set of loaded files.
struct SecurityConfig {
    std::string password_file;  ///< empty = none
    std::string acl_file;       ///< empty = none: everything is allowed
    std::string psk_file;       ///< empty = none
    bool allow_zero_length_clientid = true;
    /// Only programs of the broker's own user and root get in, without a password, and all they may
    /// do is to ask and order the broker itself.
    bool owner_only = false;

    bool operator==(const SecurityConfig&) const = default;
};

/// Slowing down and refusing whoever guesses passwords; see broker/auth/login_throttle.hpp.
struct LoginThrottleConfig {
    bool enabled = true;
    std::uint32_t window_s = 60;           ///< seconds in which failures are counted
    std::uint32_t slow_after = 10;         ///< failures after which answers are delayed
    std::uint32_t address_failures = 100;  ///< failures after which an address is refused
    std::uint32_t user_failures = 1000;    ///< failures after which a user is refused
    std::uint32_t refuse_s = 60;           ///< seconds for which it is refused then

    bool operator==(const LoginThrottleConfig&) const = default;
};

/// One `listener` block, complete: what the file leaves out is filled in. In every limit 0 means
/// that there is none, unless said otherwise.
struct ListenerConfig {
    std::uint16_t port = 1883;       ///< 1-65535; 0 with `unix_path`
    std::string host;                ///< name or address to bind; empty = all interfaces
    std::string unix_path;           ///< of a Unix socket; empty = TCP
    std::uint16_t unix_mode = 0660;  ///< of the Unix socket, `unix_socket_mode`
    std::string bind_interface;      ///< empty = any
    SocketDomain socket_domain = SocketDomain::any;
    ListenerProtocol protocol = ListenerProtocol::mqtt;
    bool local_only = false;  ///< made by local-only mode, not by the file

    SecurityConfig security;
    bool allow_anonymous = false;               ///< may clients without a user name connect here
    std::string auto_id_prefix = "auto-";       ///< begins a client id that the broker makes up
    std::uint32_t max_connections = 0;          ///< clients connected here at once
    std::uint8_t max_qos = 2;                   ///< 0-2
    std::uint16_t max_topic_alias = 10;         ///< from client to broker; 0 = none allowed
    std::uint16_t max_topic_alias_broker = 10;  ///< from broker to client; 0 = none made
    std::uint8_t accept_protocol_versions = accept_all_versions;
    std::string mount_point;  ///< put in front of all topics; empty = none
    bool use_username_as_clientid = false;

    // In front of MQTT
    std::uint8_t proxy_protocol = 0;  ///< 1 or 2: every connection begins with such a header
    bool proxy_protocol_v2_require_tls = false;
    std::string http_dir;                           ///< static files; empty = none
    std::vector<std::string> websockets_origins;    ///< allowed values of Origin; empty = any
    std::vector<std::string> websockets_paths;      ///< allowed paths of an upgrade; empty = any
    std::uint16_t websockets_ping_interval_s = 30;  ///< 0 = no pings

    // TLS
    std::string certfile;  ///< PEM chain; with keyfile turns TLS on
    std::string keyfile;   ///< PEM private key, or a name for `tls_engine`
    TlsVersion tls_version_min = TlsVersion::tls1_2;
    std::string ciphers;         ///< OpenSSL list for TLS 1.2; empty = default
    std::string ciphers_tls1_3;  ///< OpenSSL suites for TLS 1.3; empty = default
    std::string cafile;          ///< PEM; who signs client certificates
    std::string capath;          ///< directory of hashed PEM files, for the same
    std::string crlfile;         ///< PEM; certificates that are revoked
    std::string dhparamfile;     ///< PEM
    bool require_certificate = false;
    bool disable_client_cert_date_checks = false;
    bool use_identity_as_username = false;  ///< common name of the certificate, or PSK identity
    bool use_subject_as_username = false;   ///< whole subject of the certificate
    std::string psk_hint;                   ///< turns TLS-PSK on

    [[nodiscard]] bool tls() const { return !certfile.empty() || !psk_hint.empty(); }
    /// Whether TLS proves who a client is, so that none may come without, also where the protocol
    /// is `automatic`.
    [[nodiscard]] bool tls_only() const { return require_certificate || !psk_hint.empty(); }
    [[nodiscard]] bool is_unix() const { return !unix_path.empty(); }
    /// Where it listens, as one text: two listeners with the same place cannot both be open.
    [[nodiscard]] std::string place() const;
    bool operator==(const ListenerConfig&) const = default;
};

/// What mosquitto.conf says, checked, with the defaults of Mosquitto 2.1 for what it leaves out. A
/// plain value; two of them can be compared on reload. In every limit 0 means that there is none,
/// unless said otherwise.
struct Config {
    std::vector<ListenerConfig> listeners;  ///< never empty after a good parse
    bool local_only = true;                 ///< the file opens no listener: loopback only

    // Who may connect
    bool per_listener_settings = false;
    std::string clientid_prefixes;  ///< client ids must begin so; empty = any
    bool check_retain_source = false;
    bool enable_control_api = false;    ///< requests at `$CONTROL/` are answered
    std::string control_socket;         ///< path of a Unix socket for such requests; empty = none
    bool acl_refuse_subscribe = false;  ///< filters that no rule can ever allow are refused
    LoginThrottleConfig login_throttle;
    /// Proxies whose word about the client's address is taken: `ADDRESS` or `ADDRESS/LEN`.
    std::vector<std::string> trusted_proxies;

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
    /// Memory of the queues of all sessions: payload bytes, and 128 for each message.
    std::size_t global_max_queued_bytes = std::size_t{256} << 20;
    /// Payload bytes of all retained messages.
    std::size_t global_max_retained_bytes = std::size_t{256} << 20;
    std::uint32_t global_max_retained_messages = 0;
    std::uint32_t global_max_subscriptions = 2'000'000;
    std::size_t global_max_store_bytes = 0;   ///< size of the database
    std::size_t memory_limit = 0;             ///< bytes of heap
    std::uint16_t packet_buffer_size = 4096;  ///< bytes, 1-65535; for WebSocket request headers
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
    unsigned websockets_log_level = 0;  ///< bits of libwebsockets
    std::string tls_keylog;             ///< file for secrets of TLS, by the command line only
    unsigned threads = 1;               ///< 1-64
    bool threads_spread = false;        ///< clients are dealt in turn, not by how busy threads are

    bool operator==(const Config&) const = default;

    /// persistence_location and persistence_file joined.
    [[nodiscard]] std::string persistence_path() const;
};

}  // namespace mq::broker
