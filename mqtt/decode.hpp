#pragma once

#include "mqtt/framer.hpp"
#include "mqtt/packet.hpp"

/// Bytes to packets. Nothing is allocated; the packets are views into `frame.body`. Errors are
/// `malformed_packet`, `protocol_error` (e.g. a property given twice, a receive maximum of 0) or
/// the more precise code that MQTT 5.0 names (`topic_alias_invalid`, ...);
/// packets of 3.1 and 3.1.1 give the same codes, for the log.
namespace mq::mqtt {

/// Which side's packets are decoded: a server gets packets from clients, a client from a server.
enum class Receiver : std::uint8_t { server, client };

/// CONNECT tells its own version. `unsupported_protocol_version` for a level that is not 3, 4 or 5
/// (or with the bridge bit 0x83, 0x84) or does not go with the name; `protocol_error` for another
/// name, or the bridge bit in 5.0.
Result<Connect, ReasonCode> decode_connect(const Frame& frame);
Result<Connack, ReasonCode> decode_connack(const Frame& frame, Version version);
Result<Publish, ReasonCode> decode_publish(const Frame& frame, Version version, Receiver receiver);
Result<Puback, ReasonCode> decode_puback(const Frame& frame, Version version);
Result<Pubrec, ReasonCode> decode_pubrec(const Frame& frame, Version version);
Result<Pubrel, ReasonCode> decode_pubrel(const Frame& frame, Version version);
Result<Pubcomp, ReasonCode> decode_pubcomp(const Frame& frame, Version version);
Result<Subscribe, ReasonCode> decode_subscribe(const Frame& frame, Version version);
Result<Suback, ReasonCode> decode_suback(const Frame& frame, Version version);
Result<Unsubscribe, ReasonCode> decode_unsubscribe(const Frame& frame, Version version);
Result<Unsuback, ReasonCode> decode_unsuback(const Frame& frame, Version version);
Result<Disconnect, ReasonCode> decode_disconnect(const Frame& frame, Version version,
                                                 Receiver receiver);
Result<Auth, ReasonCode> decode_auth(const Frame& frame, Version version);
/// PINGREQ and PINGRESP have neither flags nor body.
Result<void, ReasonCode> decode_ping(const Frame& frame);

/// Whatever packet it is: the functions above by packet type. A packet that only the other side may
/// send, or that the version does not have, is a `protocol_error`.
Result<Packet, ReasonCode> decode(const Frame& frame, Version version, Receiver receiver);

constexpr PacketType packet_type(const Frame& frame) {
    return static_cast<PacketType>(frame.first_byte >> 4U);
}

}  // namespace mq::mqtt
