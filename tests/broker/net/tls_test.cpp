#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/tls_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <string>

namespace mq::broker::test {
namespace {

using namespace mq::test;

/// A folder with a certificate for `localhost`, signed by itself, and its key.
class CertificateFolder : public Folder {
 public:
    CertificateFolder() {
        const Signed own = make_certificate({});
        write("cert.pem", own.certificate_pem());
        write("key.pem", own.key_pem());
    }

    [[nodiscard]] ListenerConfig listener() const {
        ListenerConfig config;
        config.certfile = path("cert.pem");
        config.keyfile = path("key.pem");
        return config;
    }
};

TEST(Tls, MessagesGoBothWays) {
    const CertificateFolder folder;
    RunningShard shard(folder.listener());
    const TlsClient client(shard.port());
    ASSERT_TRUE(client.ready());
    client.send(connect_packet("c") + subscribe_packet("t"));
    EXPECT_EQ(client.receive(4), connack);
    EXPECT_EQ(client.receive(5).front(), '\x90');
    // Many records at once, and packets over the borders of records.
    std::string expected;
    for (int i = 0; i < 50; ++i) {
        expected += publish_packet("t", std::to_string(i) + std::string(20'000, 'x'));
    }
    client.send(expected);
    EXPECT_TRUE(client.receive(expected.size()) == expected);
}

TEST(Tls, OldVersionIsRefused) {
    const CertificateFolder folder;
    auto config = folder.listener();
    config.tls_version_min = TlsVersion::tls1_3;
    RunningShard shard(config);
    EXPECT_FALSE(TlsClient(shard.port(), version_max(TLS1_2_VERSION)).ready());
    EXPECT_TRUE(TlsClient(shard.port()).ready());
    EXPECT_TRUE(shard.log.wait_for("TLS handshake failed"));
}

TEST(Tls, OldestVersionWorksWhereItIsAllowed) {
    const CertificateFolder folder;
    auto config = folder.listener();
    const auto oldest = [](SSL* ssl) {
        SSL_set_security_level(ssl, 0);
        SSL_set_min_proto_version(ssl, TLS1_1_VERSION);
        SSL_set_max_proto_version(ssl, TLS1_1_VERSION);
    };
    EXPECT_FALSE(TlsClient(RunningShard(config).port(), oldest).ready());
    config.tls_version_min = TlsVersion::tls1_1;
    RunningShard shard(config);
    EXPECT_TRUE(TlsClient(shard.port(), oldest).ready());
    EXPECT_TRUE(TlsClient(shard.port()).ready());
}

TEST(Tls, DiffieHellmanParametersAreUsed) {
    const CertificateFolder folder;
    auto config = folder.listener();
    config.dhparamfile = folder.write("dh.pem", dh_parameters_pem());
    config.ciphers = "DHE-PSK-AES128-GCM-SHA256";
    config.psk_hint = "h";
    config.certfile.clear();
    config.keyfile.clear();
    auto keys = std::make_shared<PskTable>();
    keys->set("id", {1, 2, 3});
    RunningShard shard(config, {}, {}, 0, nullptr, [&](std::size_t) { return keys; });
    const TlsClient client(shard.port(), [](SSL* ssl) {
        SSL_set_max_proto_version(ssl, TLS1_2_VERSION);
        SSL_set_psk_client_callback(ssl,
                                    [](SSL*, const char*, char* identity, unsigned,
                                       unsigned char* key, unsigned) -> unsigned {
                                        std::copy_n("id", 3, identity);
                                        std::copy_n("\1\2\3", 3, key);
                                        return 3;
                                    });
    });
    ASSERT_TRUE(client.ready());
    EVP_PKEY* key = nullptr;
    ASSERT_EQ(SSL_get_peer_tmp_key(client.ssl(), &key), 1);
    EXPECT_EQ(EVP_PKEY_get_bits(Key(key).get()), 2048);  // OpenSSL itself would take 3072
}

TEST(Tls, VersionAndCipherAreLogged) {
    const CertificateFolder folder;
    RunningShard shard(folder.listener());
    const TlsClient client(shard.port());
    client.send(connect_packet("c"));
    EXPECT_TRUE(shard.log.wait_for("Client c negotiated TLSv1.3 cipher TLS_AES_256_GCM_SHA384"));
}

/// A second one would have CONNACK wait for an acknowledgement, where Nagle's algorithm is on.
TEST(Tls, OneTicketIsSent) {
    static int tickets = 0;
    const CertificateFolder folder;
    const RunningShard shard(folder.listener());
    const TlsClient client(shard.port(), [](SSL* ssl) {
        SSL_CTX* context = SSL_get_SSL_CTX(ssl);
        SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT);
        SSL_CTX_sess_set_new_cb(context, [](SSL*, SSL_SESSION*) {
            ++tickets;
            return 0;
        });
    });
    client.send(connect_packet("c"));
    EXPECT_EQ(client.receive(4), connack);
    EXPECT_EQ(tickets, 1);
}

TEST(Tls, DaysLeftOfTheCertificateArePublished) {
    const CertificateFolder folder;
    Limits limits;
    limits.sys_interval = 1;
    RunningShard shard(folder.listener(), limits);
    const TlsClient client(shard.port());
    const std::string topic =
        "$SYS/broker/certificates/" + std::to_string(shard.port()) + "/days_left";
    client.send(connect_packet("c") + subscribe_packet(topic));
    EXPECT_EQ(client.receive(9).substr(0, 4), connack);
    EXPECT_THAT(client.receive(publish_packet(topic, "30").size()),
                testing::EndsWith(topic + "30"));
}

TEST(Tls, PlainClientDisturbsNobody) {
    const CertificateFolder folder;
    RunningShard shard(folder.listener());
    const RawClient plain(shard.port());
    plain.send(connect_packet("c"));
    EXPECT_LT(plain.receive(100).size(), 100U);  // an alert, perhaps
    EXPECT_TRUE(TlsClient(shard.port()).ready());
}

}  // namespace
}  // namespace mq::broker::test
