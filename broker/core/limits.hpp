#pragma once

#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mq::broker {

/// What the configuration lays down for the whole broker. A limit of 0 is none, unless it says
/// otherwise.
struct Limits {
    std::uint32_t max_packet_size = 2'000'000;  ///< bytes of one packet from a client
    std::uint32_t message_size_limit = 0;  ///< bytes of a payload; larger ones are not passed on
    std::uint16_t max_inflight_messages = 20;  ///< unacknowledged per client, both ways
    std::size_t max_inflight_bytes = 0;        ///< payload bytes in flight to one client
    std::size_t max_queued_messages = 1000;    ///< waiting for one client beyond those in flight
    std::size_t max_queued_bytes = 0;          ///< payload bytes waiting for one client
    std::uint16_t max_keepalive = 0;           ///< seconds
    std::size_t global_max_clients = 0;        ///< sessions, connected or stored
    bool queue_qos0_messages = false;
    bool retain_available = true;
    bool upgrade_outgoing_qos = false;
    bool allow_duplicate_messages = false;
    bool allow_zero_length_clientid = true;
    std::optional<std::uint32_t> persistent_client_expiration;  ///< seconds
    std::vector<std::string> clientid_prefixes;                 ///< empty: any client id
    std::uint32_t sys_interval = 10;                            ///< seconds; 0: no $SYS topics
    std::uint32_t retain_expiry_interval = 0;  ///< minutes between sweeps; 0: expire when touched
    bool connection_messages = true;

    /// Bytes that may wait in one connection's outbox; QoS 0 messages beyond it are dropped. Into
    /// an empty one goes any message.
    std::size_t outbox_bytes_max = std::size_t{16} << 20;
    /// The same for all outboxes of a shard together.
    std::size_t outbox_bytes_sum_max = std::size_t{256} << 20;
    /// What each outbox may hold even then.
    std::size_t outbox_bytes_granted = std::size_t{64} << 10;
    /// Subscriptions of one session.
    std::size_t subscriptions_max = 100'000;
    /// Time from accept to CONNECT, in seconds.
    std::uint32_t connect_timeout = 30;
};

/// What one listener lays down for its connections.
struct ListenerSettings {
    std::uint16_t port = 0;
    mqtt::QoS max_qos = mqtt::QoS::exactly_once;
    std::uint16_t max_topic_alias = 10;         ///< aliases that a client may use
    std::uint16_t max_topic_alias_broker = 10;  ///< aliases that the broker makes for a client
    bool allow_anonymous = false;
    std::string auto_id_prefix = "auto-";
};

}  // namespace mq::broker
