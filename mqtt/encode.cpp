#include "mqtt/encode.hpp"

#include "mqtt/property_writer.hpp"

#include <array>
#include <variant>

namespace mq::mqtt {
namespace {

template <class T>
bool has_reason_properties(const T& packet) {
    return packet.reason_string || !packet.user_properties.empty();
}

/// Type, length and packet id, which is all that most acknowledgements are.
void put_bare_acknowledgement(PacketType type, unsigned flags, PacketId id, Buffer& out) {
    assert(id != 0);
    const std::array<std::uint8_t, 4> bytes = {
        static_cast<std::uint8_t>(static_cast<unsigned>(type) << 4U | flags), 2,
        static_cast<std::uint8_t>(id >> 8U), static_cast<std::uint8_t>(id & 0xFFU)};
    out.insert(out.end(), bytes.begin(), bytes.end());
}

/// In the shortest form: without properties, and without the reason code when that is 0.
template <PacketType type>
void put_acknowledgement(const Acknowledgement<type>& packet, Version version, unsigned flags,
                         Buffer& out) {
    const bool with_properties = has_reason_properties(packet);
    if (version != Version::v5 || (packet.reason_code == ReasonCode::success && !with_properties)) {
        put_bare_acknowledgement(type, flags, packet.packet_id, out);
        return;
    }
    put_packet(type, flags, out, [&](auto& to) {
        to.packet_id(packet.packet_id);
        to.u8(packet.reason_code);
        if (with_properties) {
            to.with_length([&](auto& list) { put_reason_properties(list, packet); });
        }
    });
}

bool has_properties(const Disconnect& packet) {
    return packet.session_expiry_interval || packet.server_reference ||
           has_reason_properties(packet);
}

bool has_properties(const Auth& packet) {
    return packet.authentication_method || packet.authentication_data ||
           has_reason_properties(packet);
}

template <class Sink>
void put_properties(Writer<Sink>& to, const Disconnect& packet) {
    to.property(PropertyId::session_expiry_interval, packet.session_expiry_interval);
    to.property(PropertyId::server_reference, packet.server_reference);
    put_reason_properties(to, packet);
}

template <class Sink>
void put_properties(Writer<Sink>& to, const Auth& packet) {
    to.property(PropertyId::authentication_method, packet.authentication_method);
    to.property(PropertyId::authentication_data, packet.authentication_data);
    put_reason_properties(to, packet);
}

/// The body of DISCONNECT and AUTH in its shortest form, down to nothing at all.
template <class Sink, class T>
void put_reason_body(Writer<Sink>& to, const T& packet) {
    const bool with_properties = has_properties(packet);
    if (with_properties || packet.reason_code != ReasonCode::success) {
        to.u8(packet.reason_code);
    }
    if (with_properties) {
        to.with_length([&](auto& list) { put_properties(list, packet); });
    }
}

}  // namespace

void encode(const Puback& packet, Version version, Buffer& out) {
    put_acknowledgement(packet, version, 0, out);
}

void encode(const Pubrec& packet, Version version, Buffer& out) {
    put_acknowledgement(packet, version, 0, out);
}

void encode(const Pubrel& packet, Version version, Buffer& out) {
    put_acknowledgement(packet, version, 0x02, out);
}

void encode(const Pubcomp& packet, Version version, Buffer& out) {
    put_acknowledgement(packet, version, 0, out);
}

void encode(const Disconnect& packet, Version version, Buffer& out) {
    put_packet(PacketType::disconnect, 0, out, [&](auto& to) {
        if (version == Version::v5) {
            put_reason_body(to, packet);
        }
    });
}

void encode(const Auth& packet, Version version, Buffer& out) {
    assert(version == Version::v5);
    put_packet(PacketType::auth, 0, out, [&](auto& to) { put_reason_body(to, packet); });
}

void encode(const Pingreq& /*packet*/, Version /*version*/, Buffer& out) {
    put_packet(PacketType::pingreq, 0, out, [](auto&) {});
}

void encode(const Pingresp& /*packet*/, Version /*version*/, Buffer& out) {
    put_packet(PacketType::pingresp, 0, out, [](auto&) {});
}

void encode(const Packet& packet, Version version, Buffer& out) {
    if (const auto* connect = std::get_if<Connect>(&packet)) {
        encode(*connect, out);
        return;
    }
    std::visit(
        [&]<class T>(const T& one) {
            if constexpr (!std::is_same_v<T, Connect>) {
                encode(one, version, out);
            }
        },
        packet);
}

std::uint8_t* write_variable_byte_integer(std::uint32_t value, std::uint8_t* at) {
    assert(value <= remaining_length_max);
    while (value > 0x7F) {
        *at++ = static_cast<std::uint8_t>(0x80U | (value & 0x7FU));
        value >>= 7U;
    }
    *at++ = static_cast<std::uint8_t>(value);
    return at;
}

void append_user_property(const UserProperty& property, Buffer& out) {
    Writer<Appender>{Appender(out)}.user_property(property);
}

}  // namespace mq::mqtt
