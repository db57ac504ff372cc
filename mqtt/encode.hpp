#pragma once

#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <vector>

/// Packets to bytes, appended to `out`. The caller keeps to the rules of the specification (sizes
/// up to 65,535 bytes for strings, a packet id for QoS above 0, ...); what it breaks is an
/// assertion. Properties are left out for 3.1 and 3.1.1.
namespace mq::mqtt {

using Buffer = std::vector<std::uint8_t>;

void encode(const Connect& packet, Buffer& out);
void encode(const Connack& packet, Version version, Buffer& out);
void encode(const Publish& packet, Version version, Buffer& out);
void encode(const Puback& packet, Version version, Buffer& out);
void encode(const Pubrec& packet, Version version, Buffer& out);
void encode(const Pubrel& packet, Version version, Buffer& out);
void encode(const Pubcomp& packet, Version version, Buffer& out);
void encode(const Subscribe& packet, Version version, Buffer& out);
void encode(const Suback& packet, Version version, Buffer& out);
void encode(const Unsubscribe& packet, Version version, Buffer& out);
void encode(const Unsuback& packet, Version version, Buffer& out);
void encode(const Disconnect& packet, Version version, Buffer& out);
void encode(const Auth& packet, Version version, Buffer& out);
void encode(const Pingreq& packet, Version version, Buffer& out);
void encode(const Pingresp& packet, Version version, Buffer& out);
void encode(const Packet& packet, Version version, Buffer& out);

/// Encoded properties of a message that a server must forward unaltered: payload format, content
/// type, response topic, correlation data and user properties [MQTT-3.3.2-4, 15 to 18, 20]. In the
/// order in which they came, or in that one where the message was not decoded. Without the property
/// length before them.
void encode_forwarded(const MessageProperties& properties, Buffer& out);

/// Bytes that a variable byte integer takes, 1 to 4. `value` is at most 268,435,455.
constexpr std::size_t variable_byte_integer_size(std::uint32_t value) {
    return value < 128U ? 1 : value < 16'384U ? 2 : value < 2'097'152U ? 3 : 4;
}

/// Writes a variable byte integer at `at` and returns the place behind it.
std::uint8_t* write_variable_byte_integer(std::uint32_t value, std::uint8_t* at);

/// Appends SUBSCRIBE requests and UNSUBSCRIBE filters in their encoded form, for
/// `SubscriptionRequests` and `TopicFilters` over them.
void append_request(const SubscriptionRequest& request, Version version, Buffer& out);
void append_filter(std::string_view filter, Buffer& out);
/// Appends one encoded user property, for `UserProperties` over the buffer.
void append_user_property(const UserProperty& property, Buffer& out);

}  // namespace mq::mqtt
