#include "mqtt/decode.hpp"
#include "mqtt/encode.hpp"
#include "mqtt/table/notation.hpp"
#include "support/packet_printer.hpp"

#include <gtest/gtest.h>

#include <array>

namespace mq::mqtt {
namespace {

/// The parts of encoding that callers put together themselves; whole packets are in the table.
/// [MQTT-1.5.5-1]
TEST(Encode, variable_byte_integers_take_the_fewest_bytes) {
    const std::map<std::uint32_t, std::string> expected = {{0, "00"},
                                                           {1, "01"},
                                                           {127, "7F"},
                                                           {128, "8001"},
                                                           {16383, "FF7F"},
                                                           {16384, "808001"},
                                                           {2097151, "FFFF7F"},
                                                           {2097152, "80808001"},
                                                           {268435455, "FFFFFF7F"}};
    for (const auto& [value, hex] : expected) {
        std::array<std::uint8_t, 4> bytes{};
        const std::uint8_t* end = write_variable_byte_integer(value, bytes.data());
        EXPECT_EQ(hex_of({static_cast<const std::uint8_t*>(bytes.data()), end}), hex);
        EXPECT_EQ(variable_byte_integer_size(value), hex.size() / 2) << value;
    }
}

TEST(Encode, appends_behind_what_is_there) {
    Buffer out = {0xAA};
    encode(Pingreq{}, Version::v3_1_1, out);
    encode(Pingresp{}, Version::v5, out);
    EXPECT_EQ(hex_of(out), "AAC000D000");
}

TEST(Encode, writes_forwarded_properties_without_their_length) {
    Buffer user;
    append_user_property({"k", "v"}, user);
    MessageProperties properties;
    properties.payload_format_indicator = 1;
    properties.message_expiry_interval = 60;  // counted down by the server, so not among them
    properties.content_type = "text";
    properties.response_topic = "re";
    properties.user_properties = UserProperties(user);

    Buffer out;
    encode_forwarded(properties, out);
    EXPECT_EQ(out, bytes_of("01 01 03 'text' 08 're' 26 'k' 'v'"));
}

TEST(Encode, forwards_properties_in_the_order_they_came) {
    const std::string forwarded = "26 'k' '1' 09 0002 00FF 26 'a' '2' 01 01 08 're' 03 'text'";
    const auto bytes = bytes_of(
        "30 [ 't' [ 02 0000003C 26 'k' '1' 09 0002 00FF 23 0001 26 'a' '2' 01 01 08 're' "
        "03 'text' ] ]");
    const auto framing = cut_frame(bytes, bytes.size());
    const auto packet = decode_publish(framing->frame, Version::v5, Receiver::server);
    ASSERT_TRUE(packet);
    Buffer out;
    encode_forwarded(packet->properties, out);
    EXPECT_EQ(out, bytes_of(forwarded));

    const auto connect =
        bytes_of("10 [ 'MQTT' 05 06 0000 [] 'c' [ 18 00000001 26 'k' '1' 01 00 ] 'w' 'x' ]");
    const auto connecting = decode_connect(cut_frame(connect, connect.size())->frame);
    ASSERT_TRUE(connecting);
    out.clear();
    encode_forwarded(connecting->will->properties, out);
    EXPECT_EQ(out, bytes_of("26 'k' '1' 01 00"));
}

TEST(Encode, requests_can_be_put_together) {
    Buffer payload;
    append_request({"a", {QoS::exactly_once, true, true, RetainHandling::do_not_send}}, Version::v5,
                   payload);
    append_request({"b", {}}, Version::v5, payload);
    Subscribe packet;
    packet.packet_id = 1;
    packet.requests = SubscriptionRequests(payload, Version::v5);

    Buffer out;
    encode(packet, Version::v5, out);
    EXPECT_EQ(out, bytes_of("82 [ 0001 [] 'a' 2E 'b' 00 ]"));
}

TEST(Encode, options_of_5_0_are_left_out_for_older_versions) {
    Buffer payload;
    append_request({"a", {QoS::exactly_once, true, true, RetainHandling::do_not_send}},
                   Version::v3_1_1, payload);
    EXPECT_EQ(payload, bytes_of("'a' 02"));
}

TEST(Encode, filters_can_be_put_together) {
    Buffer payload;
    append_filter("a", payload);
    append_filter("b/#", payload);
    Unsubscribe packet;
    packet.packet_id = 1;
    packet.filters = TopicFilters(payload);

    Buffer out;
    encode(packet, Version::v3_1_1, out);
    EXPECT_EQ(out, bytes_of("A2 [ 0001 'a' 'b/#' ]"));
}

TEST(Encode, properties_are_left_out_for_older_versions) {
    Publish publish;
    publish.topic = "t";
    publish.topic_alias = 3;
    publish.properties.content_type = "text";
    Puback puback;
    puback.packet_id = 7;
    puback.reason_code = ReasonCode::not_authorized;
    puback.reason_string = "why";
    Disconnect disconnect;
    disconnect.reason_code = ReasonCode::disconnect_with_will;

    Buffer out;
    encode(publish, Version::v3_1_1, out);
    encode(puback, Version::v3_1_1, out);
    encode(disconnect, Version::v3_1_1, out);
    EXPECT_EQ(out, bytes_of("30 [ 't' ] 40 [ 0007 ] E0 []"));
}

TEST(Encode, connack_to_3_1_says_nothing_of_a_session) {
    Connack packet;
    packet.session_present = true;
    Buffer out;
    encode(packet, Version::v3_1, out);
    EXPECT_EQ(out, bytes_of("20 [ 00 00 ]"));
}

TEST(UserProperties, are_found_among_other_properties) {
    const auto list = bytes_of(
        "01 01 26 'a' '1' 23 0001 02 00000001 0B 8001 26 '' '' 09 'x' 16 'd' 26 'b' '2' 1F 'r'");
    UserProperties properties{Bytes(list)};
    EXPECT_FALSE(properties.empty());
    EXPECT_EQ(properties.encoded_size(), 7U + 5U + 7U);

    const auto first = properties.next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->key, "a");
    EXPECT_EQ(first->value, "1");
    EXPECT_EQ(properties.next()->key, "");
    EXPECT_EQ(properties.next()->value, "2");
    EXPECT_TRUE(properties.empty());
    EXPECT_FALSE(properties.next());
    EXPECT_EQ(properties.encoded_size(), 0U);
}

TEST(UserProperties, are_empty_in_a_list_without_them) {
    const auto list = bytes_of("01 01 21 0001 25 01");
    EXPECT_TRUE(UserProperties{Bytes(list)}.empty());
    EXPECT_TRUE(UserProperties{}.empty());
}

TEST(SubscriptionIdentifiers, are_found_among_other_properties) {
    const auto list = bytes_of("01 01 0B 05 26 'a' '1' 0B FFFFFF7F 23 0001");
    SubscriptionIdentifiers identifiers{Bytes(list)};
    EXPECT_FALSE(identifiers.empty());
    EXPECT_EQ(identifiers.next(), 5U);
    EXPECT_EQ(identifiers.next(), 268'435'455U);
    EXPECT_TRUE(identifiers.empty());
    EXPECT_FALSE(identifiers.next());
}

TEST(PacketType, has_a_name) {
    EXPECT_EQ(name(PacketType::connect), "CONNECT");
    EXPECT_EQ(name(PacketType::auth), "AUTH");
}

}  // namespace
}  // namespace mq::mqtt
