#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/tls_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

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

TEST(Tls, PlainClientDisturbsNobody) {
    const CertificateFolder folder;
    RunningShard shard(folder.listener());
    const RawClient plain(shard.port());
    plain.send(connect_packet("c"));
    EXPECT_LT(plain.receive(100).size(), 100U);  // an alert, perhaps
    EXPECT_TRUE(TlsClient(shard.port()).ready());
}

TEST(Tls, MissingCertificateIsAProblemThatNamesIt) {
    const CertificateFolder folder;
    auto config = folder.listener();
    config.certfile = "/nowhere/cert.pem";
    const auto made = TlsContext::create(config);
    ASSERT_FALSE(made);
    EXPECT_THAT(made.error().what, testing::HasSubstr("cannot load certfile /nowhere/cert.pem"));
}

}  // namespace
}  // namespace mq::broker::test
