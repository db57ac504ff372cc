#include "mqtt/table/packet_table.hpp"

namespace mq::mqtt {
namespace {

constexpr auto v4 = Version::v3_1_1;
constexpr auto v5 = Version::v5;
constexpr auto server = Receiver::server;
constexpr auto client = Receiver::client;
constexpr auto malformed = ReasonCode::malformed_packet;

}  // namespace

/// What the framer decides before any decoder sees it.
PacketTable framing_rows() {
    return {
        refused(v4, server, "00 00", ReasonCode::protocol_error),
        refused(v5, client, "0F 00", ReasonCode::protocol_error),
        // [MQTT-1.5.5-1]
        refused(v4, server, "C0 8000", malformed),
        refused(v4, server, "C0 808000", malformed),
        refused(v5, server, "C0 80808000", malformed),
        refused(v5, server, "C0 80808080", malformed),
        refused(v5, server, "30 FFFFFFFF", malformed),
        refused(v5, server, "30 FFFFFFFF7F", malformed),
        accepted(v4, server, "30 [ 't' {124 61} ]",
                 "PUBLISH topic=\"t\" qos=0 payload=\"" + std::string(64, 'a') + "\"...(124)"),
        accepted(v4, server, "30 [ 't' {125 61} ]",
                 "PUBLISH topic=\"t\" qos=0 payload=\"" + std::string(64, 'a') + "\"...(125)"),
        accepted(v4, server, "30 [ 't' {16380 61} ]",
                 "PUBLISH topic=\"t\" qos=0 payload=\"" + std::string(64, 'a') + "\"...(16380)"),
        accepted(v4, server, "30 [ 't' {16381 61} ]",
                 "PUBLISH topic=\"t\" qos=0 payload=\"" + std::string(64, 'a') + "\"...(16381)"),
        accepted(v4, server, "30 [ 't' {2097148 61} ]",
                 "PUBLISH topic=\"t\" qos=0 payload=\"" + std::string(64, 'a') + "\"...(2097148)"),
        accepted(v4, server, "30 [ 't' {2097149 61} ]",
                 "PUBLISH topic=\"t\" qos=0 payload=\"" + std::string(64, 'a') + "\"...(2097149)"),
    };
}

}  // namespace mq::mqtt
