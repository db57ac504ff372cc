#include "broker/net/websocket_upgrade.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using testing::HasSubstr;

HttpHead good_upgrade() {
    HttpHead head;
    head.method = HttpMethod::get;
    head.path = "/mqtt";
    head.wants_websocket = true;
    head.connection_upgrade = true;
    head.websocket_version = "13";
    head.websocket_key = "dGhlIHNhbXBsZSBub25jZQ==";
    head.websocket_protocols = "mqtt";
    return head;
}

ListenerConfig websockets() {
    ListenerConfig listener;
    listener.protocol = ListenerProtocol::websockets;
    return listener;
}

/// 101 when the upgrade is allowed.
int status_of(const HttpHead& head, const ListenerConfig& listener = websockets()) {
    const auto refusal = refuse_upgrade(head, listener);
    return refusal ? refusal->fault.status : 101;
}

TEST(Upgrade, IsAllowed) {
    EXPECT_EQ(status_of(good_upgrade()), 101);
}

TEST(Upgrade, NeedsAWholeHandshake) {
    HttpHead head = good_upgrade();
    head.connection_upgrade = false;
    EXPECT_EQ(status_of(head), 400);
    head = good_upgrade();
    head.method = HttpMethod::other;
    EXPECT_EQ(status_of(head), 400);
    head = good_upgrade();
    head.has_body = true;
    EXPECT_EQ(status_of(head), 400);
    head = good_upgrade();
    head.websocket_version = "8";
    EXPECT_EQ(status_of(head), 426);
}

TEST(Upgrade, KeyIsSixteenBytesOfBase64) {
    for (const char* key : {"", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25jZQAA",
                            "dGhlIHNhbXBsZSBub25j\r\n==", "dGhlIHNhbXBsZSBub25jZQ==, x"}) {
        HttpHead head = good_upgrade();
        head.websocket_key = key;
        EXPECT_EQ(status_of(head), 400) << key;
    }
}

TEST(Upgrade, PathIsComparedExactly) {
    ListenerConfig listener = websockets();
    listener.websockets_paths = {"/other", "/mqtt"};
    HttpHead head = good_upgrade();
    EXPECT_EQ(status_of(head, listener), 101);
    for (const char* path : {"/", "/mqtt/", "/MQTT", "/mqttx"}) {
        head.path = path;
        EXPECT_EQ(status_of(head, listener), 404) << path;
    }
}

TEST(Upgrade, OriginIsComparedExactly) {
    ListenerConfig listener = websockets();
    listener.websockets_origins = {"https://a.example", "https://b.example"};
    HttpHead head = good_upgrade();
    EXPECT_EQ(status_of(head, listener), 403);
    head.origin = "https://b.example";
    EXPECT_EQ(status_of(head, listener), 101);
    head.origin = "https://b.example:443";
    const auto refusal = refuse_upgrade(head, listener);
    ASSERT_TRUE(refusal);
    EXPECT_EQ(refusal->fault.status, 403);
    EXPECT_EQ(refusal->reason, "non-matching http origin");
}

TEST(Upgrade, IsRefusedWhereThereAreNoWebSockets) {
    ListenerConfig listener;
    listener.protocol = ListenerProtocol::http_api;
    EXPECT_EQ(status_of(good_upgrade(), listener), 400);
}

TEST(Upgrade, ClientsFirstKnownSubProtocolIsChosen) {
    EXPECT_EQ(choose_sub_protocol("mqtt"), "mqtt");
    EXPECT_EQ(choose_sub_protocol("chat ,\tmqttv3.1 , mqtt"), "mqttv3.1");
    EXPECT_EQ(choose_sub_protocol("mqttv3.11,MQTT, ,mqt"), "");
    EXPECT_EQ(choose_sub_protocol(""), "");
    HttpHead head = good_upgrade();
    head.websocket_protocols = "chat";
    EXPECT_EQ(status_of(head), 400);
}

TEST(Upgrade, RequestHasOnlyWhatTheHandshakeNeeds) {
    HttpHead head = good_upgrade();
    head.websocket_protocols = "x, mqttv3.1";
    const std::string request = upgrade_request(head);
    EXPECT_THAT(request, HasSubstr("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n"));
    EXPECT_TRUE(request.ends_with("Sec-WebSocket-Protocol: mqttv3.1\r\n\r\n"));
}

}  // namespace
}  // namespace mq::broker::test
