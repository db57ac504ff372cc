#include "mqtt/table/notation.hpp"
#include "mqtt/table/packet_table.hpp"

#include <string_view>

namespace mq::mqtt {
namespace {

/// A packet with a hole for one reason code, and the codes that its section lists.
struct Place {
    Version version;
    Receiver receiver;
    std::string before;
    std::string after;
    std::string printed;
    std::string printed_after;
    std::string allowed;          ///< notation
    bool shorter_when_0 = false;  ///< the encoder leaves a code of 0 out
};

std::vector<Place> acknowledgement_places() {
    const std::string publish_codes = "00 10 80 83 87 90 91 97 99";
    const std::string release_codes = "00 92";
    const auto v5 = Version::v5;
    const auto server = Receiver::server;
    return {
        // [MQTT-3.4.2-1]
        {v5, server, "40 [ 0007 ", "]", "PUBACK packet_id=7 reason_code=", "", publish_codes, true},
        // [MQTT-3.5.2-1]
        {v5, server, "50 [ 0007 ", "]", "PUBREC packet_id=7 reason_code=", "", publish_codes, true},
        // [MQTT-3.6.2-1]
        {v5, server, "62 [ 0007 ", "]", "PUBREL packet_id=7 reason_code=", "", release_codes, true},
        // [MQTT-3.7.2-1]
        {v5, server, "70 [ 0007 ", "]", "PUBCOMP packet_id=7 reason_code=", "", release_codes,
         true},
    };
}

std::vector<Place> server_places() {
    const auto v5 = Version::v5;
    const auto client = Receiver::client;
    const std::string old_codes = "00 01 02 80";
    return {
        // [MQTT-3.2.2-8]
        {v5, client, "20 [ 00 ", "[] ]", "CONNACK reason_code=", " return_code=0x00",
         "00 80 81 82 83 84 85 86 87 88 89 8A 8C 90 95 97 99 9A 9B 9C 9D 9F"},
        {Version::v3_1_1, client, "20 [ 00 ", "]", "CONNACK reason_code=0x00 return_code=", "",
         "00 01 02 03 04 05"},
        {Version::v3_1, client, "20 [ 00 ", "]", "CONNACK reason_code=0x00 return_code=", "",
         "00 01 02 03 04 05"},
        // [MQTT-3.9.3-2]
        {v5, client, "90 [ 0007 [] 00 ", "]", "SUBACK packet_id=7 reason_codes=0x00,", "",
         "00 01 02 80 83 87 8F 91 97 9E A1 A2"},
        // [MQTT311-3.9.3-2]
        {Version::v3_1_1, client, "90 [ 0007 ", "]", "SUBACK packet_id=7 reason_codes=", "",
         old_codes},
        {Version::v3_1, client, "90 [ 0007 ", "]", "SUBACK packet_id=7 reason_codes=", "",
         old_codes},
        // [MQTT-3.11.3-2]
        {v5, client, "B0 [ 0007 [] 00 ", "]", "UNSUBACK packet_id=7 reason_codes=0x00,", "",
         "00 11 80 83 87 8F 91"},
    };
}

std::vector<Place> closing_places() {
    const auto v5 = Version::v5;
    return {
        // [MQTT-3.14.2-1]
        {v5, Receiver::server, "E0 [ ", "]", "DISCONNECT reason_code=", "",
         "00 04 80 81 82 83 90 93 94 95 96 97 98 99", true},
        {v5, Receiver::client, "E0 [ ", "]", "DISCONNECT reason_code=", "",
         "00 80 81 82 83 87 89 8B 8D 8E 8F 90 93 94 95 96 97 98 99 9A 9B 9C 9D 9E 9F A0 A1 A2",
         true},
        // [MQTT-3.15.2-1]
        {v5, Receiver::server, "F0 [ ", "[ 15 'm' ] ]",
         "AUTH reason_code=", " authentication_method=\"m\"", "00 18 19"},
    };
}

void add_all_codes(const Place& place, PacketTable& table) {
    std::vector<bool> allowed(256);
    for (const std::uint8_t code : bytes_of(place.allowed)) {
        allowed[code] = true;
    }
    for (unsigned code = 0; code < 256; ++code) {
        const std::string digits = hex_of({static_cast<std::uint8_t>(code)});
        const std::string bytes = place.before + digits + " " + place.after;
        if (!allowed[code]) {
            table.push_back(
                refused(place.version, place.receiver, bytes, ReasonCode::protocol_error));
            continue;
        }
        const auto build = code == 0 && place.shorter_when_0 ? tolerated : accepted;
        table.push_back(build(place.version, place.receiver, bytes,
                              place.printed + "0x" + digits + place.printed_after));
    }
}

}  // namespace

PacketTable reason_code_rows() {
    PacketTable table;
    for (const auto& places : {acknowledgement_places(), server_places(), closing_places()}) {
        for (const Place& place : places) {
            add_all_codes(place, table);
        }
    }
    return table;
}

}  // namespace mq::mqtt
