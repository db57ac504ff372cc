#include "mqtt/decode.hpp"

namespace mq::mqtt {
namespace {

/// A decoder's result as one of any packet.
template <class T>
Result<Packet, ReasonCode> any(const Result<T, ReasonCode>& result) {
    if (!result) {
        return result.error();
    }
    return Packet(*result);
}

template <class T>
Result<Packet, ReasonCode> decode_ping_as(const Frame& frame) {
    const auto result = decode_ping(frame);
    if (!result) {
        return result.error();
    }
    return Packet(T{});
}

/// Only a client sends these.
Result<Packet, ReasonCode> decode_for_server(const Frame& frame, Version version) {
    switch (packet_type(frame)) {
        case PacketType::connect:
            return any(decode_connect(frame));
        case PacketType::subscribe:
            return any(decode_subscribe(frame, version));
        case PacketType::unsubscribe:
            return any(decode_unsubscribe(frame, version));
        case PacketType::pingreq:
            return decode_ping_as<Pingreq>(frame);
        default:
            return ReasonCode::protocol_error;
    }
}

/// Only a server sends these.
Result<Packet, ReasonCode> decode_for_client(const Frame& frame, Version version) {
    switch (packet_type(frame)) {
        case PacketType::connack:
            return any(decode_connack(frame, version));
        case PacketType::suback:
            return any(decode_suback(frame, version));
        case PacketType::unsuback:
            return any(decode_unsuback(frame, version));
        case PacketType::pingresp:
            return decode_ping_as<Pingresp>(frame);
        default:
            return ReasonCode::protocol_error;
    }
}

}  // namespace

Result<void, ReasonCode> decode_ping(const Frame& frame) {
    if ((frame.first_byte & 0x0FU) != 0 || !frame.body.empty()) {
        return ReasonCode::malformed_packet;
    }
    return {};
}

Result<Packet, ReasonCode> decode(const Frame& frame, Version version, Receiver receiver) {
    switch (packet_type(frame)) {
        case PacketType::publish:
            return any(decode_publish(frame, version, receiver));
        case PacketType::puback:
            return any(decode_puback(frame, version));
        case PacketType::pubrec:
            return any(decode_pubrec(frame, version));
        case PacketType::pubrel:
            return any(decode_pubrel(frame, version));
        case PacketType::pubcomp:
            return any(decode_pubcomp(frame, version));
        case PacketType::disconnect:
            return any(decode_disconnect(frame, version, receiver));
        case PacketType::auth:
            return any(decode_auth(frame, version));
        default:
            break;
    }
    return receiver == Receiver::server ? decode_for_server(frame, version)
                                        : decode_for_client(frame, version);
}

}  // namespace mq::mqtt
