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
constexpr auto bad_topic = ReasonCode::protocol_error;

/// The same in all versions but for the empty property list of 5.0.
PacketTable plain_rows() {
    PacketTable rows;
    for (const Version version : {v3, v4, v5}) {
        const std::string list = version == v5 ? "[] " : "";
        for (const Receiver receiver : {server, client}) {
            const auto accept = [&](std::string bytes, std::string_view payload,
                                    const std::string& packet) {
                bytes.append(list).append(payload).append(" ]");
                rows.push_back(accepted(version, receiver, bytes, packet));
            };
            const auto refuse = [&](const std::string& start, ReasonCode error) {
                rows.push_back(refused(version, receiver, start + list + " ]", error));
            };
            accept("30 [ 'a/b' ", "<hi>", R"(PUBLISH topic="a/b" qos=0 payload="hi")");
            accept("31 [ 'a/b' ", "", R"(PUBLISH topic="a/b" qos=0 retain payload="")");
            accept("32 [ 'a/b' 0001 ", "<hi>",
                   R"(PUBLISH topic="a/b" qos=1 packet_id=1 payload="hi")");
            accept("3A [ 'a/b' FFFF ", "00FF",
                   R"(PUBLISH topic="a/b" qos=1 dup packet_id=65535 payload="\x00\xFF")");
            accept("34 [ 'a/b' 000A ", "<hi>",
                   R"(PUBLISH topic="a/b" qos=2 packet_id=10 payload="hi")");
            accept("3D [ '/' 000A ", "<hi>",
                   R"(PUBLISH topic="/" qos=2 dup retain packet_id=10 payload="hi")");
            accept("30 [ '$SYS/x' ", "<1>", R"(PUBLISH topic="$SYS/x" qos=0 payload="1")");
            accept("30 [ 0003 EFBBBF ", "<1>", R"(PUBLISH topic="\xEF\xBB\xBF" qos=0 payload="1")");
            accept("30 [ FFFF {65535 61} ", "<1>",
                   "PUBLISH topic=\"" + std::string(64, 'a') + "\"...(65535) qos=0 payload=\"1\"");
            accept("30 [ 00C8 {200 2F} ", "<1>",
                   "PUBLISH topic=\"" + std::string(64, '/') + "\"...(200) qos=0 payload=\"1\"");
            // QoS 3. [MQTT-3.3.1-4] [MQTT311-3.3.1-4]
            refuse("36 [ 'a/b' 0001 ", malformed);
            refuse("3E [ 'a/b' 0001 ", malformed);
            refuse("37 [ 'a/b' 0001 ", malformed);
            refuse("3F [ 'a/b' 0001 ", malformed);
            // DUP at QoS 0. [MQTT-3.3.1-2] [MQTT311-3.3.1-2]
            refuse("38 [ 'a/b' ", malformed);
            refuse("39 [ 'a/b' ", malformed);
            refuse("32 [ 'a/b' 0000 ", protocol);
            refuse("34 [ 'a/b' 0000 ", protocol);
            // [MQTT-3.3.2-2] [MQTT311-3.3.2-2]
            refuse("30 [ 'a/+' ", bad_topic);
            refuse("30 [ '#' ", bad_topic);
            refuse("30 [ 'abcdefgh#' ", bad_topic);
            refuse("30 [ 00C9 {201 2F} ", bad_topic);  // 202 levels
            // [MQTT-3.3.2-1] [MQTT311-3.3.2-1]
            refuse("30 [ 0003 610062 ", malformed);
            refuse("30 [ 0002 C3C3 ", malformed);
            refuse("30 [ 0003 EDBFBF ", malformed);
            rows.push_back(refused(version, receiver, "30 [ ]", malformed));
            rows.push_back(refused(version, receiver, "30 [ 00 ]", malformed));
            rows.push_back(refused(version, receiver, "30 [ 0004 <a/b> ]", malformed));
            rows.push_back(refused(version, receiver, "32 [ 'a/b' 00 ]", malformed));
            rows.push_back(refused(version, receiver, "32 [ 'a/b' ]", malformed));
        }
    }
    return rows;
}

PacketTable alias_rows() {
    return {
        accepted(v5, server, "30 [ '' [ 23 0001 ] <hi> ]",
                 R"(PUBLISH topic="" qos=0 payload="hi" topic_alias=1)"),
        accepted(v5, client, "32 [ '' 0001 [ 23 FFFF ] ]",
                 R"(PUBLISH topic="" qos=1 packet_id=1 payload="" topic_alias=65535)"),
        refused(v5, server, "30 [ '' [] <hi> ]", protocol),
        refused(v5, client, "30 [ '' [ 01 00 ] <hi> ]", protocol),
        refused(v5, server, "30 [ '#' [ 23 0001 ] <hi> ]", bad_topic),
        refused(v4, server, "30 [ '' <hi> ]", bad_topic),
        refused(v3, client, "30 [ '' <hi> ]", bad_topic),
    };
}

PacketTable list_rows() {
    return {
        accepted(v5, client,
                 "3B [ 't' 0002 [ 23 0007 0B 01 0B FFFFFF7F 02 0000003C 01 01 03 'text' 08 're' "
                 "09 'id' 26 'k' '1' 26 '' '' 26 'k' '2' ] <hi> ]",
                 R"(PUBLISH topic="t" qos=1 dup retain packet_id=2 payload="hi" topic_alias=7 )"
                 R"(subscription_identifier=1 subscription_identifier=268435455 )"
                 R"(payload_format_indicator=1 message_expiry_interval=60 content_type="text" )"
                 R"(response_topic="re" correlation_data="id" user_property="k"="1" )"
                 R"(user_property=""="" user_property="k"="2")"),
        // Properties may come in any order; identifiers and user properties keep theirs.
        tolerated(v5, client, "30 [ 't' [ 26 'a' '1' 0B 05 09 'id' 26 'b' '2' 0B 03 01 00 ] <hi> ]",
                  R"(PUBLISH topic="t" qos=0 payload="hi" subscription_identifier=5 )"
                  R"(subscription_identifier=3 payload_format_indicator=0 correlation_data="id" )"
                  R"(user_property="a"="1" user_property="b"="2")"),
        // Correlation data needs no response topic.
        accepted(v5, server, "30 [ 't' [ 09 'id' ] ]",
                 R"(PUBLISH topic="t" qos=0 payload="" correlation_data="id")"),
        // A property list of two size bytes.
        accepted(v5, server, "30 [ 't' [ 26 'k' 0080 {128 76} ] <hi> ]",
                 R"(PUBLISH topic="t" qos=0 payload="hi" user_property="k"=")" +
                     std::string(64, 'v') + "\"...(128)"),
        refused(v5, server, "30 [ 't' ]", malformed),
        refused(v5, server, "30 [ 't' 80 ]", malformed),
        refused(v5, server, "30 [ 't' 8000 <hi> ]", malformed),
        refused(v5, server, "30 [ 't' 01 ]", malformed),
        refused(v5, client, "30 [ 't' [ 0B ] ]", malformed),
    };
}

}  // namespace

PacketTable publish_rows() {
    PacketTable rows = plain_rows();
    for (const PacketTable& more : {alias_rows(), list_rows()}) {
        rows.insert(rows.end(), more.begin(), more.end());
    }
    return rows;
}

}  // namespace mq::mqtt
