#include "mqtt/decode.hpp"
#include "mqtt/property_reader.hpp"
#include "mqtt/reason_code_set.hpp"

namespace mq::mqtt {
namespace {

constexpr PropertySet disconnect_properties = {
    PropertyId::session_expiry_interval, PropertyId::reason_string, PropertyId::server_reference};

constexpr PropertySet auth_properties = {
    PropertyId::authentication_method, PropertyId::authentication_data, PropertyId::reason_string};

void read_disconnect_property(PropertyReader& list, Receiver receiver, Disconnect& packet) {
    switch (list.id()) {
        case PropertyId::session_expiry_interval:
            packet.session_expiry_interval = list.u32();
            if (receiver == Receiver::client) {
                list.refuse();  // [MQTT-3.14.2-2]
            }
            return;
        case PropertyId::reason_string:
            packet.reason_string = list.string();
            return;
        default:
            packet.server_reference = list.string();
            return;
    }
}

void read_disconnect_properties(Reader& reader, Receiver receiver, Disconnect& packet) {
    PropertyReader list(reader, disconnect_properties);
    while (list.next()) {
        read_disconnect_property(list, receiver, packet);
    }
    packet.user_properties = list.user_properties();
}

void read_auth_properties(Reader& reader, Auth& packet) {
    PropertyReader list(reader, auth_properties);
    while (list.next()) {
        switch (list.id()) {
            case PropertyId::authentication_method:
                packet.authentication_method = list.string();
                break;
            case PropertyId::authentication_data:
                packet.authentication_data = list.binary();
                break;
            default:
                packet.reason_string = list.string();
                break;
        }
    }
    packet.user_properties = list.user_properties();
}

/// A reason code that may be left out when it is 0 and nothing follows (§3.14.2.1, §3.15.2.1).
ReasonCode read_reason(Reader& reader, const ReasonCodeSet& allowed) {
    if (reader.at_end()) {
        return ReasonCode::success;
    }
    const std::uint8_t code = reader.u8();
    reader.require(allowed.contains(code), ReasonCode::protocol_error);
    return static_cast<ReasonCode>(code);
}

/// The method must not be left out (§3.15.2.2.2), except in the short form that says "success".
bool may_lack_method(const Auth& packet) {
    return packet.reason_code == ReasonCode::success && !packet.authentication_data &&
           !packet.reason_string && packet.user_properties.empty();
}

}  // namespace

Result<Disconnect, ReasonCode> decode_disconnect(const Frame& frame, Version version,
                                                 Receiver receiver) {
    const bool from_client = receiver == Receiver::server;
    Reader reader(frame.body);
    reader.require(version == Version::v5 || from_client, ReasonCode::protocol_error);
    reader.require((frame.first_byte & 0x0FU) == 0, ReasonCode::malformed_packet);
    Disconnect packet;
    if (version == Version::v5) {
        packet.reason_code = read_reason(
            reader, from_client ? client_disconnect_reasons : server_disconnect_reasons);
        if (!reader.at_end()) {
            read_disconnect_properties(reader, receiver, packet);
        }
    }
    return reader.finish(packet);
}

Result<Auth, ReasonCode> decode_auth(const Frame& frame, Version version) {
    Reader reader(frame.body);
    reader.require(version == Version::v5, ReasonCode::protocol_error);
    reader.require((frame.first_byte & 0x0FU) == 0, ReasonCode::malformed_packet);
    Auth packet;
    packet.reason_code = read_reason(reader, auth_reasons);
    if (!reader.at_end()) {
        read_auth_properties(reader, packet);
    }
    reader.require(packet.authentication_method || may_lack_method(packet),
                   ReasonCode::protocol_error);
    return reader.finish(packet);
}

}  // namespace mq::mqtt
