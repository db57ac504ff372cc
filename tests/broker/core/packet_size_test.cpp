#include "broker/core/answer.hpp"
#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::ReasonCode;
using mqtt::Version;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

Client& connected(World& world, std::uint32_t maximum_packet_size) {
    Client& client = world.client();
    mqtt::Connect packet;
    packet.client_id = "small";
    packet.maximum_packet_size = maximum_packet_size;
    client.sends(packet);
    return client;
}

// [MQTT-3.1.2-24]
TEST(PacketSize, AConnackLargerThanTheClientTakesIsNotSent) {
    World world;
    Client& fits = connected(world, 11);
    EXPECT_EQ(fits.reads_hex(), "200900000622000A210014");
    Client& too_small = connected(world, 10);
    EXPECT_EQ(too_small.reads_hex(), "");
    EXPECT_TRUE(too_small.closed_by_broker());
    EXPECT_TRUE(fits.open());
}

TEST(PacketSize, ARefusalLargerThanTheClientTakesIsNotSent) {
    World world;
    world.access.on_login = [](const LoginRequest&) { return ReasonCode::not_authorized; };
    EXPECT_EQ(connected(world, 5).reads_hex(), "2003008700");
    EXPECT_EQ(connected(world, 4).reads_hex(), "");
}

/// Nine filters make a SUBACK and an UNSUBACK of 14 bytes.
mqtt::Buffer filters(bool subscribe) {
    mqtt::Buffer list;
    for (const char* filter : {"a", "b", "c", "d", "e", "f", "g", "h", "i"}) {
        subscribe ? mqtt::append_request({filter, {}}, Version::v5, list)
                  : mqtt::append_filter(filter, list);
    }
    return list;
}

// [MQTT-3.1.2-24]
TEST(PacketSize, ASubackLargerThanTheClientTakesIsNotSent) {
    World world;
    const mqtt::Buffer list = filters(true);
    mqtt::Subscribe packet;
    packet.packet_id = 1;
    packet.requests = mqtt::SubscriptionRequests(list, Version::v5);
    Client& fits = connected(world, 14);
    fits.reads();
    fits.sends(packet);
    EXPECT_EQ(fits.reads_hex(), "900C000100000000000000000000");
    Client& small = connected(world, 13);
    small.reads();
    small.sends(packet);
    EXPECT_THAT(small.reads(), ElementsAre("DISCONNECT reason_code=0x95"));
}

// [MQTT-3.1.2-24]
TEST(PacketSize, AnUnsubackLargerThanTheClientTakesIsNotSent) {
    World world;
    const mqtt::Buffer list = filters(false);
    mqtt::Unsubscribe packet;
    packet.packet_id = 1;
    packet.filters = mqtt::TopicFilters(list);
    Client& fits = connected(world, 14);
    fits.reads();
    fits.sends(packet);
    EXPECT_EQ(fits.reads_hex(), "B00C000100111111111111111111");
    Client& small = connected(world, 13);
    small.reads();
    small.sends(packet);
    EXPECT_THAT(small.reads(), ElementsAre("DISCONNECT reason_code=0x95"));
}

/// A connection with its limits, for `put_answer` alone.
Connection taking(std::uint32_t maximum_packet_size, bool problem_information = true) {
    Connection connection;
    connection.version = Version::v5;
    connection.maximum_packet_size = maximum_packet_size;
    connection.problem_information = problem_information;
    return connection;
}

template <class Packet>
Packet explained(ReasonCode code, const mqtt::Buffer& properties) {
    Packet packet;
    if constexpr (requires { packet.packet_id; }) {
        packet.packet_id = 1;
    }
    if constexpr (requires { packet.reason_codes; }) {
        static constexpr std::uint8_t codes[] = {0x87};
        packet.reason_codes = codes;
    } else {
        packet.reason_code = code;
    }
    if constexpr (requires { packet.authentication_method; }) {
        packet.authentication_method = "m";
    }
    packet.reason_string = "why";
    packet.user_properties = mqtt::UserProperties(properties);
    return packet;
}

/// The sizes with and without explanation, and what is written for limits around them.
template <class Packet>
void expect_explained_within_limit(ReasonCode code, bool always) {
    mqtt::Buffer properties;
    mqtt::append_user_property({"key", "value"}, properties);
    const auto whole = explained<Packet>(code, properties);
    Packet bare = whole;
    bare.reason_string.reset();
    bare.user_properties = {};
    mqtt::Buffer with;
    mqtt::Buffer without;
    mqtt::encode(whole, Version::v5, with);
    mqtt::encode(bare, Version::v5, without);
    ASSERT_GT(with.size(), without.size());
    const auto put = [&](const Connection& connection) {
        mqtt::Buffer out = {0xAA};
        const bool done = put_answer(connection, whole, out);
        EXPECT_EQ(done, out.size() > 1);
        out.erase(out.begin());
        return out;
    };
    const auto size = static_cast<std::uint32_t>(with.size());
    const auto bare_size = static_cast<std::uint32_t>(without.size());
    EXPECT_EQ(put(taking(size)), with);
    EXPECT_EQ(put(taking(size - 1)), without);
    EXPECT_EQ(put(taking(bare_size)), without);
    EXPECT_THAT(put(taking(bare_size - 1)), IsEmpty());
    EXPECT_EQ(put(taking(size, false)), always ? with : without);
}

