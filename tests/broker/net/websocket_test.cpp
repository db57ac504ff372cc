#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/websocket_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

using namespace mq::test;
using testing::HasSubstr;
using testing::StartsWith;

WebSocketClient connected(const RunningShard& shard, std::string_view id) {
    WebSocketClient client(shard);
    client.send_packet(connect_packet(id));
    EXPECT_EQ(client.receive(4), connack);
    return client;
}

TEST(WebSocket, BothSubProtocolsAreTaken) {
    RunningShard shard(websocket_listener());
    EXPECT_THAT(WebSocketClient(shard).head(), StartsWith("HTTP/1.1 101 "));
    const WebSocketClient old(shard, "Sec-WebSocket-Protocol: mqttv3.1\r\n");
    EXPECT_THAT(old.head(), StartsWith("HTTP/1.1 101 "));
    EXPECT_THAT(old.head(), HasSubstr("mqttv3.1"));
}

TEST(WebSocket, UpgradeWithoutOurSubProtocolIsRefused) {
    RunningShard shard(websocket_listener());
    EXPECT_THAT(WebSocketClient(shard, "").head(), HasSubstr(" 400 Bad Request"));
    EXPECT_THAT(WebSocketClient(shard, "Sec-WebSocket-Protocol: chat\r\n").head(),
                HasSubstr(" 400 Bad Request"));
}

TEST(WebSocket, PublishReachesSubscriber) {
    RunningShard shard(websocket_listener());
    WebSocketClient client = connected(shard, "c");
    client.send_packet(subscribe_packet("t"));
    EXPECT_EQ(client.receive(5).front(), '\x90');
    client.send_packet(publish_packet("t", "hello"));
    const std::string expected = publish_packet("t", "hello");
    EXPECT_EQ(client.receive(expected.size()), expected);
}

TEST(WebSocket, OneFrameMayHoldSeveralPackets) {
    RunningShard shard(websocket_listener());
    WebSocketClient client(shard);
    client.send_packet(connect_packet("c") + pingreq + pingreq);
    EXPECT_EQ(client.receive(8), connack + pingresp + pingresp);
}

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
    WebSocketSettings settings;
    settings.ping_seconds = 1;
    settings.hang_up_seconds = 60;
    RunningShard shard(websocket_listener(), {}, settings);
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

std::string ask(const RunningShard& shard, const std::string& request) {
    const RawClient client(shard.port());
    client.send(request + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    return client.receive(100'000);
}

TEST(Http, BrowserIsToldWhatThisIs) {
    RunningShard shard(websocket_listener());
    const std::string answer = ask(shard, "GET /");
    EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
    EXPECT_THAT(answer, HasSubstr("MQTT over WebSocket"));
}

TEST(Http, HealthIsOkAlsoBehindAPrefix) {
    RunningShard shard(websocket_listener());
    for (const char* path : {"GET /healthz", "GET /mqtt/healthz"}) {
        const std::string answer = ask(shard, path);
        EXPECT_THAT(answer, StartsWith("HTTP/1.1 200 "));
        EXPECT_TRUE(answer.ends_with("\r\n\r\nok\n"));
    }
}

TEST(Http, OtherMethodsAreRefused) {
    RunningShard shard(websocket_listener());
    EXPECT_THAT(ask(shard, "DELETE /"), StartsWith("HTTP/1.1 405 "));
}

TEST(Http, GarbageDisturbsNobody) {
    RunningShard shard(websocket_listener());
    WebSocketClient witness = connected(shard, "w");
    const RawClient client(shard.port());
    client.try_send(std::string(20'000, '\xFF'));
    client.try_send("\r\n\r\n");
    EXPECT_TRUE(client.receive(100'000).size() < 100'000);
    witness.send_packet(pingreq);
    EXPECT_EQ(witness.receive(2), pingresp);
}

}  // namespace
}  // namespace mq::broker::test
