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

/// A listener for all protocols with a certificate that is signed by itself.
class PortForAllWithTls : public ::testing::Test, private Folder {
 protected:
    [[nodiscard]] ListenerConfig listener() const {
        const Signed own = make_certificate({});
        ListenerConfig config;
        config.protocol = ListenerProtocol::automatic;
        config.certfile = write("cert.pem", own.certificate_pem());
        config.keyfile = write("key.pem", own.key_pem());
        return config;
    }
};

RunningShard shard_for(const ListenerConfig& config, std::uint32_t timeout_s = 3600) {
    return RunningShard(config, {}, {}, 0, [&](ConnectionCount& count) {
        count.trusted_proxies = TrustedProxies({"127.0.0.1"});
        count.connect_timeout_s = timeout_s;
    });
}

TEST_F(PortForAllWithTls, SpeaksFourProtocols) {
    RunningShard shard = shard_for(listener());
    const RawClient plain(shard.port());
    plain.send(connect_packet("c"));
    EXPECT_EQ(plain.receive(4), connack);
    const TlsClient tls(shard.port());
    ASSERT_TRUE(tls.ready());
    tls.send(connect_packet("d"));
    EXPECT_EQ(tls.receive(4), connack);
    WebSocketClient ws(shard);
    ws.send_packet(connect_packet("e"));
    EXPECT_EQ(ws.receive(4), connack);
    SecureClient wss(shard);
    wss.send_packet(connect_packet("f"));
    EXPECT_EQ(wss.receive(4), connack);
}

TEST_F(PortForAllWithTls, DecryptedBytesMayComeOneByOne) {
    RunningShard shard = shard_for(listener());
    const TlsClient mqtt(shard.port());
    for (const char byte : connect_packet("c")) {
        mqtt.send({&byte, 1});
    }
    EXPECT_EQ(mqtt.receive(4), connack);
    const TlsClient http(shard.port());
    for (const char byte : std::string("POST / HTTP/1.1\r\nHost: h\r\n\r\n")) {
        http.send({&byte, 1});
    }
    EXPECT_EQ(http.receive(12), "HTTP/1.1 405");
}

TEST_F(PortForAllWithTls, MuchMayComeInTheFirstRecord) {
    RunningShard shard = shard_for(listener());
    const TlsClient client(shard.port());
    const std::string message = publish_packet("t", std::string(15'000, 'x'));
    client.send(connect_packet("c") + subscribe_packet("t") + message);
    EXPECT_EQ(client.receive(4), connack);
    EXPECT_EQ(client.receive(5).front(), '\x90');
    EXPECT_TRUE(client.receive(message.size()) == message);
}

TEST_F(PortForAllWithTls, HeaderComesBeforeTls) {
    RunningShard shard = shard_for(listener());
    const TlsClient client(shard.port(), [](SSL* ssl) {
        const std::string header = "PROXY TCP4 192.0.2.7 198.51.100.9 56324 1883\r\n";
        ASSERT_EQ(::send(SSL_get_fd(ssl), header.data(), header.size(), 0),
                  static_cast<ssize_t>(header.size()));
    });
    ASSERT_TRUE(client.ready());
    client.send(connect_packet("c"));
    EXPECT_EQ(client.receive(4), connack);
    EXPECT_TRUE(shard.log.wait_for("New client connected from 192.0.2.7:56324 as c "));
}

TEST_F(PortForAllWithTls, OthersWithinTlsAreClosed) {
    RunningShard shard = shard_for(listener());
    const TlsClient client(shard.port());
    client.send("PROXY TCP4 192.0.2.7 198.51.100.9 56324 1883\r\n");
    EXPECT_EQ(client.receive(1), "");
    EXPECT_TRUE(shard.log.wait_for("its first bytes within TLS are neither MQTT nor HTTP"));
}

TEST_F(PortForAllWithTls, FailedHandshakeIsLogged) {
    RunningShard shard = shard_for(listener());
    const RawClient client(shard.port());
    client.send(std::string("\x16\x03\x01\x00\x04\x02\x00\x00\x00", 9));  // a ServerHello
    EXPECT_EQ(client.receive(1), "\x15") << "an alert";
    EXPECT_TRUE(shard.log.wait_for("disconnected: TLS handshake failed: "));
}

TEST_F(PortForAllWithTls, SilenceIsNotWaitedForWithoutEnd) {
    RunningShard shard = shard_for(listener(), 1);
    const RawClient before(shard.port());
    before.send("\x16\x03");
    const TlsClient after(shard.port());
    EXPECT_TRUE(before.closed());
    EXPECT_EQ(after.receive(1), "");
    EXPECT_TRUE(shard.log.wait_for("denied: no TLS handshake within 1 seconds."));
    EXPECT_TRUE(shard.log.wait_for("denied: nothing said within TLS within 1 seconds."));
}

TEST_F(PortForAllWithTls, NobodyGetsInThroughAListenerThatIsGone) {
    RunningShard shard = shard_for(listener());
    const TlsClient client(shard.port());
    ASSERT_TRUE(client.ready());
    shard.shard->post([&] {
        shard.open->retire();
        shard.log.line(LogType::debug, "retired");
    });
    ASSERT_TRUE(shard.log.wait_for("retired"));
    client.send(connect_packet("c"));
    EXPECT_EQ(client.receive(4), "");
    EXPECT_TRUE(shard.log.wait_for("denied: the listener is gone."));
}

TEST_F(PortForAllWithTls, CountsAsOneConnection) {
    ListenerConfig config = listener();
    config.max_connections = 1;
    RunningShard shard = shard_for(config);
    const TlsClient first(shard.port());
    ASSERT_TRUE(first.ready());
    const RawClient second(shard.port());
    EXPECT_TRUE(second.closed());
    first.send(connect_packet("c"));
    EXPECT_EQ(first.receive(4), connack);
    const RawClient third(shard.port());
    EXPECT_TRUE(third.closed());
}

}  // namespace
}  // namespace mq::broker::test
