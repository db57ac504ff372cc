#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/websocket_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

namespace mq::broker::test {
namespace {

using namespace mq::test;
using testing::HasSubstr;
using testing::StartsWith;

/// The headers of a handshake with one more line.
std::string with_mqtt_and(const std::string& line) {
    std::string lines(with_mqtt);
    lines += line;
    lines += "\r\n";
    return lines;
}

WebSocketClient connected(const RunningShard& shard, std::string_view id) {
    WebSocketClient client(shard);
    client.send_packet(connect_packet(id));
    EXPECT_EQ(client.receive(4), connack);
    return client;
}

// [MQTT-6.0.0-4] [MQTT311-6.0.0-4]
TEST(WebSocket, BothSubProtocolsAreTaken) {
    RunningShard shard(websocket_listener());
    EXPECT_THAT(WebSocketClient(shard).head(), StartsWith("HTTP/1.1 101 "));
    const WebSocketClient old(shard, "Sec-WebSocket-Protocol: mqttv3.1\r\n");
    EXPECT_THAT(old.head(), StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(old.head(), HasSubstr("mqttv3.1"));
}

// [MQTT-6.0.0-3] [MQTT311-6.0.0-3]
TEST(WebSocket, UpgradeWithoutOurSubProtocolIsRefused) {
    RunningShard shard(websocket_listener());
    EXPECT_THAT(WebSocketClient(shard, "").head(), HasSubstr(" 400 Bad Request"));
    EXPECT_THAT(WebSocketClient(shard, "Sec-WebSocket-Protocol: chat\r\n").head(),
                HasSubstr(" 400 Bad Request"));
}

TEST(WebSocket, OtherPathIsNotFound) {
    ListenerConfig listener = websocket_listener();
    listener.websockets_paths = {"/mqtt"};
    RunningShard shard(listener);
    EXPECT_THAT(WebSocketClient(shard, with_mqtt, "/mqtt?token=x").head(),
                StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(WebSocketClient(shard, with_mqtt, "/").head(), StartsWith("HTTP/1.1 404 "));
}

TEST(WebSocket, OtherOriginIsRefusedAndLogged) {
    ListenerConfig listener = websocket_listener();
    listener.websockets_origins = {"https://good.example"};
    RunningShard shard(listener);
    EXPECT_THAT(WebSocketClient(shard, with_mqtt_and("Origin: https://good.example")).head(),
                StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(WebSocketClient(shard, with_mqtt_and("Origin: https://bad.example")).head(),
                StartsWith("HTTP/1.1 403 "));
    EXPECT_TRUE(shard.log.wait_for("disconnected: non-matching http origin."));
}

TEST(WebSocket, UpgradeInAnyCaseIsTaken) {
    RunningShard shard(websocket_listener());
    const RawClient client(shard.port());
    client.send(
        "GET / HTTP/1.1\r\nhost: h\r\nupgrade: WebSocket\r\nconnection: keep-alive, "
        "upgrade\r\nsec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\n"
        "sec-websocket-version: 13\r\nsec-websocket-protocol: mqtt\r\n\r\n");
    EXPECT_EQ(client.receive(13), "HTTP/1.1 101 ");
}

TEST(WebSocket, AnswerProvesThatTheKeyWasRead) {
    RunningShard shard(websocket_listener());
    // The example of RFC 6455, 1.3.
    EXPECT_THAT(WebSocketClient(shard).head(),
                HasSubstr("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n"));
}

TEST(WebSocket, FramesAheadOfTheAnswerAreRefused) {
    RunningShard shard(websocket_listener());
    const RawClient client(shard.port());
    client.send(upgrade(with_mqtt) + frame(last | binary_frame, connect_packet("c")));
    EXPECT_EQ(client.receive(13), "HTTP/1.1 400 ");
}

TEST(WebSocket, UnmaskedFramesAreRefused) {
    RunningShard shard(websocket_listener());
    WebSocketClient client(shard);
    std::string unmasked(1, static_cast<char>(last | binary_frame));
    unmasked += static_cast<char>(connect_packet("c").size());
    client.send(unmasked + connect_packet("c"));
    const auto answer = client.receive_frame();
    EXPECT_EQ(answer.opcode, close_frame);
    EXPECT_EQ(answer.payload.substr(0, 2), std::string("\x03\xEA", 2));  // 1002, protocol error
    EXPECT_TRUE(shard.log.wait_for("disconnected: unmasked frame."));
}

TEST(WebSocket, TrueAddressIsTakenFromTrustedProxies) {
    RunningShard shard(websocket_listener(), {}, {}, 0, [](ConnectionCount& count) {
        count.trusted_proxies = TrustedProxies({"127.0.0.0/8"});
    });
    for (const auto& [header, id] : std::vector<std::pair<std::string, std::string>>{
             {"X-Forwarded-For: 6.6.6.6, 192.0.2.7", "a"},
             {"X-Forwarded-For: 6.6.6.6\r\nX-Forwarded-For: 192.0.2.7", "b"},
             {"Forwarded: for=\"192.0.2.7:99\"", "c"},
             {"X-Real-IP: 192.0.2.7", "d"}}) {
        WebSocketClient client(shard, with_mqtt_and(header));
        client.send_packet(connect_packet(id));
        EXPECT_EQ(client.receive(4), connack);
        EXPECT_TRUE(shard.log.wait_for("New client connected from 192.0.2.7:" +
                                       std::string(id == "c" ? "99" : "0") + " as " + id));
    }
}

TEST(WebSocket, AddressIsNotTakenFromStrangers) {
    RunningShard shard(websocket_listener());
    WebSocketClient client(shard, with_mqtt_and("X-Forwarded-For: 192.0.2.7"));
    client.send_packet(connect_packet("c"));
    EXPECT_EQ(client.receive(4), connack);
    EXPECT_TRUE(shard.log.wait_for("New client connected from 127.0.0.1:"));
}

// [MQTT-6.0.0-1] [MQTT311-6.0.0-1]
TEST(WebSocket, PublishReachesSubscriber) {
    RunningShard shard(websocket_listener());
    WebSocketClient client = connected(shard, "c");
    client.send_packet(subscribe_packet("t"));
    EXPECT_EQ(client.receive(5).front(), '\x90');
    client.send_packet(publish_packet("t", "hello"));
    const std::string expected = publish_packet("t", "hello");
    EXPECT_EQ(client.receive(expected.size()), expected);
}

// [MQTT-6.0.0-2] [MQTT311-6.0.0-2]
TEST(WebSocket, OneFrameMayHoldSeveralPackets) {
    RunningShard shard(websocket_listener());
    WebSocketClient client(shard);
    client.send_packet(connect_packet("c") + pingreq + pingreq);
    EXPECT_EQ(client.receive(8), connack + pingresp + pingresp);
}

// [MQTT-6.0.0-2] [MQTT311-6.0.0-2]
TEST(WebSocket, OnePacketMayComeInSeveralFramesAndFragments) {
    RunningShard shard(websocket_listener());
    WebSocketClient client = connected(shard, "c");
    const std::string packet = subscribe_packet("some/topic");
    client.send_packet(packet.substr(0, 3));
    client.send(frame(binary_frame, packet.substr(3, 2)) + frame(0, packet.substr(5, 4)) +
                frame(last, packet.substr(9)));
    EXPECT_EQ(client.receive(5).front(), '\x90');
}

TEST(WebSocket, FramesMayComeByteByByte) {
    RunningShard shard(websocket_listener());
    WebSocketClient client(shard);
    for (const char byte : frame(last | binary_frame, connect_packet("c"))) {
        client.send({&byte, 1});
    }
    EXPECT_EQ(client.receive(4), connack);
}

TEST(WebSocket, LargeMessagesGoBothWays) {
    RunningShard shard(websocket_listener());
    WebSocketClient client = connected(shard, "c");
    client.send_packet(subscribe_packet("t"));
    EXPECT_EQ(client.receive(5).front(), '\x90');
    std::string payload(1'000'000, 'x');
    payload.back() = 'y';
    const std::string expected = publish_packet("t", payload);
    client.send_packet(expected);
    EXPECT_TRUE(client.receive(expected.size()) == expected);
}

// [MQTT-6.0.0-1] [MQTT311-6.0.0-1]
TEST(WebSocket, TextFrameEndsTheConnection) {
    RunningShard shard(websocket_listener());
    WebSocketClient client = connected(shard, "c");
    client.send(frame(last | text_frame, pingreq));
    EXPECT_EQ(client.receive_frame().opcode, close_frame);
    EXPECT_TRUE(shard.log.wait_for("text frame"));
}

TEST(WebSocket, PingOfTheClientIsAnswered) {
    RunningShard shard(websocket_listener());
    WebSocketClient client = connected(shard, "c");
    client.send(frame(last | ping_frame, "abc"));
    const auto answer = client.receive_frame();
    EXPECT_EQ(answer.opcode, pong_frame);
    EXPECT_EQ(answer.payload, "abc");
}

TEST(WebSocket, SilentClientIsPinged) {
    ListenerConfig listener = websocket_listener();
    listener.websockets_ping_interval_s = 1;
    RunningShard shard(listener);
    WebSocketClient client = connected(shard, "c");
    EXPECT_EQ(client.receive_frame().opcode, ping_frame);
}

TEST(WebSocket, DisconnectEndsTheSessionInOrder) {
    RunningShard shard(websocket_listener());
    WebSocketClient client = connected(shard, "c");
    client.send_packet(disconnect_packet);
    EXPECT_EQ(client.receive_frame().opcode, close_frame);
    EXPECT_TRUE(shard.log.wait_for(" disconnected."));
}

TEST(WebSocket, ClientThatGoesAwayIsNoticed) {
    RunningShard shard(websocket_listener());
    { const WebSocketClient client = connected(shard, "c"); }
    EXPECT_TRUE(shard.log.wait_for("connection closed by client"));
}

TEST(WebSocket, ClientsAreToldAtTheEnd) {
    RunningShard shard(websocket_listener());
    WebSocketClient client(shard);
    client.send_packet(connect_packet_v5("c"));
    EXPECT_EQ(client.receive(1), "\x20");
    shard.shard->post([&] {
        shard.shard->broker().shut_down(shard.shard->now());
        shard.shard->stop_when_empty();
    });
    WebSocketClient::Frame next;
    std::string mqtt;
    while ((next = client.receive_frame()).opcode == binary_frame) {
        mqtt += next.payload;
    }
    EXPECT_THAT(mqtt, HasSubstr(std::string("\xE0\x01\x8B", 3)));
    EXPECT_EQ(next.opcode, close_frame);
}

}  // namespace
}  // namespace mq::broker::test
