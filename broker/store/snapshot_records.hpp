#pragma once

#include "mqtt/packet.hpp"

#include <cstdint>
#include <optional>
#include <string_view>

/// Records in the chunks of a snapshot of Mosquitto, as views of their bytes. A function returns
/// nothing for content that does not add up; what the values mean is not judged here.
///
/// Formats 5 and 6: a C struct, then the variable parts that its lengths announce. Of its numbers,
/// lengths, packet identifiers and intervals are in network order; what is marked (own) is in that
/// of the machine, which is little-endian here. Strings have neither length nor end of their own.
///   configuration  u64 last message (own), u8 clean stop, u8 bytes of a message number, 6 padding
///   message        u64 number (own), i64 expiry in Unix s or 0 (own), u32 payload length, u16
///                  packet identifier, lengths (u16) of source id, source user and topic, u16 port
///                  of the listener, u8 QoS, u8 RETAIN; source id, source user, topic, payload,
///                  properties with their length, which are absent when there are none
///   queued         u64 message (own), u16 packet identifier, u16 length of client id, u8 QoS, u8
///                  state, u8 RETAIN * 16 + DUP, u8 direction (0 from, 1 to the client); client id,
///                  properties (subscription identifiers) as above
///   retained       u64 message (own)
///   subscription   u32 identifier, u16 length of client id, u16 length of filter, u8 QoS, u8 bits
///                  of MQTT 5.0 §3.8.3.1 above the QoS, 2 padding; client id, filter
///   client         i64 end of the session in Unix s or 0 (own), u32 session expiry interval, u16
///                  last packet identifier, u16 length of client id, and in format 6: u16 port of
///                  the listener, u16 length of user name, 4 padding; client id, user name
///
/// Formats 3 and 4: no structs; a string has its length (u16) before it. Numbers in network order
/// but for (own).
///   configuration  u8 clean stop, u8 bytes of a message number, u64 last message (own)
///   message        u64 number (own), source id, in format 4: source user and u16 port; u16 packet
///                  identifier, u16 unused, topic, u8 QoS, u8 RETAIN, u32 payload length, payload
///   queued         client id, u64 message (own), u16 packet identifier, u8 each: QoS, RETAIN,
///                  direction, state, DUP
///   retained       u64 message (own)
///   subscription   client id, filter, u8 QoS
///   client         client id, u16 last packet identifier, i64 time of disconnection (own)
namespace mq::broker {

struct SnapshotConfiguration {
    std::uint64_t last_message = 0;
    std::uint8_t number_bytes = 0;  ///< 8 wherever Mosquitto runs
};

struct SnapshotMessage {
    std::uint64_t number = 0;
    std::int64_t expiry_s = 0;  ///< Unix time; 0: never
    std::string_view topic;
    mqtt::Bytes payload;
    mqtt::Bytes properties;  ///< with their length; empty: none
    std::uint8_t qos = 0;
    std::uint8_t retain = 0;
    std::string_view source_id;    ///< client that has published it; empty: the broker
    std::string_view source_user;  ///< empty: none, or the format does not tell
    std::uint16_t port = 0;        ///< of the listener that it came by; 0: none, or not told
};

struct SnapshotQueued {
    /// Numbers of Mosquitto's states that a file may hold.
    enum State : std::uint8_t {
        publish_qos0 = 1,
        publish_qos1 = 2,
        wait_for_puback = 3,
        publish_qos2 = 4,
        wait_for_pubrec = 5,
        resend_pubrel = 6,
        wait_for_pubrel = 7,
        resend_pubcomp = 8,
        wait_for_pubcomp = 9,
        send_pubrec = 10,
        queued = 11,
    };
    std::uint64_t message = 0;
    std::string_view client_id;
    mqtt::Bytes properties;  ///< with their length; empty: none
    mqtt::PacketId packet_id = 0;
    std::uint8_t qos = 0;
    std::uint8_t state = 0;
    bool retain = false;
    bool incoming = false;
};

struct SnapshotSubscription {
    std::string_view client_id;
    std::string_view filter;
    std::uint32_t identifier = 0;
    std::uint8_t qos = 0;
    std::uint8_t options = 0;
};

struct SnapshotClient {
    std::string_view client_id;
    std::string_view user_name;
    std::int64_t expires_s = 0;  ///< Unix time; 0: not known or never
    std::uint32_t expiry_interval = 0;
    std::uint16_t port = 0;  ///< of the listener that it came by; 0: none, or not told
};

std::optional<SnapshotConfiguration> read_configuration(mqtt::Bytes content, int version);
std::optional<SnapshotMessage> read_message(mqtt::Bytes content, int version);
std::optional<SnapshotQueued> read_queued(mqtt::Bytes content, int version);
std::optional<std::uint64_t> read_retained(mqtt::Bytes content);
std::optional<SnapshotSubscription> read_subscription(mqtt::Bytes content, int version);
std::optional<SnapshotClient> read_client(mqtt::Bytes content, int version);

}  // namespace mq::broker
