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

struct Kind {
    std::string first;
    std::string name;
    std::string failure;  ///< a reason code that it may carry
};

void add_rows(const Kind& kind, Receiver receiver, PacketTable& rows) {
    const std::string start = kind.first + "[ ";
    const std::string good = kind.name + " packet_id=258 reason_code=0x00";
    const std::string bad = kind.name + " packet_id=258 reason_code=0x" + kind.failure;
    for (const Version version : {v3, v4}) {
        rows.push_back(accepted(version, receiver, start + "0102 ]", good));
        rows.push_back(refused(version, receiver, start + "0102 00 ]", malformed));
        rows.push_back(refused(version, receiver, start + "0102 00 [] ]", malformed));
    }
    for (const Version version : {v3, v4, v5}) {
        rows.push_back(refused(version, receiver, start + "0000 ]", protocol));
        rows.push_back(refused(version, receiver, start + "01 ]", malformed));
        rows.push_back(refused(version, receiver, start + "]", malformed));
    }
    // From the end, 5.0 lets go the properties and then the reason code.
    rows.push_back(accepted(v5, receiver, start + "0102 ]", good));
    rows.push_back(tolerated(v5, receiver, start + "0102 00 ]", good));
    rows.push_back(tolerated(v5, receiver, start + "0102 00 [] ]", good));
    const std::string code = "0102 " + kind.failure;
    rows.push_back(accepted(v5, receiver, start + code + " ]", bad));
    rows.push_back(tolerated(v5, receiver, start + code + " [] ]", bad));
    rows.push_back(
        accepted(v5, receiver, start + "0102 00 [ 1F 'why' ] ]", good + " reason_string=\"why\""));
    rows.push_back(accepted(v5, receiver, start + code + " [ 1F 'why' 26 'k' 'v' ] ]",
                            bad + " reason_string=\"why\" user_property=\"k\"=\"v\""));
    rows.push_back(refused(v5, receiver, start + code + " [] 00 ]", malformed));
    rows.push_back(refused(v5, receiver, start + code + " [ 1F 'why' ] 00 ]", malformed));
    rows.push_back(refused(v5, receiver, start + code + " 05 ]", malformed));
}

}  // namespace

PacketTable acknowledgement_rows() {
    PacketTable rows;
    for (const Kind& kind : {Kind{"40", "PUBACK", "87"}, Kind{"50", "PUBREC", "97"},
                             Kind{"62", "PUBREL", "92"}, Kind{"70", "PUBCOMP", "92"}}) {
        add_rows(kind, server, rows);
        add_rows(kind, client, rows);
    }
    return rows;
}

}  // namespace mq::mqtt