TEST(Explanation, OfConnackStaysWithinTheLimit) {
    // [MQTT-3.2.2-19] [MQTT-3.2.2-20] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Connack>(ReasonCode::not_authorized, true);
}

TEST(Explanation, OfPubackStaysWithinTheLimit) {
    // [MQTT-3.4.2-2] [MQTT-3.4.2-3] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Puback>(ReasonCode::not_authorized, false);
}

TEST(Explanation, OfPubrecStaysWithinTheLimit) {
    // [MQTT-3.5.2-2] [MQTT-3.5.2-3] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Pubrec>(ReasonCode::not_authorized, false);
}

TEST(Explanation, OfPubrelStaysWithinTheLimit) {
    // [MQTT-3.6.2-2] [MQTT-3.6.2-3] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Pubrel>(ReasonCode::packet_identifier_not_found, false);
}

TEST(Explanation, OfPubcompStaysWithinTheLimit) {
    // [MQTT-3.7.2-2] [MQTT-3.7.2-3] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Pubcomp>(ReasonCode::packet_identifier_not_found, false);
}

TEST(Explanation, OfSubackStaysWithinTheLimit) {
    // [MQTT-3.9.2-1] [MQTT-3.9.2-2] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Suback>(ReasonCode::success, false);
}

TEST(Explanation, OfUnsubackStaysWithinTheLimit) {
    // [MQTT-3.11.2-1] [MQTT-3.11.2-2] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Unsuback>(ReasonCode::success, false);
}

TEST(Explanation, OfDisconnectStaysWithinTheLimit) {
    // [MQTT-3.14.2-3] [MQTT-3.14.2-4] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Disconnect>(ReasonCode::protocol_error, true);
}

TEST(Explanation, OfAuthStaysWithinTheLimit) {
    // [MQTT-3.15.2-2] [MQTT-3.15.2-3] [MQTT-3.1.2-29]
    expect_explained_within_limit<mqtt::Auth>(ReasonCode::continue_authentication, false);
}

/// What a client that has announced more bytes than a packet of its kind may have gets to hear.
struct Oversize : testing::Test {
    World world;

    /// `bytes` is the whole packet or what of it has come.
    std::string answer_to(Version version, mqtt::Buffer bytes) {
        Client& client = world.client(version);
        client.connects("c");
        client.sends_bytes(bytes);
        const std::string answer = client.reads_hex();
        return answer + (client.open() ? " open" : " closed");
    }
    /// A fixed header that announces so many bytes.
    static mqtt::Buffer head(int first, std::uint32_t size) {
        std::uint8_t length[4];
        const std::uint8_t* end = mqtt::write_variable_byte_integer(size, length);
        mqtt::Buffer bytes = {static_cast<std::uint8_t>(first)};
        bytes.insert(bytes.end(), static_cast<const std::uint8_t*>(length), end);
        return bytes;
    }
};

TEST_F(Oversize, RequestsOfV5HaveALimit) {
    for (const int first : {0x82, 0xA2, 0xF0}) {
        EXPECT_EQ(answer_to(Version::v5, head(first, 100'000)), " open");
        EXPECT_EQ(answer_to(Version::v5, head(first, 100'001)), "E00195 closed");
    }
}

TEST_F(Oversize, RequestsOfV311HaveNone) {
    EXPECT_EQ(answer_to(Version::v3_1_1, head(0x82, 100'001)), " open");
    EXPECT_EQ(answer_to(Version::v3_1_1, head(0xA2, 100'001)), " open");
}

TEST_F(Oversize, AnswersAndPingsHaveALimit) {
    for (const int first : {0x40, 0x50, 0x62, 0x70, 0xC0, 0xE0}) {
        EXPECT_EQ(answer_to(Version::v5, head(first, 10'000)), " open");
        EXPECT_EQ(answer_to(Version::v5, head(first, 10'001)), "E00195 closed");
        EXPECT_EQ(answer_to(Version::v3_1_1, head(first, 10'001)), " closed");
    }
}

TEST_F(Oversize, AConnectHasALimit) {
    Client& client = world.client();
    client.sends_bytes(head(0x10, 100'000));
    EXPECT_TRUE(client.open());
    Client& long_one = world.client();
    long_one.sends_bytes(head(0x10, 100'001));
    EXPECT_TRUE(long_one.closed_by_broker());
    EXPECT_EQ(long_one.reads_hex(), "");
}

TEST_F(Oversize, TheConfiguredLimitHoldsForAllPackets) {
    world.limits.max_packet_size = 1000;
    EXPECT_EQ(answer_to(Version::v5, head(0x30, 997)), " open");
    EXPECT_EQ(answer_to(Version::v5, head(0x30, 998)), "E00195 closed");
    EXPECT_EQ(answer_to(Version::v5, head(0x82, 998)), "E00195 closed");
    Client& client = world.client();
    client.sends_bytes(head(0x10, 998));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST(FirstPacket, IsNotWaitedForWhenItIsNoConnect) {
    World world;
    for (const int first : {0x00, 0x20, 0x30, 0x82, 0xC0, 0xE0, 0xF0}) {
        Client& client = world.client();
        client.sends_bytes(mqtt::Buffer{static_cast<std::uint8_t>(first)});
        EXPECT_TRUE(client.closed_by_broker());
        EXPECT_EQ(client.reads_hex(), "");
    }
}

}  // namespace
}  // namespace mq::broker::test
