#include "mqtt/table/notation.hpp"
#include "mqtt/table/packet_table.hpp"

namespace mq::mqtt {
namespace {

/// A small body of each packet, and who may send it in which version with which flags.
struct Kind {
    PacketType type;
    std::string body;     ///< 3.1 and 3.1.1
    std::string body_5;   ///< 5.0
    std::string printed;  ///< without flags
    std::string printed_5;
    bool from_client;
    bool from_server;
    bool from_server_5;
    bool only_5 = false;
    std::uint8_t flags = 0;  ///< the only right ones
};

std::vector<Kind> exchange_kinds() {
    const auto acknowledgement = [](PacketType type, std::uint8_t flags) {
        const std::string printed = std::string(name(type)) + " packet_id=10 reason_code=0x00";
        return Kind{type, "[ 000A ]", "[ 000A ]", printed, printed, true, true, true, false, flags};
    };
    return {
        acknowledgement(PacketType::puback, 0),
        acknowledgement(PacketType::pubrec, 0),
        acknowledgement(PacketType::pubrel, 2),
        acknowledgement(PacketType::pubcomp, 0),
        {PacketType::subscribe, "[ 000A 'f' 01 ]", "[ 000A [] 'f' 01 ]",
         "SUBSCRIBE packet_id=10 \"f\"{ qos=1 retain_handling=0 }",
         "SUBSCRIBE packet_id=10 \"f\"{ qos=1 retain_handling=0 }", true, false, false, false, 2},
        {PacketType::suback, "[ 000A 01 ]", "[ 000A [] 01 ]",
         "SUBACK packet_id=10 reason_codes=0x01", "SUBACK packet_id=10 reason_codes=0x01", false,
         true, true},
        {PacketType::unsubscribe, "[ 000A 'f' ]", "[ 000A [] 'f' ]",
         "UNSUBSCRIBE packet_id=10 \"f\"", "UNSUBSCRIBE packet_id=10 \"f\"", true, false, false,
         false, 2},
        {PacketType::unsuback, "[ 000A ]", "[ 000A [] 00 ]", "UNSUBACK packet_id=10",
         "UNSUBACK packet_id=10 reason_codes=0x00", false, true, true},
    };
}

std::vector<Kind> connection_kinds() {
    const std::string connack = "CONNACK reason_code=0x00 return_code=0x00";
    const std::string disconnect = "DISCONNECT reason_code=0x00";
    return {
        {PacketType::connack, "[ 00 00 ]", "[ 00 00 [] ]", connack, connack, false, true, true},
        {PacketType::pingreq, "[ ]", "[ ]", "PINGREQ", "PINGREQ", true, false, false},
        {PacketType::pingresp, "[ ]", "[ ]", "PINGRESP", "PINGRESP", false, true, true},
        {PacketType::disconnect, "[ ]", "[ ]", disconnect, disconnect, true, false, true},
        {PacketType::auth, "[ ]", "[ ]", "AUTH reason_code=0x00", "AUTH reason_code=0x00", true,
         true, true, true},
    };
}

bool may_send(const Kind& kind, Version version, Receiver receiver) {
    if (kind.only_5 && version != Version::v5) {
        return false;
    }
    if (receiver == Receiver::server) {
        return kind.from_client;
    }
    return version == Version::v5 ? kind.from_server_5 : kind.from_server;
}

/// In 3.1 the packets with flags 0010 may carry DUP as well.
bool is_dup_of_3_1(const Kind& kind, Version version, unsigned flags) {
    return version == Version::v3_1 && kind.flags == 2 && flags == 0x0A;
}

PacketRow make_row(const Kind& kind, Version version, Receiver receiver, unsigned flags) {
    const bool v5 = version == Version::v5;
    const auto first = static_cast<std::uint8_t>(static_cast<unsigned>(kind.type) << 4U | flags);
    const std::string bytes = hex_of({first}) + (v5 ? kind.body_5 : kind.body);
    if (!may_send(kind, version, receiver)) {
        return refused(version, receiver, bytes, ReasonCode::protocol_error);
    }
    const std::string& printed = v5 ? kind.printed_5 : kind.printed;
    if (flags == kind.flags) {
        return accepted(version, receiver, bytes, printed);
    }
    if (is_dup_of_3_1(kind, version, flags)) {
        return tolerated(version, receiver, bytes, printed);
    }
    return refused(version, receiver, bytes, ReasonCode::malformed_packet);
}

}  // namespace

PacketTable header_rows() {
    PacketTable table;
    for (const auto& kinds : {exchange_kinds(), connection_kinds()}) {
        for (const Kind& kind : kinds) {
            for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5}) {
                for (const Receiver receiver : {Receiver::server, Receiver::client}) {
                    for (unsigned flags = 0; flags < 16; ++flags) {
                        table.push_back(make_row(kind, version, receiver, flags));
                    }
                }
            }
        }
    }
    return table;
}

}  // namespace mq::mqtt
