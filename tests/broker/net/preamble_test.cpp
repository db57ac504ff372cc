#include "tests/broker/net/running_shard.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <ctime>
#include <filesystem>
#include <netinet/tcp.h>
#include <pthread.h>
#include <string>

namespace mq::broker::test {
namespace {

using namespace mq::test;

const std::string v1_header = "PROXY TCP4 192.0.2.7 198.51.100.9 56324 1883\r\n";
const std::string v1_unknown = "PROXY UNKNOWN\r\n";
const std::string v2_start("\r\n\r\n\0\r\nQUIT\n", 12);
const std::string v2_header = v2_start + std::string("\x21\x11\x00\x0C", 4) +
                              std::string("\xC0\x00\x02\x07\xC6\x33\x64\x09\xDC\x04\x07\x5B", 12);
const std::string v2_local = v2_start + std::string("\x20\x00\x00\x00", 4);
const std::string v2_tls = v2_start + std::string("\x21\x11\x00\x14", 4) +
                           std::string("\xC0\x00\x02\x07\xC6\x33\x64\x09\xDC\x04\x07\x5B", 12) +
                           std::string("\x20\x00\x05\x01\x00\x00\x00\x00", 8);

constexpr std::array<std::uint8_t, 2> both_versions{1, 2};

ListenerConfig proxied(std::uint8_t version) {
    ListenerConfig config;
    config.proxy_protocol = version;
    return config;
}
ListenerConfig automatic() {
    ListenerConfig config;
    config.protocol = ListenerProtocol::automatic;
    return config;
}

/// A shard whose trusted proxies are these, and whose clients have `timeout_s` to begin.
RunningShard shard_for(const ListenerConfig& config, const std::vector<std::string>& trusted = {},
                       std::uint32_t timeout_s = 3600) {
    return RunningShard(config, {}, {}, 0, [&](ConnectionCount& count) {
        count.trusted_proxies = TrustedProxies(trusted);
        count.connect_timeout_s = timeout_s;
    });
}

bool connects(const RawClient& client) {
    client.send(connect_packet("c"));
    return client.receive(4) == connack;
}

void send_byte_by_byte(const RawClient& client, std::string_view bytes) {
    const int on = 1;
    ::setsockopt(client.descriptor(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
    for (const char byte : bytes) {
        client.send({&byte, 1});
    }
}

TEST(ProxyProtocol, AddressOfTheHeaderIsTheClients) {
    for (const std::uint8_t version : both_versions) {
        RunningShard shard = shard_for(proxied(version));
        const RawClient client(shard.port());
        client.send((version == 1 ? v1_header : v2_header) + connect_packet("c"));
        EXPECT_EQ(client.receive(4), connack);
        EXPECT_TRUE(shard.log.wait_for("New connection from 192.0.2.7:56324 on port " +
                                       std::to_string(shard.port()) + "."));
        EXPECT_TRUE(shard.log.wait_for("New client connected from 192.0.2.7:56324 as c "));
    }
}

TEST(ProxyProtocol, HeaderMayComeByteByByte) {
    for (const std::uint8_t version : both_versions) {
        RunningShard shard = shard_for(proxied(version));
        const RawClient client(shard.port());
        send_byte_by_byte(client, (version == 1 ? v1_header : v2_tls) + connect_packet("c"));
        EXPECT_EQ(client.receive(4), connack);
    }
}

TEST(ProxyProtocol, HeaderWithoutAddressLeavesTheProxys) {
    RunningShard one = shard_for(proxied(1));
    const RawClient client(one.port());
    client.send(v1_unknown);
    EXPECT_TRUE(connects(client));
    EXPECT_TRUE(one.log.wait_for("New connection from 127.0.0.1:"));
    RunningShard two = shard_for(proxied(2));
    const RawClient other(two.port());
    other.send(v2_local);
    EXPECT_TRUE(connects(other));
    EXPECT_TRUE(two.log.wait_for("New connection from 127.0.0.1:"));
}

TEST(ProxyProtocol, ConnectionWithoutProperHeaderIsClosed) {
    const struct {
        std::uint8_t version;
        std::string bytes;
        const char* reason;
    } cases[] = {
        {1, connect_packet("c"), "no PROXY header"},
        {1, "GET / HTTP/1.1\r\n\r\n", "no PROXY header"},
        {1, "PROXY TCP4 nonsense\r\n", "malformed address"},
        {1, v2_header, "version 2, and enable_proxy_protocol is 1"},
        {2, v1_header, "version 1, and enable_proxy_protocol is 2"},
        {2, v2_start + "\x31", "no PROXY header"},
        {2, v2_start + std::string("\x31\x11\0\0", 4), "unknown version"},
    };
    for (const auto& [version, bytes, reason] : cases) {
        RunningShard shard = shard_for(proxied(version));
        const RawClient client(shard.port());
        client.send(bytes);
        ::shutdown(client.descriptor(), SHUT_WR);
        EXPECT_TRUE(client.closed());
        const bool cut = bytes.size() == v2_start.size() + 1;
        EXPECT_TRUE(shard.log.wait_for(cut ? "connection closed by client" : reason)) << reason;
    }
}

TEST(ProxyProtocol, WithTrustedProxiesOnlyTheyAreBelieved) {
    RunningShard trusting = shard_for(proxied(1), {"127.0.0.0/8"});
    const RawClient client(trusting.port());
    client.send(v1_header);
    EXPECT_TRUE(connects(client));
    RunningShard doubting = shard_for(proxied(1), {"10.0.0.0/8"});
    const RawClient other(doubting.port());
    other.send(v1_header);
    EXPECT_TRUE(other.closed());
    EXPECT_TRUE(
        doubting.log.wait_for("Client connection from 127.0.0.1 denied: it sends a PROXY "
                              "header and is no trusted_proxy."));
}

TEST(ProxyProtocol, HeaderMustTellOfTls) {
    ListenerConfig config = proxied(2);
    config.proxy_protocol_v2_require_tls = true;
    RunningShard shard = shard_for(config);
    for (const std::string& header : {v2_header, v2_local}) {
        const RawClient client(shard.port());
        client.send(header);
        EXPECT_TRUE(client.closed());
    }
    EXPECT_TRUE(shard.log.wait_for("denied: its PROXY header tells of no TLS."));
    const RawClient client(shard.port());
    client.send(v2_tls);
    EXPECT_TRUE(connects(client));
}

TEST(ProxyProtocol, WebSocketComesBehindAHeader) {
    ListenerConfig config = proxied(1);
    config.protocol = ListenerProtocol::websockets;
    RunningShard shard = shard_for(config);
    const RawClient client(shard.port());
    client.send(v1_header + "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.receive(12), "HTTP/1.1 200");
}

TEST(ProxyProtocol, SilentProxyIsClosedAndCostsNothing) {
    RunningShard shard = shard_for(proxied(1), {}, 1);
    const RawClient silent(shard.port());
    const RawClient half(shard.port());
    half.send("PROXY TCP4 1");
    EXPECT_TRUE(half.closed());
    EXPECT_TRUE(silent.closed());
    EXPECT_TRUE(shard.log.wait_for("denied: no whole PROXY header within 1 seconds."));
    // Whoever looks again and again at the same bytes is busy for that second.
    clockid_t clock{};
    timespec used{};
    ASSERT_EQ(::pthread_getcpuclockid(shard.thread.native_handle(), &clock), 0);
    ASSERT_EQ(::clock_gettime(clock, &used), 0);
    EXPECT_EQ(used.tv_sec, 0);
    EXPECT_LT(used.tv_nsec, 300'000'000);
}

TEST(ProxyProtocol, ClientThatLeavesIsForgotten) {
    RunningShard shard = shard_for(proxied(1));
    { const RawClient silent(shard.port()); }
    EXPECT_TRUE(shard.log.wait_for("disconnected: connection closed by client."));
}

TEST(Preamble, CountsAsOneConnection) {
    ListenerConfig config = automatic();
    config.max_connections = 1;
    RunningShard shard = shard_for(config);
    {
        const RawClient first(shard.port());
        first.send("GE");
        const RawClient second(shard.port());
        EXPECT_TRUE(second.closed());
        EXPECT_TRUE(shard.log.wait_for("denied: max_connections exceeded."));
        first.send("T /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_EQ(first.receive(12), "HTTP/1.1 200");
        const RawClient third(shard.port());
        EXPECT_TRUE(third.closed());
    }
    for (;;) {  // until the end of the first one has been noticed
        const RawClient next(shard.port());
        if (next.try_send(connect_packet("c")) && next.receive(4) == connack) {
            break;
        }
    }
}

TEST(Preamble, NobodyGetsInThroughAListenerThatIsGone) {
    RunningShard shard = shard_for(automatic());
    const RawClient client(shard.port());
    const RawClient known(shard.port());
    ASSERT_TRUE(connects(known));  // accepted after the other
    shard.shard->post([&] {
        shard.open->retire();
        shard.log.line(LogType::debug, "retired");
    });
    ASSERT_TRUE(shard.log.wait_for("retired"));
    client.send(connect_packet("c"));
    EXPECT_TRUE(client.closed());
    EXPECT_TRUE(shard.log.wait_for("denied: the listener is gone."));
}

TEST(Preamble, ShardStopsWithOneOpen) {
    RunningShard shard = shard_for(automatic());
    const RawClient silent(shard.port());
    const RawClient known(shard.port());
    ASSERT_TRUE(connects(known));  // accepted after the silent one
    shard.shard->post([&] {
        shard.open->close();
        shard.shard->broker().shut_down(shard.shard->now());
        shard.shard->stop_when_empty();
    });
    EXPECT_TRUE(silent.closed());
}

TEST(PortForAll, MqttAndHttpAreToldApart) {
    RunningShard shard = shard_for(automatic());
    const RawClient mqtt(shard.port());
    EXPECT_TRUE(connects(mqtt));
    const RawClient http(shard.port());
    http.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(http.receive(12), "HTTP/1.1 200");
    EXPECT_TRUE(shard.log.wait_for("New connection from 127.0.0.1:"));
}

TEST(PortForAll, FirstBytesMayComeOneByOne) {
    RunningShard shard = shard_for(automatic(), {"127.0.0.1"});
    for (const std::string& header : {std::string(), v1_header, v2_header}) {
        const RawClient mqtt(shard.port());
        send_byte_by_byte(mqtt, header + connect_packet("c"));
        EXPECT_EQ(mqtt.receive(4), connack);
        const RawClient http(shard.port());
        send_byte_by_byte(http, header + "GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_EQ(http.receive(12), "HTTP/1.1 200");
        const RawClient post(shard.port());  // begins as a PROXY header does
        send_byte_by_byte(post, header + "POST / HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_EQ(post.receive(12), "HTTP/1.1 405");
    }
}

TEST(PortForAll, OthersAreClosed) {
    const struct {
        std::string bytes;
        const char* reason;
    } cases[] = {
        {"SSH-2.0-OpenSSH_9\r\n", "its first bytes are neither MQTT, HTTP nor TLS"},
        {publish_packet("t", "x"), "its first bytes are neither MQTT, HTTP nor TLS"},
        {"\x16\x03\x01\x02", "it speaks TLS, and the listener has neither certfile nor psk_hint"},
        {v1_header, "it sends a PROXY header and is no trusted_proxy"},
        {v2_header, "it sends a PROXY header and is no trusted_proxy"},
    };
    RunningShard shard = shard_for(automatic());
    for (const auto& [bytes, reason] : cases) {
        const RawClient client(shard.port());
        client.send(bytes);
        EXPECT_TRUE(client.closed());
        EXPECT_TRUE(shard.log.wait_for(reason)) << reason;
    }
}

TEST(PortForAll, HeaderComesFromATrustedProxyAndOnce) {
    RunningShard shard = shard_for(automatic(), {"127.0.0.1"});
    const RawClient client(shard.port());
    client.send(v2_header);
    EXPECT_TRUE(connects(client));
    EXPECT_TRUE(shard.log.wait_for("New connection from 192.0.2.7:56324"));
    const RawClient twice(shard.port());
    twice.send(v1_header + v2_header);
    EXPECT_TRUE(twice.closed());
    EXPECT_TRUE(shard.log.wait_for("192.0.2.7 denied: it sends two PROXY headers."));
}

TEST(PortForAll, WhereTlsProvesWhoIsThereNobodyComesWithout) {
    ListenerConfig config = automatic();
    config.require_certificate = true;
    RunningShard shard = shard_for(config);
    for (const std::string& bytes : {connect_packet("c"), std::string("GET / HTTP/1.1\r\n\r\n")}) {
        const RawClient client(shard.port());
        client.send(bytes);
        EXPECT_TRUE(client.closed());
    }
    EXPECT_TRUE(shard.log.wait_for("denied: it does not speak TLS"));
}

class UnixListener : public ::testing::Test {
 protected:
    UnixListener() {
        std::string name = (std::filesystem::temp_directory_path() / "mqunix-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
    }
    ~UnixListener() override { std::filesystem::remove_all(folder_); }

    [[nodiscard]] ListenerConfig config(ListenerProtocol protocol) const {
        ListenerConfig made;
        made.unix_path = path();
        made.protocol = protocol;
        return made;
    }
    [[nodiscard]] std::string path() const { return folder_ / "mqtt.sock"; }

 private:
    std::filesystem::path folder_;
};

TEST_F(UnixListener, ClientIsNamedByThePath) {
    {
        RunningShard shard = shard_for(config(ListenerProtocol::mqtt));
        const RawClient client(path());
        EXPECT_TRUE(connects(client));
        EXPECT_TRUE(shard.log.wait_for("Opening unix listen socket on path " + path() + "."));
        EXPECT_TRUE(shard.log.wait_for("New connection from " + path() + ":0 on port 0."));
        EXPECT_TRUE(shard.log.wait_for("Socket " + path() + " is opened by process " +
                                       std::to_string(::getpid()) + " of user " +
                                       std::to_string(::geteuid()) + "."));
    }
    EXPECT_FALSE(std::filesystem::exists(path()));
}

TEST_F(UnixListener, WebSocketsAndAllProtocols) {
    for (const auto protocol : {ListenerProtocol::websockets, ListenerProtocol::automatic}) {
        RunningShard shard = shard_for(config(protocol));
        const RawClient http(path());
        http.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
        EXPECT_EQ(http.receive(12), "HTTP/1.1 200");
    }
    RunningShard shard = shard_for(config(ListenerProtocol::automatic));
    const RawClient mqtt(path());
    for (const char byte : connect_packet("c")) {
        mqtt.send({&byte, 1});
    }
    EXPECT_EQ(mqtt.receive(4), connack);
}

TEST_F(UnixListener, RightsOfTheFileMakeAProxyTrusted) {
    ListenerConfig proxied_config = config(ListenerProtocol::mqtt);
    proxied_config.proxy_protocol = 1;
    RunningShard shard = shard_for(proxied_config, {"10.0.0.1"});
    const RawClient client(path());
    client.send(v1_header);
    EXPECT_TRUE(connects(client));
    EXPECT_TRUE(shard.log.wait_for("New connection from 192.0.2.7:56324"));
}

}  // namespace
}  // namespace mq::broker::test
