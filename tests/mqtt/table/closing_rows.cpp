#include "mqtt/table/packet_table.hpp"

namespace mq::mqtt {
namespace {

constexpr auto v3 = Version::v3_1;
constexpr auto v4 = Version::v3_1_1;
constexpr auto v5 = Version::v5;
constexpr auto server = Receiver::server;
constexpr auto client = Receiver::client;
constexpr auto malformed = ReasonCode::malformed_packet;
constexpr auto protocol = ReasonCode::protocol_error;

PacketTable ping_rows() {
    return {
        refused(v4, server, "C0 [ 00 ]", malformed),
        refused(v5, server, "C0 [ [] ]", malformed),
        refused(v4, client, "D0 [ 00 ]", malformed),
        refused(v5, client, "D0 [ [] ]", malformed),
    };
}

PacketTable disconnect_rows() {
    return {
        // From the end, the properties and then the reason code may be left out.
        accepted(v5, server, "E0 [ ]", "DISCONNECT reason_code=0x00"),
        tolerated(v5, server, "E0 [ 00 ]", "DISCONNECT reason_code=0x00"),
        tolerated(v5, server, "E0 [ 00 [] ]", "DISCONNECT reason_code=0x00"),
        accepted(v5, server, "E0 [ 04 ]", "DISCONNECT reason_code=0x04"),
        tolerated(v5, server, "E0 [ 04 [] ]", "DISCONNECT reason_code=0x04"),
        accepted(v5, server, "E0 [ 04 [ 11 00000E10 1F 'why' 26 'k' 'v' ] ]",
                 "DISCONNECT reason_code=0x04 session_expiry_interval=3600 "
                 "reason_string=\"why\" user_property=\"k\"=\"v\""),
        accepted(v5, client, "E0 [ 9C [ 1C 'other' 1F 'why' 26 'k' 'v' ] ]",
                 "DISCONNECT reason_code=0x9C reason_string=\"why\" server_reference=\"other\" "
                 "user_property=\"k\"=\"v\""),
        accepted(v5, client, "E0 [ ]", "DISCONNECT reason_code=0x00"),
        refused(v5, server, "E0 [ 00 [] 00 ]", malformed),
        refused(v5, server, "E0 [ 00 [ 11 00000E10 ] 00 ]", malformed),
        refused(v5, server, "E0 [ 00 05 ]", malformed),
        refused(v4, server, "E0 [ 00 ]", malformed),
        refused(v3, server, "E0 [ 00 [] ]", malformed),
        refused(v4, client, "E0 [ ]", protocol),
        refused(v3, client, "E0 [ ]", protocol),
    };
}

PacketTable auth_rows() {
    return {
        accepted(v5, server, "F0 [ ]", "AUTH reason_code=0x00"),
        tolerated(v5, server, "F0 [ 00 ]", "AUTH reason_code=0x00"),
        tolerated(v5, client, "F0 [ 00 [] ]", "AUTH reason_code=0x00"),
        accepted(v5, client, "F0 [ 18 [ 15 'm' 16 'd' 1F 'why' 26 'k' 'v' ] ]",
                 "AUTH reason_code=0x18 authentication_method=\"m\" authentication_data=\"d\" "
                 "reason_string=\"why\" user_property=\"k\"=\"v\""),
        // The method must not be left out (§3.15.2.2.2).
        refused(v5, server, "F0 [ 18 ]", protocol),
        refused(v5, server, "F0 [ 19 [] ]", protocol),
        refused(v5, server, "F0 [ 18 [ 16 'd' ] ]", protocol),
        refused(v5, server, "F0 [ 00 [ 26 'k' 'v' ] ]", protocol),
        refused(v5, server, "F0 [ 00 [] 00 ]", malformed),
        refused(v4, server, "F0 [ ]", protocol),
        refused(v4, client, "F0 [ 18 [ 15 'm' ] ]", protocol),
        refused(v3, server, "F0 [ ]", protocol),
    };
}

}  // namespace

PacketTable closing_rows() {
    PacketTable rows = ping_rows();
    for (const PacketTable& more : {disconnect_rows(), auth_rows()}) {
        rows.insert(rows.end(), more.begin(), more.end());
    }
    return rows;
}

}  // namespace mq::mqtt
