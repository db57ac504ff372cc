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
constexpr auto unsupported = ReasonCode::unsupported_protocol_version;
constexpr auto bad_topic = ReasonCode::topic_name_invalid;

PacketTable version_rows() {
    return {
        accepted(v3, server, "10 [ 'MQIsdp' 03 02 003C 'me' ]",
                 R"(CONNECT 3.1 client_id="me" keep_alive=60 clean_start)"),
        accepted(v4, server, "10 [ 'MQTT' 04 02 003C 'me' ]",
                 R"(CONNECT 3.1.1 client_id="me" keep_alive=60 clean_start)"),
        accepted(v5, server, "10 [ 'MQTT' 05 02 003C [] 'me' ]",
                 R"(CONNECT 5.0 client_id="me" keep_alive=60 clean_start)"),
        // Whatever version the stream was thought to have, CONNECT decides.
        accepted(v5, server, "10 [ 'MQTT' 04 00 0000 'me' ]",
                 R"(CONNECT 3.1.1 client_id="me" keep_alive=0)"),
        accepted(v3, server, "10 [ 'MQIsdp' 83 02 003C 'me' ]",
                 R"(CONNECT 3.1 client_id="me" keep_alive=60 clean_start bridge)"),
        accepted(v4, server, "10 [ 'MQTT' 84 02 003C 'me' ]",
                 R"(CONNECT 3.1.1 client_id="me" keep_alive=60 clean_start bridge)"),
        refused(v5, server, "10 [ 'MQTT' 85 02 003C [] 'me' ]", protocol),
        refused(v5, server, "10 [ 'MQTT' 03 02 003C 'me' ]", unsupported),
        refused(v5, server, "10 [ 'MQTT' 06 02 003C [] 'me' ]", unsupported),
        refused(v5, server, "10 [ 'MQTT' 00 02 003C 'me' ]", unsupported),
        refused(v5, server, "10 [ 'MQTT' FF 02 003C 'me' ]", unsupported),
        refused(v5, server, "10 [ 'MQIsdp' 04 02 003C 'me' ]", unsupported),
        refused(v5, server, "10 [ 'MQIsdp' 05 02 003C [] 'me' ]", unsupported),
        refused(v5, server, "10 [ 'mqtt' 04 02 003C 'me' ]", protocol),
        refused(v5, server, "10 [ '' 04 02 003C 'me' ]", protocol),
        refused(v5, server, "10 [ 'MQTTX' 04 02 003C 'me' ]", protocol),
        // A version of the future is told so even when its packet goes on in another way.
        refused(v5, server, "10 [ 'MQTT' 07 ]", unsupported),
        refused(v5, server, "10 [ 'MQTT' ]", malformed),
        refused(v5, server, "10 [ 0004 <MQT> ]", malformed),
        refused(v5, server, "10 [ ]", malformed),
        refused(v5, client, "10 [ 'MQTT' 05 02 003C [] 'me' ]", protocol),
    };
}

PacketTable fixed_header_rows() {
    PacketTable rows;
    for (const std::string first : {"11", "12", "14", "18", "1F"}) {
        rows.push_back(refused(v4, server, first + "[ 'MQTT' 04 02 003C 'me' ]", malformed));
        rows.push_back(refused(v5, server, first + "[ 'MQTT' 05 02 003C [] 'me' ]", malformed));
    }
    return rows;
}

PacketTable flag_rows() {
    return {
        // [MQTT-3.1.2-3] [MQTT311-3.1.2-3]
        refused(v4, server, "10 [ 'MQTT' 04 03 003C 'me' ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 03 003C [] 'me' ]", malformed),
        tolerated(v3, server, "10 [ 'MQIsdp' 03 03 003C 'me' ]",
                  R"(CONNECT 3.1 client_id="me" keep_alive=60 clean_start)"),
        // QoS without a will. [MQTT-3.1.2-11] [MQTT311-3.1.2-11] [MQTT311-3.1.2-13]
        refused(v4, server, "10 [ 'MQTT' 04 0A 003C 'me' ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 12 003C 'me' ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 0A 003C [] 'me' ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 12 003C [] 'me' ]", malformed),
        // RETAIN without a will. [MQTT-3.1.2-13] [MQTT311-3.1.2-15]
        refused(v4, server, "10 [ 'MQTT' 04 22 003C 'me' ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 22 003C [] 'me' ]", malformed),
        refused(v3, server, "10 [ 'MQIsdp' 03 22 003C 'me' ]", malformed),
        // QoS 3. [MQTT-3.1.2-12] [MQTT311-3.1.2-14]
        refused(v4, server, "10 [ 'MQTT' 04 1E 003C 'me' 'w' 'x' ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 1E 003C [] 'me' [] 'w' 'x' ]", malformed),
        // A password without a user name: 5.0 only. [MQTT311-3.1.2-22]
        refused(v3, server, "10 [ 'MQIsdp' 03 42 003C 'me' 'secret' ]", protocol),
        refused(v4, server, "10 [ 'MQTT' 04 42 003C 'me' 'secret' ]", protocol),
        accepted(v5, server, "10 [ 'MQTT' 05 42 003C [] 'me' 'secret' ]",
                 R"(CONNECT 5.0 client_id="me" keep_alive=60 clean_start password="secret")"),
    };
}

