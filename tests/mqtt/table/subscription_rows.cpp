#include "mqtt/table/packet_table.hpp"

#include <string_view>

namespace mq::mqtt {
namespace {

constexpr auto v3 = Version::v3_1;
constexpr auto v4 = Version::v3_1_1;
constexpr auto v5 = Version::v5;
constexpr auto server = Receiver::server;
constexpr auto client = Receiver::client;
constexpr auto malformed = ReasonCode::malformed_packet;
constexpr auto protocol = ReasonCode::protocol_error;

PacketTable subscribe_rows() {
    return {
        accepted(v3, server, "82 [ 0001 'a' 00 'b/#' 01 '+' 02 ]",
                 R"(SUBSCRIBE packet_id=1 "a"{ qos=0 retain_handling=0 } )"
                 R"("b/#"{ qos=1 retain_handling=0 } "+"{ qos=2 retain_handling=0 })"),
        accepted(v4, server, "82 [ FFFF 'a' 02 ]",
                 R"(SUBSCRIBE packet_id=65535 "a"{ qos=2 retain_handling=0 })"),
        accepted(v5, server, "82 [ 0001 [] 'a' 2E 'b' 11 ]",
                 R"(SUBSCRIBE packet_id=1 "a"{ qos=2 no_local retain_as_published )"
                 R"(retain_handling=2 } "b"{ qos=1 retain_handling=1 })"),
        accepted(v5, server, "82 [ 0001 [ 0B 8001 26 'k' 'v' ] '$share/g/a' 08 ]",
                 R"(SUBSCRIBE packet_id=1 "$share/g/a"{ qos=0 retain_as_published )"
                 R"(retain_handling=0 } subscription_identifier=128 user_property="k"="v")"),
        // Whether a filter is valid is for SUBACK to say, filter by filter.
        accepted(v4, server, "82 [ 0001 'a#' 00 '' 00 ]",
                 R"(SUBSCRIBE packet_id=1 "a#"{ qos=0 retain_handling=0 } )"
                 R"(""{ qos=0 retain_handling=0 })"),
        // No Local on a shared subscription. [MQTT-3.8.3-4]
        refused(v5, server, "82 [ 0001 [] '$share/g/a' 04 ]", protocol),
        refused(v5, server, "82 [ 0001 [] 'a' 00 '$share/g/a' 05 ]", protocol),
        accepted(v5, server, "82 [ 0001 [] '$shared/g/a' 04 ]",
                 R"(SUBSCRIBE packet_id=1 "$shared/g/a"{ qos=0 no_local retain_handling=0 })"),
        refused(v5, server, "82 [ 0001 [] ]", protocol),
        refused(v4, server, "82 [ 0001 ]", protocol),
        refused(v3, server, "82 [ 0001 ]", protocol),
        refused(v5, server, "82 [ 0000 [] 'a' 00 ]", malformed),
        refused(v4, server, "82 [ 0000 'a' 00 ]", malformed),
        refused(v3, server, "82 [ 0000 'a' 00 ]", malformed),
        refused(v4, server, "82 [ 0001 'a' ]", malformed),
        refused(v4, server, "82 [ 0001 'a' 00 'b' ]", malformed),
        refused(v4, server, "82 [ 0001 'a' 00 00 ]", malformed),
        refused(v4, server, "82 [ 0001 0002 <a> ]", malformed),
        refused(v5, server, "82 [ 0001 [] 'a' ]", malformed),
        refused(v5, server, "82 [ 0001 'a' 00 ]", malformed),
        refused(v5, server, "82 [ 0001 ]", malformed),
        refused(v4, server, "82 [ 00 ]", malformed),
        refused(v4, server, "82 [ ]", malformed),
        refused(v4, server, "82 [ 0001 0001 00 00 ]", malformed),
        refused(v5, server, "82 [ 0001 [] 0002 C080 00 ]", malformed),
    };
}

/// Each value of the options byte.
void add_options(PacketTable& rows) {
    for (unsigned bits = 0; bits < 256; ++bits) {
        static constexpr std::string_view digits = "0123456789ABCDEF";
        const std::string option = {digits[bits >> 4U], digits[bits & 0x0FU]};
        const unsigned qos = bits & 3U;
        const unsigned handling = bits >> 4U & 3U;
        const std::string old_packet = "82 [ 0001 'a' " + option + " ]";
        const std::string packet = "82 [ 0001 [] 'a' " + option + " ]";
        const std::string start = "SUBSCRIBE packet_id=1 \"a\"{ qos=" + std::to_string(qos);
        for (const Version version : {v3, v4}) {
            rows.push_back(
                bits <= 2 ? accepted(version, server, old_packet, start + " retain_handling=0 }")
                          : refused(version, server, old_packet, malformed));
        }
        if (bits >= 64) {
            rows.push_back(refused(v5, server, packet, malformed));
        } else if (qos == 3 || handling == 3) {
            rows.push_back(refused(v5, server, packet, protocol));
        } else {
            rows.push_back(accepted(v5, server, packet,
                                    start + ((bits & 4U) != 0 ? " no_local" : "") +
                                        ((bits & 8U) != 0 ? " retain_as_published" : "") +
                                        " retain_handling=" + std::to_string(handling) + " }"));
        }
    }
}

PacketTable unsubscribe_rows() {
    return {
        accepted(v3, server, "A2 [ 0001 'a' 'b/#' ]", R"(UNSUBSCRIBE packet_id=1 "a" "b/#")"),
        accepted(v4, server, "A2 [ FFFF 'a' ]", R"(UNSUBSCRIBE packet_id=65535 "a")"),
        accepted(v5, server, "A2 [ 0001 [ 26 'k' 'v' ] 'a' '' '$share/g/a' ]",
                 R"(UNSUBSCRIBE packet_id=1 "a" "" "$share/g/a" user_property="k"="v")"),
        refused(v5, server, "A2 [ 0001 [] ]", protocol),
        refused(v4, server, "A2 [ 0001 ]", protocol),
        refused(v3, server, "A2 [ 0001 ]", protocol),
        refused(v5, server, "A2 [ 0000 [] 'a' ]", malformed),
        refused(v4, server, "A2 [ 0000 'a' ]", malformed),
        refused(v4, server, "A2 [ 0001 'a' 00 ]", malformed),
        refused(v4, server, "A2 [ 0001 0002 <a> ]", malformed),
        refused(v5, server, "A2 [ 0001 'a' ]", malformed),
        refused(v5, server, "A2 [ 0001 ]", malformed),
        refused(v4, server, "A2 [ 0001 0001 FF ]", malformed),
        refused(v5, server, "A2 [ 0001 [] 'a' 0001 00 ]", malformed),
    };
}

PacketTable answer_rows() {
    return {
        accepted(v3, client, "90 [ 0001 00 01 02 ]",
                 "SUBACK packet_id=1 reason_codes=0x00,0x01,0x02"),
        accepted(v4, client, "90 [ FFFF 02 80 ]", "SUBACK packet_id=65535 reason_codes=0x02,0x80"),
        accepted(v5, client, "90 [ 0001 [ 1F 'why' 26 'k' 'v' ] 02 8F 9E ]",
                 "SUBACK packet_id=1 reason_codes=0x02,0x8F,0x9E reason_string=\"why\" "
                 "user_property=\"k\"=\"v\""),
        refused(v3, client, "90 [ 0001 ]", protocol),
        refused(v4, client, "90 [ 0001 ]", protocol),
        refused(v5, client, "90 [ 0001 [] ]", protocol),
        refused(v5, client, "90 [ 0000 [] 00 ]", protocol),
        refused(v4, client, "90 [ 0000 00 ]", protocol),
        refused(v4, client, "90 [ 0001 00 03 ]", protocol),
        refused(v5, client, "90 [ 0001 ]", malformed),
        refused(v4, client, "90 [ 00 ]", malformed),
        accepted(v3, client, "B0 [ 0001 ]", "UNSUBACK packet_id=1"),
        accepted(v4, client, "B0 [ FFFF ]", "UNSUBACK packet_id=65535"),
        accepted(v5, client, "B0 [ 0001 [ 1F 'why' 26 'k' 'v' ] 00 11 87 ]",
                 "UNSUBACK packet_id=1 reason_codes=0x00,0x11,0x87 reason_string=\"why\" "
                 "user_property=\"k\"=\"v\""),
        refused(v3, client, "B0 [ 0001 00 ]", malformed),
        refused(v4, client, "B0 [ 0001 00 ]", malformed),
        refused(v5, client, "B0 [ 0001 [] ]", protocol),
        refused(v5, client, "B0 [ 0001 ]", malformed),
        refused(v4, client, "B0 [ 0000 ]", protocol),
        refused(v5, client, "B0 [ 0000 [] 00 ]", protocol),
        refused(v4, client, "B0 [ 00 ]", malformed),
    };
}

}  // namespace

PacketTable subscription_rows() {
    PacketTable rows = subscribe_rows();
    for (const PacketTable& more : {unsubscribe_rows(), answer_rows()}) {
        rows.insert(rows.end(), more.begin(), more.end());
    }
    add_options(rows);
    return rows;
}

}  // namespace mq::mqtt
