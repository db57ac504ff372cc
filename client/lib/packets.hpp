#pragma once

#include "client/lib/output.hpp"
#include "client/lib/settings.hpp"
#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

/// Packets that a client sends, with property lists that are encoded already; properties are left
/// out before MQTT 5.0. All throw std::bad_alloc. Sizes were checked by the caller: strings up to
/// 65,535 bytes, packets up to `packet_size_max`.
namespace mq::client {

/// The longest packet that MQTT knows: 268,435,455 bytes after a head of five.
constexpr std::size_t packet_size_max = 268'435'455 + 5;

void append_connect(const Settings& settings, Output& out);

struct Publication {
    std::string_view topic;
    mqtt::Bytes payload;
    mqtt::Bytes properties;
    mqtt::QoS qos = mqtt::QoS::at_most_once;
    bool retain = false;
};

/// Bytes of the whole packet.
std::size_t publish_size(const Publication& publication, mqtt::Version version);
/// Writes just as many.
void write_publish(const Publication& publication, mqtt::Version version, mqtt::PacketId mid,
                   std::uint8_t* at);

struct SubscribeRequest {
    std::span<const std::string_view> filters;
    std::uint8_t options = 0;  ///< QoS and option bits of MQTT 5.0, the same for all filters
    mqtt::Bytes properties;
};
std::size_t subscribe_size(const SubscribeRequest& request, mqtt::Version version);
void append_subscribe(const SubscribeRequest& request, mqtt::Version version, mqtt::PacketId mid,
                      Output& out);

struct UnsubscribeRequest {
    std::span<const std::string_view> filters;
    mqtt::Bytes properties;
};
std::size_t unsubscribe_size(const UnsubscribeRequest& request, mqtt::Version version);
void append_unsubscribe(const UnsubscribeRequest& request, mqtt::Version version,
                        mqtt::PacketId mid, Output& out);

/// PUBACK, PUBREC, PUBREL and PUBCOMP; the reason code is left out when it is 0 and before 5.0.
void append_acknowledgement(mqtt::PacketType type, mqtt::PacketId mid, mqtt::ReasonCode reason,
                            mqtt::Version version, Output& out);
void append_pingreq(Output& out);
void append_disconnect(std::uint8_t reason, mqtt::Bytes properties, mqtt::Version version,
                       Output& out);
/// `properties` with method and data among them. MQTT 5.0 only.
std::size_t auth_size(mqtt::Bytes properties);
void append_auth(mqtt::ReasonCode reason, mqtt::Bytes properties, Output& out);

}  // namespace mq::client
