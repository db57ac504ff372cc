#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

namespace mq::mqtt {

using Bytes = std::span<const std::uint8_t>;

/// Property identifiers of MQTT 5.0 §2.2.2.2.
enum class PropertyId : std::uint8_t {
    payload_format_indicator = 0x01,
    message_expiry_interval = 0x02,
    content_type = 0x03,
    response_topic = 0x08,
    correlation_data = 0x09,
    subscription_identifier = 0x0B,
    session_expiry_interval = 0x11,
    assigned_client_identifier = 0x12,
    server_keep_alive = 0x13,
    authentication_method = 0x15,
    authentication_data = 0x16,
    request_problem_information = 0x17,
    will_delay_interval = 0x18,
    request_response_information = 0x19,
    response_information = 0x1A,
    server_reference = 0x1C,
    reason_string = 0x1F,
    receive_maximum = 0x21,
    topic_alias_maximum = 0x22,
    topic_alias = 0x23,
    maximum_qos = 0x24,
    retain_available = 0x25,
    user_property = 0x26,
    maximum_packet_size = 0x27,
    wildcard_subscription_available = 0x28,
    subscription_identifier_available = 0x29,
    shared_subscription_available = 0x2A,
};

struct UserProperty {
    std::string_view key;
    std::string_view value;
};

/// The user properties of one packet, in their order, as a view of an encoded property list that
/// the decoder has validated. Other properties in the list are passed over. For encoding, a list
/// may also be given that holds nothing but encoded user properties.
class UserProperties {
 public:
    UserProperties() = default;
    explicit UserProperties(Bytes validated_list) : list_(validated_list) {}

    /// Takes the next user property off the front; empty when there is none left.
    std::optional<UserProperty> next();
    [[nodiscard]] bool empty() const;
    /// Bytes that all of them take when encoded.
    [[nodiscard]] std::size_t encoded_size() const;

 private:
    Bytes list_;
};

/// The subscription identifiers of a PUBLISH that goes to a client, in order; a view like
/// UserProperties.
class SubscriptionIdentifiers {
 public:
    SubscriptionIdentifiers() = default;
    explicit SubscriptionIdentifiers(Bytes validated_list) : list_(validated_list) {}

    /// The next identifier, 1 to 268,435,455; empty when there is none left.
    std::optional<std::uint32_t> next();
    [[nodiscard]] bool empty() const;

 private:
    Bytes list_;
};

}  // namespace mq::mqtt