PacketTable payload_rows() {
    return {
        // With their flags. [MQTT-3.1.2-17] [MQTT-3.1.2-19] [MQTT311-3.1.2-19] [MQTT311-3.1.2-21]
        accepted(v4, server, "10 [ 'MQTT' 04 C2 003C 'me' 'user' 0003 00FF20 ]",
                 R"(CONNECT 3.1.1 client_id="me" keep_alive=60 clean_start user_name="user" )"
                 R"(password="\x00\xFF ")"),
        accepted(v3, server, "10 [ 'MQIsdp' 03 C2 003C 'me' 'user' 'secret' ]",
                 R"(CONNECT 3.1 client_id="me" keep_alive=60 clean_start user_name="user" )"
                 R"(password="secret")"),
        accepted(v5, server, "10 [ 'MQTT' 05 82 003C [] 'me' 'user' ]",
                 R"(CONNECT 5.0 client_id="me" keep_alive=60 clean_start user_name="user")"),
        accepted(v5, server, "10 [ 'MQTT' 05 C2 FFFF [] '' '' '' ]",
                 R"(CONNECT 5.0 client_id="" keep_alive=65535 clean_start user_name="" )"
                 R"(password="")"),
        accepted(v4, server, "10 [ 'MQTT' 04 00 0001 '' ]",
                 R"(CONNECT 3.1.1 client_id="" keep_alive=1)"),
        accepted(v3, server, "10 [ 'MQIsdp' 03 00 0001 FFFF {65535 61} ]",
                 "CONNECT 3.1 client_id=\"" + std::string(64, 'a') + "\"...(65535) keep_alive=1"),
        accepted(v5, server, "10 [ 'MQTT' 05 42 003C [] 'me' FFFF {65535 00} ]",
                 [] {
                     std::string zeros;
                     for (int i = 0; i < 64; ++i) {
                         zeros += "\\x00";
                     }
                     return R"(CONNECT 5.0 client_id="me" keep_alive=60 clean_start password=")" +
                            zeros + "\"...(65535)";
                 }()),
        // In 3.1 the length decides what is there, in 3.1.1 the flags do.
        tolerated(v3, server, "10 [ 'MQIsdp' 03 C2 003C 'me' ]",
                  R"(CONNECT 3.1 client_id="me" keep_alive=60 clean_start)"),
        tolerated(v3, server, "10 [ 'MQIsdp' 03 C2 003C 'me' 'user' ]",
                  R"(CONNECT 3.1 client_id="me" keep_alive=60 clean_start user_name="user")"),
        refused(v3, server, "10 [ 'MQIsdp' 03 C2 003C 'me' 00 ]", malformed),
        // Missing in spite of the flags. [MQTT-3.1.2-17] [MQTT311-3.1.2-19] [MQTT311-3.1.2-21]
        refused(v4, server, "10 [ 'MQTT' 04 C2 003C 'me' ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 C2 003C 'me' 'user' ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 82 003C [] 'me' ]", malformed),
        // [MQTT-3.1.2-19]
        refused(v5, server, "10 [ 'MQTT' 05 42 003C [] 'me' ]", malformed),
        // [MQTT-3.1.3-3] [MQTT311-3.1.3-3]
        refused(v5, server, "10 [ 'MQTT' 05 02 003C [] ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 02 003C ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 02 00 ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 ]", malformed),
        // Trailing bytes.
        refused(v3, server, "10 [ 'MQIsdp' 03 02 003C 'me' 00 ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 02 003C 'me' 00 ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 02 003C [] 'me' 00 ]", malformed),
        // There in spite of the flags. [MQTT-3.1.2-16] [MQTT311-3.1.2-18]
        refused(v4, server, "10 [ 'MQTT' 04 02 003C 'me' 'user' ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 02 003C [] 'me' 'user' ]", malformed),
        // [MQTT-3.1.2-18] [MQTT311-3.1.2-20]
        refused(v4, server, "10 [ 'MQTT' 04 82 003C 'me' 'user' 'secret' ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 82 003C [] 'me' 'user' 'secret' ]", malformed),
        // Client identifiers that are no texts. [MQTT-3.1.3-4] [MQTT311-3.1.3-4]
        refused(v4, server, "10 [ 'MQTT' 04 02 003C 0001 00 ]", malformed),
        refused(v5, server, "10 [ 'MQTT' 05 02 003C [] 0002 C0AF ]", malformed),
        // User names that are no texts. [MQTT-3.1.3-12] [MQTT311-3.1.3-11]
        refused(v5, server, "10 [ 'MQTT' 05 82 003C [] 'me' 0003 EDA080 ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 82 003C 'me' 0001 80 ]", malformed),
        refused(v3, server, "10 [ 'MQIsdp' 03 82 003C 'me' 0001 80 ]", malformed),
        refused(v4, server, "10 [ 0004 FF515454 04 02 003C 'me' ]", malformed),
    };
}

