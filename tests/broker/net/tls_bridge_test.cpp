#include "broker/net/tls_bridge.hpp"

#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/tls_client.hpp"
#include "tests/broker/net/websocket_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

using namespace mq::test;
using SecureClient = WebSocketClientOver<TlsClient>;

/// A WebSocket listener with a certificate that is signed by itself.
class SecureShard : private Folder {
 public:
    explicit SecureShard(std::uint32_t connections_max = 0)
        : shard(listener(), {}, {}, connections_max) {}

 private:
    ListenerConfig listener() {
        const Signed own = make_certificate({});
        ListenerConfig config;
        config.protocol = ListenerProtocol::websockets;
        config.certfile = write("cert.pem", own.certificate_pem());
        config.keyfile = write("key.pem", own.key_pem());
        return config;
    }

 public:
    RunningShard shard;
};

SecureClient connected(const RunningShard& shard, std::string_view id) {
    SecureClient client(shard);
    client.send_packet(connect_packet(id));
    EXPECT_EQ(client.receive(4), connack);
    return client;
}

TEST(TlsBridge, RequestOfABrowserIsAnswered) {
    const SecureShard secure;
    const TlsClient client(secure.shard.port());
    ASSERT_TRUE(client.ready());
    client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.receive(12), "HTTP/1.1 200");
}

TEST(TlsBridge, LargeMessagesGoBothWays) {
    const SecureShard secure;
    SecureClient client = connected(secure.shard, "c");
    client.send_packet(subscribe_packet("t"));
    EXPECT_EQ(client.receive(5).front(), '\x90');
    std::string expected;
    for (int i = 0; i < 20; ++i) {
        expected += publish_packet("t", std::to_string(i) + std::string(50'000, 'x'));
    }
    client.send_packet(expected);
    EXPECT_TRUE(client.receive(expected.size()) == expected);
}

TEST(TlsBridge, ClientThatReadsLateGetsEverything) {
    const SecureShard secure;
    SecureClient subscriber = connected(secure.shard, "s");
    subscriber.send_packet(subscribe_packet("t", 1));
    EXPECT_EQ(subscriber.receive(5).front(), '\x90');
    SecureClient publisher = connected(secure.shard, "p");
    constexpr int messages = 20;  // all may be in flight at once
    const std::string payload(400'000, 'x');
    for (int i = 0; i < messages; ++i) {
        publisher.send_packet(publish_packet("t", payload, 1, i + 1));
        EXPECT_EQ(publisher.receive(4).front(), '\x40');
    }
    for (int i = 0; i < messages; ++i) {
        const std::string message = subscriber.receive(publish_packet("t", payload, 1).size());
        ASSERT_EQ(message.front(), '\x32');
        ASSERT_TRUE(message.ends_with(payload));
    }
}

TEST(TlsBridge, DisconnectEndsTheSessionInOrder) {
    SecureShard secure;
    SecureClient client = connected(secure.shard, "leaving");
    client.send_packet(disconnect_packet);
    EXPECT_EQ(client.receive_frame().opcode, close_frame);
    client.send(frame(last | close_frame, ""));
    EXPECT_EQ(client.receive_frame().opcode, 0);
    EXPECT_TRUE(secure.shard.log.wait_for("Client leaving ["));
}

TEST(TlsBridge, ClientThatGoesAwayIsNoticed) {
    SecureShard secure;
    { const SecureClient client = connected(secure.shard, "gone"); }
    EXPECT_TRUE(secure.shard.log.wait_for("disconnected: connection closed by client"));
}

TEST(TlsBridge, ClientsAreToldAtTheEnd) {
    SecureShard secure;
    SecureClient client = connected(secure.shard, "c");
    const RawClient in_handshake(secure.shard.port());
    secure.shard.shard->post([&] {
        secure.shard.open->close();
        secure.shard.shard->broker().shut_down(secure.shard.shard->now());
        secure.shard.shard->stop_when_empty();
    });
    EXPECT_EQ(client.receive_frame().opcode, close_frame);
    EXPECT_TRUE(in_handshake.closed());
}

TEST(TlsBridge, FailedHandshakeIsLoggedWithItsReason) {
    SecureShard secure;
    const RawClient plain(secure.shard.port());
    plain.send("GET / HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_LT(plain.receive(100).size(), 100U);  // an alert, perhaps
    EXPECT_TRUE(secure.shard.log.wait_for("disconnected: TLS handshake failed: http request."));
}

TEST(TlsBridge, ConnectionsAreCountedOnce) {
    SecureShard secure(2);
    const SecureClient first = connected(secure.shard, "1");
    const SecureClient second = connected(secure.shard, "2");
    EXPECT_FALSE(TlsClient(secure.shard.port()).ready());
    EXPECT_TRUE(secure.shard.log.wait_for("denied: max_connections exceeded."));
}

}  // namespace
}  // namespace mq::broker::test
