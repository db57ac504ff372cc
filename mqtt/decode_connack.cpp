#include "mqtt/decode.hpp"
#include "mqtt/property_reader.hpp"
#include "mqtt/reason_code_set.hpp"

namespace mq::mqtt {
namespace {

constexpr PropertySet connack_properties = {
    PropertyId::session_expiry_interval,
    PropertyId::receive_maximum,
    PropertyId::maximum_qos,
    PropertyId::retain_available,
    PropertyId::maximum_packet_size,
    PropertyId::assigned_client_identifier,
    PropertyId::topic_alias_maximum,
    PropertyId::reason_string,
    PropertyId::wildcard_subscription_available,
    PropertyId::subscription_identifier_available,
    PropertyId::shared_subscription_available,
    PropertyId::server_keep_alive,
    PropertyId::response_information,
    PropertyId::server_reference,
    PropertyId::authentication_method,
    PropertyId::authentication_data,
};

/// What the server can do and how far.
bool read_capability(PropertyReader& list, Connack& packet) {
    switch (list.id()) {
        case PropertyId::session_expiry_interval:
            packet.session_expiry_interval = list.u32();
            return true;
        case PropertyId::receive_maximum:
            packet.receive_maximum = list.u16_above_0();
            return true;
        case PropertyId::maximum_qos:
            packet.maximum_qos = list.u8_up_to(1);
            return true;
        case PropertyId::retain_available:
            packet.retain_available = list.flag();
            return true;
        case PropertyId::maximum_packet_size:
            packet.maximum_packet_size = list.u32_above_0();
            return true;
        case PropertyId::topic_alias_maximum:
            packet.topic_alias_maximum = list.u16();
            return true;
        case PropertyId::wildcard_subscription_available:
            packet.wildcard_subscription_available = list.flag();
            return true;
        case PropertyId::subscription_identifier_available:
            packet.subscription_identifier_available = list.flag();
            return true;
        case PropertyId::shared_subscription_available:
            packet.shared_subscription_available = list.flag();
            return true;
        case PropertyId::server_keep_alive:
            packet.server_keep_alive = list.u16();
            return true;
        default:
            return false;
    }
}

void read_text(PropertyReader& list, Connack& packet) {
    switch (list.id()) {
        case PropertyId::assigned_client_identifier:
            packet.assigned_client_identifier = list.string();
            return;
        case PropertyId::reason_string:
            packet.reason_string = list.string();
            return;
        case PropertyId::response_information:
            packet.response_information = list.string();
            return;
        case PropertyId::server_reference:
            packet.server_reference = list.string();
            return;
        case PropertyId::authentication_method:
            packet.authentication_method = list.string();
            return;
        default:
            packet.authentication_data = list.binary();
            return;
    }
}

void read_code_and_properties(Reader& reader, Connack& packet) {
    const std::uint8_t code = reader.u8();
    reader.require(connack_reasons.contains(code), ReasonCode::protocol_error);
    packet.reason_code = static_cast<ReasonCode>(code);
    PropertyReader list(reader, connack_properties);
    while (list.next()) {
        if (!read_capability(list, packet)) {
            read_text(list, packet);
        }
    }
    packet.user_properties = list.user_properties();
}

void read_return_code(Reader& reader, Connack& packet) {
    const std::uint8_t code = reader.u8();
    reader.require(code <= static_cast<std::uint8_t>(ConnectReturnCode::not_authorized),
                   ReasonCode::protocol_error);
    packet.return_code = static_cast<ConnectReturnCode>(code);
}

bool accepted(const Connack& packet) {
    return packet.reason_code == ReasonCode::success &&
           packet.return_code == ConnectReturnCode::accepted;
}

}  // namespace

Result<Connack, ReasonCode> decode_connack(const Frame& frame, Version version) {
    if ((frame.first_byte & 0x0FU) != 0) {
        return ReasonCode::malformed_packet;
    }
    Reader reader(frame.body);
    Connack packet;
    const std::uint8_t flags = reader.u8();
    if (version != Version::v3_1) {  // which has no such flags: the byte says nothing
        reader.require(flags <= 1, ReasonCode::malformed_packet);  // [MQTT-3.2.2-1]
        packet.session_present = flags == 1;
    }
    if (version == Version::v5) {
        read_code_and_properties(reader, packet);
    } else {
        read_return_code(reader, packet);
    }
    // [MQTT-3.2.2-6], in 3.1.1 [MQTT-3.2.2-4]
    reader.require(accepted(packet) || !packet.session_present, ReasonCode::protocol_error);
    return reader.finish(packet);
}

}  // namespace mq::mqtt
