#include "mqtt/decode.hpp"
#include "mqtt/property_reader.hpp"
#include "mqtt/topic.hpp"

namespace mq::mqtt {
namespace {

constexpr PropertySet connect_properties = {
    PropertyId::session_expiry_interval,      PropertyId::receive_maximum,
    PropertyId::maximum_packet_size,          PropertyId::topic_alias_maximum,
    PropertyId::request_response_information, PropertyId::request_problem_information,
    PropertyId::authentication_method,        PropertyId::authentication_data,
};

constexpr PropertySet will_properties = {
    PropertyId::will_delay_interval,     PropertyId::payload_format_indicator,
    PropertyId::message_expiry_interval, PropertyId::content_type,
    PropertyId::response_topic,          PropertyId::correlation_data,
};

/// The Connect Flags byte.
struct Flags {
    std::uint8_t bits = 0;

    [[nodiscard]] bool reserved() const { return (bits & 0x01U) != 0; }
    [[nodiscard]] bool clean_start() const { return (bits & 0x02U) != 0; }
    [[nodiscard]] bool will() const { return (bits & 0x04U) != 0; }
    [[nodiscard]] std::uint8_t will_qos() const { return bits >> 3U & 0x03U; }
    [[nodiscard]] bool will_retain() const { return (bits & 0x20U) != 0; }
    [[nodiscard]] bool password() const { return (bits & 0x40U) != 0; }
    [[nodiscard]] bool user_name() const { return (bits & 0x80U) != 0; }
};

/// Protocol name and level. The high bit of the level marks a bridge in 3.1 and 3.1.1. Who names
/// another protocol is no client of ours, [MQTT-3.1.2-1]; who only asks for another level is told.
void read_version(Reader& reader, Connect& packet) {
    const std::string_view name = reader.string();
    const std::uint8_t level = reader.u8();
    reader.require((name == "MQTT" && level != 0x85) || name == "MQIsdp",
                   ReasonCode::protocol_error);
    packet.bridge = (level & 0x80U) != 0;
    const std::uint8_t number = level & 0x7FU;
    const bool known = (name == "MQIsdp" && number == 3) || (name == "MQTT" && number == 4) ||
                       (name == "MQTT" && level == 5);
    reader.require(known, ReasonCode::unsupported_protocol_version);
    packet.version = known ? static_cast<Version>(number) : Version::v5;
}

/// [MQTT-3.1.2-3, 11 to 13], in 3.1.1 also [MQTT-3.1.2-22]. In 3.1 the reserved bit says nothing.
void check_flags(Reader& reader, Flags flags, Version version) {
    const bool reserved_is_right = !flags.reserved() || version == Version::v3_1;
    const bool will_is_right =
        flags.will() ? flags.will_qos() <= 2 : flags.will_qos() == 0 && !flags.will_retain();
    const bool password_is_right = !flags.password() || flags.user_name() || version == Version::v5;
    reader.require(reserved_is_right && will_is_right, ReasonCode::malformed_packet);
    reader.require(password_is_right, ReasonCode::protocol_error);
}

bool read_limit(PropertyReader& list, Connect& packet) {
    switch (list.id()) {
        case PropertyId::session_expiry_interval:
            packet.session_expiry_interval = list.u32();
            return true;
        case PropertyId::receive_maximum:
            packet.receive_maximum = list.u16_above_0();
            return true;
        case PropertyId::maximum_packet_size:
            packet.maximum_packet_size = list.u32_above_0();
            return true;
        case PropertyId::topic_alias_maximum:
            packet.topic_alias_maximum = list.u16();
            return true;
        default:
            return false;
    }
}

void read_wish(PropertyReader& list, Connect& packet) {
    switch (list.id()) {
        case PropertyId::request_response_information:
            packet.request_response_information = list.flag();
            return;
        case PropertyId::request_problem_information:
            packet.request_problem_information = list.flag();
            return;
        case PropertyId::authentication_method:
            packet.authentication_method = list.string();
            return;
        default:
            packet.authentication_data = list.binary();
            return;
    }
}

void read_properties(Reader& reader, Connect& packet) {
    PropertyReader list(reader, connect_properties);
    while (list.next()) {
        if (!read_limit(list, packet)) {
            read_wish(list, packet);
        }
    }
    packet.user_properties = list.user_properties();
    reader.require(packet.authentication_method || !packet.authentication_data,
                   ReasonCode::protocol_error);
}

void read_will_properties(Reader& reader, Will& will) {
    PropertyReader list(reader, will_properties);
    while (list.next()) {
        if (!read_message_property(list, will.properties)) {
            will.delay_interval = list.u32();
        }
    }
    will.properties.user_properties = list.user_properties();
    will.properties.received_list = list.whole();
}

Will read_will(Reader& reader, Flags flags, Version version) {
    Will will;
    will.qos = static_cast<QoS>(flags.will_qos());
    will.retain = flags.will_retain();
    if (version == Version::v5) {
        read_will_properties(reader, will);
    }
    will.topic = reader.string();
    reader.require(is_valid_topic_name(will.topic), ReasonCode::topic_name_invalid);
    will.payload = reader.binary();
    return will;
}

/// In 3.1 the flags may announce fields that a short packet does not hold: its length decides.
void read_credentials(Reader& reader, Flags flags, Connect& packet) {
    const bool may_be_missing = packet.version == Version::v3_1;
    if (flags.user_name() && !(may_be_missing && reader.at_end())) {
        packet.user_name = reader.string();
    }
    if (flags.password() && !(may_be_missing && reader.at_end())) {
        packet.password = reader.binary();
    }
}

void read_payload(Reader& reader, Flags flags, Connect& packet) {
    packet.client_id = reader.string();
    if (flags.will()) {
        packet.will = read_will(reader, flags, packet.version);
    }
    read_credentials(reader, flags, packet);
}

}  // namespace

Result<Connect, ReasonCode> decode_connect(const Frame& frame) {
    if ((frame.first_byte & 0x0FU) != 0) {
        return ReasonCode::malformed_packet;
    }
    Reader reader(frame.body);
    Connect packet;
    read_version(reader, packet);
    const Flags flags{reader.u8()};
    check_flags(reader, flags, packet.version);
    packet.clean_start = flags.clean_start();
    packet.keep_alive = reader.u16();
    if (packet.version == Version::v5) {
        read_properties(reader, packet);
    }
    read_payload(reader, flags, packet);
    return reader.finish(packet);
}

}  // namespace mq::mqtt
