#pragma once

#include "mqtt/properties.hpp"
#include "mqtt/reason_code.hpp"

#include <cstdint>
#include <optional>
#include <string_view>
#include <variant>

/// One struct a packet. Strings and bytes are views into the buffer that was decoded, or into what
/// the caller of an encoder keeps alive; nothing here owns memory. An empty optional is a property
/// that the packet does not carry; packets of 3.1 and 3.1.1 carry none.
namespace mq::mqtt {

enum class Version : std::uint8_t { v3_1 = 3, v3_1_1 = 4, v5 = 5 };

enum class QoS : std::uint8_t { at_most_once = 0, at_least_once = 1, exactly_once = 2 };

enum class PacketType : std::uint8_t {
    connect = 1,
    connack = 2,
    publish = 3,
    puback = 4,
    pubrec = 5,
    pubrel = 6,
    pubcomp = 7,
    subscribe = 8,
    suback = 9,
    unsubscribe = 10,
    unsuback = 11,
    pingreq = 12,
    pingresp = 13,
    disconnect = 14,
    auth = 15,
};

/// "CONNECT", "PUBLISH", ...
std::string_view name(PacketType type);

using PacketId = std::uint16_t;

/// What a PUBLISH and a will have in common: properties that travel with the message.
struct MessageProperties {
    std::optional<std::uint8_t> payload_format_indicator;  ///< 0 or 1
    std::optional<std::uint32_t> message_expiry_interval;  ///< seconds
    std::optional<std::string_view> content_type;
    std::optional<std::string_view> response_topic;  ///< a valid topic name
    std::optional<Bytes> correlation_data;
    UserProperties user_properties;
    Bytes received_list;  ///< the list that was decoded, other properties included
};

struct Will {
    QoS qos = QoS::at_most_once;
    bool retain = false;
    std::string_view topic;
    Bytes payload;
    std::optional<std::uint32_t> delay_interval;  ///< seconds
    MessageProperties properties;
};

struct Connect {
    Version version = Version::v5;
    bool bridge = false;           ///< bit 0x80 of the level, 3.1 and 3.1.1
    bool clean_start = true;       ///< Clean Session in 3.1 and 3.1.1
    std::uint16_t keep_alive = 0;  ///< seconds; 0 is off
    std::string_view client_id;
    std::optional<Will> will;
    std::optional<std::string_view> user_name;
    std::optional<Bytes> password;
    std::optional<std::uint32_t> session_expiry_interval;  ///< seconds; 0xFFFFFFFF never
    std::optional<std::uint16_t> receive_maximum;          ///< 1 to 65,535
    std::optional<std::uint32_t> maximum_packet_size;      ///< bytes, 1 and up
    std::optional<std::uint16_t> topic_alias_maximum;
    std::optional<bool> request_response_information;
    std::optional<bool> request_problem_information;
    std::optional<std::string_view> authentication_method;
    std::optional<Bytes> authentication_data;
    UserProperties user_properties;
};

/// Properties are encoded in the order 0x13, 0x22, 0x12, 0x15, 0x16, 0x25, 0x27, 0x21, 0x24 and
/// then the others by number.
struct Connack {
    bool session_present = false;
    ReasonCode reason_code = ReasonCode::success;                 ///< 5.0
    ConnectReturnCode return_code = ConnectReturnCode::accepted;  ///< 3.1 and 3.1.1
    std::optional<std::uint32_t> session_expiry_interval;
    std::optional<std::uint16_t> receive_maximum;
    std::optional<std::uint8_t> maximum_qos;  ///< 0 or 1
    std::optional<bool> retain_available;
    std::optional<std::uint32_t> maximum_packet_size;
    std::optional<std::string_view> assigned_client_identifier;
    std::optional<std::uint16_t> topic_alias_maximum;
    std::optional<std::string_view> reason_string;
    UserProperties user_properties;
    std::optional<bool> wildcard_subscription_available;
    std::optional<bool> subscription_identifier_available;
    std::optional<bool> shared_subscription_available;
    std::optional<std::uint16_t> server_keep_alive;
    std::optional<std::string_view> response_information;
    std::optional<std::string_view> server_reference;
    std::optional<std::string_view> authentication_method;
    std::optional<Bytes> authentication_data;
};

struct Publish {
    bool dup = false;
    QoS qos = QoS::at_most_once;
    bool retain = false;
    std::string_view topic;                    ///< may be empty in 5.0 with a topic alias
    PacketId packet_id = 0;                    ///< 0 at QoS 0 only
    std::optional<std::uint16_t> topic_alias;  ///< 1 and up
    MessageProperties properties;
    /// Only a server may send them; the decoder for a server's input refuses them [MQTT-3.3.4-6].
    SubscriptionIdentifiers subscription_identifiers;
    Bytes payload;
};

/// PUBACK, PUBREC, PUBREL and PUBCOMP have one form.
template <PacketType>
struct Acknowledgement {
    PacketId packet_id = 0;
    ReasonCode reason_code = ReasonCode::success;
    std::optional<std::string_view> reason_string;
    UserProperties user_properties;
};
using Puback = Acknowledgement<PacketType::puback>;
using Pubrec = Acknowledgement<PacketType::pubrec>;
using Pubrel = Acknowledgement<PacketType::pubrel>;
using Pubcomp = Acknowledgement<PacketType::pubcomp>;

enum class RetainHandling : std::uint8_t { send = 0, send_if_new = 1, do_not_send = 2 };

struct SubscriptionOptions {
    QoS qos = QoS::at_most_once;
    bool no_local = false;
    bool retain_as_published = false;
    RetainHandling retain_handling = RetainHandling::send;
};

struct SubscriptionRequest {
    std::string_view filter;
    SubscriptionOptions options;
};

/// The topic filters of a SUBSCRIBE, one after another, as a view of the validated payload. Filters
/// are well-formed UTF-8; whether each is a valid filter is asked with `topic.hpp`, since each gets
/// a reason code of its own.
class SubscriptionRequests {
 public:
    SubscriptionRequests() = default;
    SubscriptionRequests(Bytes validated_payload, Version version)
        : rest_(validated_payload), version_(version) {}
    std::optional<SubscriptionRequest> next();

