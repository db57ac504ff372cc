#include "tests/broker/net/running_shard.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <filesystem>
#include <memory>
#include <string>

namespace mq::broker::test {
namespace {

using namespace mq::test;

template <auto Function>
struct Free {
    template <class Object>
    void operator()(Object* object) const {
        Function(object);
    }
};
using Key = std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>>;
using Certificate = std::unique_ptr<X509, Free<X509_free>>;
using File = std::unique_ptr<FILE, Free<fclose>>;

/// A folder with a certificate for `localhost`, signed by itself, and its key.
class CertificateFolder {
 public:
    CertificateFolder() {
        std::string name = (std::filesystem::temp_directory_path() / "mqtls-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        const Key key(EVP_EC_gen("P-256"));
        const Certificate certificate(X509_new());
        X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
        X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
        X509_set_pubkey(certificate.get(), key.get());
        X509_sign(certificate.get(), key.get(), EVP_sha256());
        PEM_write_X509(File(std::fopen(certfile().c_str(), "w")).get(), certificate.get());
        PEM_write_PrivateKey(File(std::fopen(keyfile().c_str(), "w")).get(), key.get(), nullptr,
                             nullptr, 0, nullptr, nullptr);
    }
    ~CertificateFolder() { std::filesystem::remove_all(folder_); }
    CertificateFolder(const CertificateFolder&) = delete;
    CertificateFolder& operator=(const CertificateFolder&) = delete;

    [[nodiscard]] std::string certfile() const { return folder_ / "cert.pem"; }
    [[nodiscard]] std::string keyfile() const { return folder_ / "key.pem"; }

    [[nodiscard]] ListenerConfig listener() const {
        ListenerConfig config;
        config.certfile = certfile();
        config.keyfile = keyfile();
        return config;
    }

 private:
    std::filesystem::path folder_;
};

class TlsClient {
 public:
    explicit TlsClient(std::uint16_t port, int version_max = TLS1_3_VERSION)
        : raw_(port), context_(SSL_CTX_new(TLS_client_method())), ssl_(SSL_new(context_.get())) {
        SSL_set_max_proto_version(ssl_.get(), version_max);
        SSL_set_fd(ssl_.get(), raw_.descriptor());
        ready_ = SSL_connect(ssl_.get()) == 1;
    }

    [[nodiscard]] bool ready() const { return ready_; }
    void send(std::string_view bytes) const {
        ASSERT_EQ(SSL_write(ssl_.get(), bytes.data(), static_cast<int>(bytes.size())),
                  static_cast<int>(bytes.size()));
    }
    [[nodiscard]] std::string receive(std::size_t size) const {
        std::string all(size, '\0');
        std::size_t have = 0;
        while (have < size) {
            std::size_t n = 0;
            if (SSL_read_ex(ssl_.get(), all.data() + have, size - have, &n) != 1) {
                break;
            }
            have += n;
        }
        all.resize(have);
        return all;
    }

 private:
    RawClient raw_;
    std::unique_ptr<SSL_CTX, Free<SSL_CTX_free>> context_;
    std::unique_ptr<SSL, Free<SSL_free>> ssl_;
    bool ready_ = false;
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
    EXPECT_FALSE(TlsClient(shard.port(), TLS1_2_VERSION).ready());
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

TEST(Tls, WebSocketListenerCanBeEncrypted) {
    const CertificateFolder folder;
    auto config = folder.listener();
    config.protocol = ListenerProtocol::websockets;
    RunningShard shard(config);
    const TlsClient client(shard.port());
    ASSERT_TRUE(client.ready());
    client.send("GET /healthz HTTP/1.1\r\nHost: h\r\n\r\n");
    EXPECT_EQ(client.receive(12), "HTTP/1.1 200");
}

}  // namespace
}  // namespace mq::broker::test