PacketTable will_rows() {
    return {
        accepted(v3, server, "10 [ 'MQIsdp' 03 36 003C 'me' 'w' 'bye' ]",
                 R"(CONNECT 3.1 client_id="me" keep_alive=60 clean_start )"
                 R"(will{ topic="w" qos=2 retain payload="bye" })"),
        accepted(v4, server, "10 [ 'MQTT' 04 0E 003C 'me' 'a/b' '' ]",
                 R"(CONNECT 3.1.1 client_id="me" keep_alive=60 clean_start )"
                 R"(will{ topic="a/b" qos=1 payload="" })"),
        // All there is, in order. [MQTT-3.1.3-1] [MQTT311-3.1.3-1]
        accepted(v5, server, "10 [ 'MQTT' 05 E6 003C [] 'me' [ 03 'text' ] 'w' 'bye' 'u' 'p' ]",
                 R"(CONNECT 5.0 client_id="me" keep_alive=60 clean_start )"
                 R"(will{ topic="w" qos=0 retain payload="bye" content_type="text" } )"
                 R"(user_name="u" password="p")"),
        accepted(v4, server, "10 [ 'MQTT' 04 E6 003C 'me' 'w' 'bye' 'u' 'p' ]",
                 R"(CONNECT 3.1.1 client_id="me" keep_alive=60 clean_start )"
                 R"(will{ topic="w" qos=0 retain payload="bye" } user_name="u" password="p")"),
        accepted(v5, server,
                 "10 [ 'MQTT' 05 16 003C [ 21 0014 ] 'me' "
                 "[ 18 00000005 02 0000000A 01 01 03 'text' 08 're' 09 'id' 26 'k' 'v' ] 'w' "
                 "'bye' ]",
                 R"(CONNECT 5.0 client_id="me" keep_alive=60 clean_start )"
                 R"(will{ topic="w" qos=2 payload="bye" will_delay_interval=5 )"
                 R"(payload_format_indicator=1 message_expiry_interval=10 content_type="text" )"
                 R"(response_topic="re" correlation_data="id" user_property="k"="v" } )"
                 R"(receive_maximum=20)"),
        refused(v4, server, "10 [ 'MQTT' 04 06 003C 'me' 'a/#' 'x' ]", bad_topic),
        refused(v4, server, "10 [ 'MQTT' 04 06 003C 'me' '' 'x' ]", bad_topic),
        refused(v5, server, "10 [ 'MQTT' 05 06 003C [] 'me' [] '+' 'x' ]", bad_topic),
        refused(v5, server, "10 [ 'MQTT' 05 06 003C [] 'me' [] '' 'x' ]", bad_topic),
        // Will topics that are no texts. [MQTT-3.1.3-11] [MQTT311-3.1.3-10]
        refused(v5, server, "10 [ 'MQTT' 05 06 003C [] 'me' [] 0001 FF 'x' ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 06 003C 'me' 0001 FF 'x' ]", malformed),
        // Will fields that are missing. [MQTT-3.1.2-9] [MQTT311-3.1.2-9]
        refused(v5, server, "10 [ 'MQTT' 05 06 003C [] 'me' 'w' 'x' ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 06 003C 'me' 'w' ]", malformed),
        refused(v4, server, "10 [ 'MQTT' 04 06 003C 'me' ]", malformed),
        refused(v3, server, "10 [ 'MQIsdp' 03 06 003C 'me' ]", malformed),
    };
}

PacketTable list_rows() {
    return {
        accepted(v5, server,
                 "10 [ 'MQTT' 05 02 003C [ 11 FFFFFFFF 15 'm' 16 'd' 17 00 19 01 21 0001 22 000A "
                 "27 00000100 26 'k' '1' 26 'k' '2' ] 'me' ]",
                 R"(CONNECT 5.0 client_id="me" keep_alive=60 clean_start )"
                 R"(session_expiry_interval=4294967295 receive_maximum=1 maximum_packet_size=256 )"
                 R"(topic_alias_maximum=10 request_response_information=1 )"
                 R"(request_problem_information=0 authentication_method="m" )"
                 R"(authentication_data="d" user_property="k"="1" user_property="k"="2")"),
        tolerated(v5, server, "10 [ 'MQTT' 05 02 003C [ 26 'k' '1' 21 0001 26 'k' '2' ] 'me' ]",
                  R"(CONNECT 5.0 client_id="me" keep_alive=60 clean_start receive_maximum=1 )"
                  R"(user_property="k"="1" user_property="k"="2")"),
        // Data for a method that is not named (§3.1.2.11.10).
        refused(v5, server, "10 [ 'MQTT' 05 02 003C [ 16 'd' ] 'me' ]", protocol),
    };
}

PacketTable join(const std::vector<PacketTable>& parts) {
    PacketTable all;
    for (const PacketTable& part : parts) {
        all.insert(all.end(), part.begin(), part.end());
    }
    return all;
}

}  // namespace

PacketTable connect_rows() {
    return join({version_rows(), fixed_header_rows(), flag_rows(), payload_rows(), will_rows(),
                 list_rows()});
}

}  // namespace mq::mqtt
