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
    /// Memory of all queues: payload bytes, and `queue_entry_bytes` for each message.
    std::size_t global_max_queued_bytes = std::size_t{256} << 20;
    static constexpr std::size_t queue_entry_bytes = 128;
    /// Payload bytes of all retained messages.
    std::size_t global_max_retained_bytes = std::size_t{256} << 20;
    std::size_t global_max_retained_messages = 0;
    std::size_t global_max_subscriptions = 2'000'000;
    std::size_t memory_limit = 0;  ///< bytes of heap
    bool queue_qos0_messages = false;
    bool retain_available = true;
    bool upgrade_outgoing_qos = false;
    bool allow_duplicate_messages = false;
    bool check_retain_source = false;
    bool acl_refuse_subscribe = false;  ///< filters that no rule can ever allow are refused
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
    /// Nodes of the tree of retained messages that searches look at before others get their turn.
    std::size_t retained_search_nodes = 5000;
    /// Subscriptions of one session.
    std::size_t subscriptions_max = 100'000;
    /// Time from accept to CONNECT, to the end of an enhanced authentication, and for a session to
    /// come from another shard, in seconds.
    std::uint32_t connect_timeout = 30;
};

/// What one listener lays down for its connections.
struct ListenerSettings {
    std::uint16_t port = 0;
    mqtt::QoS max_qos = mqtt::QoS::exactly_once;
    std::uint16_t max_topic_alias = 10;         ///< aliases that a client may use
    std::uint16_t max_topic_alias_broker = 10;  ///< aliases that the broker makes for a client
    bool allow_anonymous = false;
    bool allow_zero_length_clientid = true;
    std::string auto_id_prefix = "auto-";
    std::uint8_t accept_protocol_versions = 7;  ///< bits 0 to 2: levels 3, 4, 5
    std::string mount_point;                    ///< put in front of all topics; empty: none
    bool use_username_as_clientid = false;
    /// Takes the user name from the client's certificate or PSK identity; such a name needs no
    /// password.
    bool use_identity_as_username = false;
    bool require_certificate = false;
    /// For the broker's owner: limits of clients and of their identifiers do not count.
    bool owner_only = false;
    /// Which set of password, ACL and PSK files holds here; what the number means is up to
    /// whoever implements AccessPolicy.
    std::size_t realm = 0;
};

}  // namespace mq::broker
