#include "mqtt/table/packet_table.hpp"

namespace mq::mqtt {
namespace {

constexpr auto v3 = Version::v3_1;
constexpr auto v4 = Version::v3_1_1;
constexpr auto v5 = Version::v5;
constexpr auto client = Receiver::client;
constexpr auto malformed = ReasonCode::malformed_packet;
constexpr auto protocol = ReasonCode::protocol_error;

}  // namespace

PacketTable connack_rows() {
    return {
        accepted(v5, client, "20 [ 01 00 [] ]",
                 "CONNACK session_present reason_code=0x00 return_code=0x00"),
        accepted(v4, client, "20 [ 01 00 ]",
                 "CONNACK session_present reason_code=0x00 return_code=0x00"),
        // 3.1 has no such flag: the byte says nothing.
        tolerated(v3, client, "20 [ 01 00 ]", "CONNACK reason_code=0x00 return_code=0x00"),
        tolerated(v3, client, "20 [ FF 05 ]", "CONNACK reason_code=0x00 return_code=0x05"),
        // [MQTT-3.2.2-1] [MQTT-3.2.2-6] [MQTT311-3.2.2-4]
        refused(v5, client, "20 [ 02 00 [] ]", malformed),
        refused(v5, client, "20 [ 81 00 [] ]", malformed),
        refused(v4, client, "20 [ 02 00 ]", malformed),
        refused(v5, client, "20 [ 01 80 [] ]", protocol),
        refused(v4, client, "20 [ 01 02 ]", protocol),
        refused(v5, client, "20 [ 00 00 ]", malformed),
        refused(v5, client, "20 [ 00 ]", malformed),
        refused(v4, client, "20 [ 00 ]", malformed),
        refused(v4, client, "20 [ ]", malformed),
        refused(v4, client, "20 [ 00 00 00 ]", malformed),
        refused(v3, client, "20 [ 00 00 00 ]", malformed),
        refused(v5, client, "20 [ 00 00 [] 00 ]", malformed),
        refused(v4, client, "20 [ 00 00 [] ]", malformed),
        // Everything at once, in the order of the encoder.
        accepted(v5, client,
                 "20 [ 00 00 [ 13 003C 22 000A 12 'new' 15 'm' 16 'd' 25 01 27 00010000 21 0014 "
                 "24 01 11 00000E10 1A 'r/i' 1C 'other' 1F 'why' 26 'k' 'v' 28 01 29 01 2A 00 ] ]",
                 R"(CONNACK reason_code=0x00 return_code=0x00 session_expiry_interval=3600 )"
                 R"(receive_maximum=20 maximum_qos=1 retain_available=1 )"
                 R"(maximum_packet_size=65536 assigned_client_identifier="new" )"
                 R"(topic_alias_maximum=10 reason_string="why" )"
                 R"(wildcard_subscription_available=1 subscription_identifier_available=1 )"
                 R"(shared_subscription_available=0 server_keep_alive=60 )"
                 R"(response_information="r/i" server_reference="other" )"
                 R"(authentication_method="m" authentication_data="d" user_property="k"="v")"),
        tolerated(v5, client, "20 [ 00 00 [ 21 0014 22 000A ] ]",
                  "CONNACK reason_code=0x00 return_code=0x00 receive_maximum=20 "
                  "topic_alias_maximum=10"),
    };
}

}  // namespace mq::mqtt