 private:
    Bytes rest_;
    Version version_ = Version::v5;
};

/// The topic filters of an UNSUBSCRIBE, like SubscriptionRequests.
class TopicFilters {
 public:
    TopicFilters() = default;
    explicit TopicFilters(Bytes validated_payload) : rest_(validated_payload) {}
    std::optional<std::string_view> next();

 private:
    Bytes rest_;
};

struct Subscribe {
    PacketId packet_id = 0;
    std::optional<std::uint32_t> subscription_identifier;  ///< 1 to 268,435,455
    UserProperties user_properties;
    SubscriptionRequests requests;  ///< at least one
};

/// One byte a filter: the reason code of 5.0, or 0, 1, 2 and 0x80 of 3.1.1.
struct Suback {
    PacketId packet_id = 0;
    std::optional<std::string_view> reason_string;
    UserProperties user_properties;
    Bytes reason_codes;
};

struct Unsubscribe {
    PacketId packet_id = 0;
    UserProperties user_properties;
    TopicFilters filters;  ///< at least one
};

struct Unsuback {
    PacketId packet_id = 0;
    std::optional<std::string_view> reason_string;
    UserProperties user_properties;
    Bytes reason_codes;  ///< 5.0; empty in 3.1 and 3.1.1
};

struct Pingreq {};
struct Pingresp {};

struct Disconnect {
    ReasonCode reason_code = ReasonCode::success;
    std::optional<std::uint32_t> session_expiry_interval;
    std::optional<std::string_view> reason_string;
    std::optional<std::string_view> server_reference;
    UserProperties user_properties;
};

struct Auth {
    ReasonCode reason_code = ReasonCode::success;
    std::optional<std::string_view> authentication_method;
    std::optional<Bytes> authentication_data;
    std::optional<std::string_view> reason_string;
    UserProperties user_properties;
};

using Packet = std::variant<Connect, Connack, Publish, Puback, Pubrec, Pubrel, Pubcomp, Subscribe,
                            Suback, Unsubscribe, Unsuback, Pingreq, Pingresp, Disconnect, Auth>;

}  // namespace mq::mqtt
