#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/tls_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <thread>

/// Who a TLS client is: certificates, pre-shared keys, resumed sessions.
namespace mq::broker::test {
namespace {

using namespace mq::test;

/// A listener that asks for certificates of one authority.
class ClientCertificates : public testing::Test {
 protected:
    ClientCertificates() {
        const Signed own = make_certificate({});
        config.certfile = folder.write("cert.pem", own.certificate_pem());
        config.keyfile = folder.write("key.pem", own.key_pem());
        config.cafile = folder.write("ca.pem", authority.certificate_pem());
        config.require_certificate = true;
    }

    void revoke(std::initializer_list<const Signed*> revoked) {
        config.crlfile = folder.write("crl.pem", revocation_pem(authority, revoked));
    }

    RunningShard& run() { return running.emplace(config); }

    /// Whether a client gets as far as CONNACK.
    bool let_in(const TlsClient::Setup& setup = {}) {
        const TlsClient client(running->port(), setup);
        client.send(connect_packet("c"));
        return client.receive(4) == connack;
    }

    void expect_refused(const TlsClient::Setup& setup, const std::string& reason) {
        EXPECT_FALSE(let_in(setup));
        EXPECT_TRUE(running->log.wait_for("disconnected: TLS handshake failed: " + reason + "."));
    }

    const Signed authority = make_certificate({.common_names = {"A"}, .authority = true});
    const Signed anna = make_certificate({.common_names = {"anna"}}, &authority);
    const Folder folder;
    ListenerConfig config;
    std::optional<RunningShard> running;
};

TEST_F(ClientCertificates, OneOfTheAuthorityIsLetIn) {
    run();
    EXPECT_TRUE(let_in(showing(anna)));
    expect_refused({}, "peer did not return a certificate");
    expect_refused(showing(make_certificate({.common_names = {"anna"}})),
                   "certificate verify failed: self-signed certificate");
}

TEST_F(ClientCertificates, FolderOfAuthoritiesServesAsWell) {
    char hash[16];
    std::snprintf(hash, sizeof hash, "%08lx.0",
                  X509_subject_name_hash(authority.certificate.get()));
    folder.write(hash, authority.certificate_pem());
    config.cafile.clear();
    config.capath = folder.path("");
    run();
    EXPECT_TRUE(let_in(showing(anna)));
}

TEST_F(ClientCertificates, RevokedOneIsRefused) {
    const Signed berta = make_certificate({.common_names = {"berta"}}, &authority);
    revoke({&berta});
    run();
    EXPECT_TRUE(let_in(showing(anna)));
    expect_refused(showing(berta), "certificate verify failed: certificate revoked");
}

TEST_F(ClientCertificates, RevocationHoldsForTheWholeChain) {
    const Signed between = make_certificate({.common_names = {"B"}, .authority = true}, &authority);
    const Signed berta = make_certificate({.common_names = {"berta"}}, &between);
    const auto with_chain = [&](SSL* ssl) {
        showing(berta)(ssl);
        SSL_add1_chain_cert(ssl, between.certificate.get());
    };
    run();
    EXPECT_TRUE(let_in(with_chain));
    config.crlfile = folder.write(
        "crl.pem", revocation_pem(authority, {&between}) + revocation_pem(between, {}));
    run();
    expect_refused(with_chain, "certificate verify failed: certificate revoked");
}

TEST_F(ClientCertificates, DatesAreChecked) {
    const Signed expired =
        make_certificate({.common_names = {"old"}, .valid_to_s = -60}, &authority);
    const Signed early =
        make_certificate({.common_names = {"new"}, .valid_from_s = 3600}, &authority);
    run();
    expect_refused(showing(expired), "certificate verify failed: certificate has expired");
    expect_refused(showing(early), "certificate verify failed: certificate is not yet valid");
    config.disable_client_cert_date_checks = true;
    run();
    EXPECT_TRUE(let_in(showing(expired)));
    EXPECT_TRUE(let_in(showing(early)));
    expect_refused(showing(make_certificate({.valid_to_s = -60})),
                   "certificate verify failed: self-signed certificate");
}

TEST_F(ClientCertificates, RevocationHoldsWithoutDateChecks) {
    config.disable_client_cert_date_checks = true;
    revoke({&anna});
    run();
    expect_refused(showing(anna), "certificate verify failed: certificate revoked");
}

/// The session that a client may resume, once it has had its CONNACK; null when it gets none.
SslSession session_of(std::uint16_t port, const TlsClient::Setup& setup) {
    const TlsClient client(port, setup);
    client.send(connect_packet("c"));
    return SslSession(client.receive(4) == connack ? SSL_get1_session(client.ssl()) : nullptr);
}

class Resumption : public ClientCertificates, public testing::WithParamInterface<int> {
 protected:
    /// Resumes without showing a certificate again.
    TlsClient::Setup resuming(const SslSession& session) const {
        return [&session](SSL* ssl) {
            SSL_set_max_proto_version(ssl, GetParam());
            SSL_set_session(ssl, session.get());
        };
    }
    TlsClient::Setup first(const Signed& own) const {
        return [&own](SSL* ssl) {
            SSL_set_max_proto_version(ssl, GetParam());
            showing(own)(ssl);
        };
    }
    bool resumes(const SslSession& session) {
        const TlsClient client(running->port(), resuming(session));
        client.send(connect_packet("c"));
        return client.receive(4) == connack && SSL_session_reused(client.ssl()) == 1;
    }
    void reload() {
        std::atomic<bool> done{false};
        running->shard->post([&] {
            EXPECT_TRUE(running->open->reload_certificate());
            done = true;
            done.notify_all();
        });
        done.wait(false);
    }
};

TEST_P(Resumption, SparesTheHandshakeAndKeepsTheIdentity) {
    config.use_identity_as_username = true;
    run();
    const SslSession session = session_of(running->port(), first(anna));
    ASSERT_NE(session, nullptr);
    EXPECT_TRUE(running->log.wait_for("as c (p4, c1, k60, u'anna')"));
    running->log.forget();
    EXPECT_TRUE(resumes(session));
    EXPECT_TRUE(running->log.wait_for("as c (p4, c1, k60, u'anna')"));
}

TEST_P(Resumption, OutlivesANewServerCertificate) {
    run();
    const SslSession session = session_of(running->port(), first(anna));
    const Signed renewed = make_certificate({});
    folder.write("cert.pem", renewed.certificate_pem());
    folder.write("key.pem", renewed.key_pem());
    reload();
    EXPECT_TRUE(resumes(session));
}

/// Each shard has a context of its own for one place.
TEST_P(Resumption, WorksOnAnotherShard) {
    const SslSession session = session_of(run().port(), first(anna));
    ASSERT_NE(session, nullptr);
    RunningShard other(config);
    const TlsClient client(other.port(), resuming(session));
    client.send(connect_packet("c"));
    EXPECT_EQ(client.receive(4), connack);
    EXPECT_EQ(SSL_session_reused(client.ssl()), 1);
}

TEST_P(Resumption, EndsWithANewRevocationList) {
    revoke({});
    run();
    const SslSession session = session_of(running->port(), first(anna));
    EXPECT_TRUE(resumes(session));
    revoke({&anna});
    reload();
    EXPECT_FALSE(resumes(session));
}

TEST_P(Resumption, EndsWithTheCertificateOfTheClient) {
    run();
    const Signed brief = make_certificate({.valid_to_s = 3}, &authority);
    const SslSession session = session_of(running->port(), first(brief));
    if (session == nullptr) {
        GTEST_SKIP() << "too slow for a certificate that is good for 3 seconds";
    }
    while (X509_cmp_current_time(X509_get0_notAfter(brief.certificate.get())) > 0) {
        std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    EXPECT_FALSE(resumes(session));
}

INSTANTIATE_TEST_SUITE_P(Tls, Resumption, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

/// A listener with pre-shared keys; identity and key are what a client is given.
class PreSharedKeys : public testing::TestWithParam<int> {
 protected:
    PreSharedKeys() {
        config.psk_hint = "hint";
        config.use_identity_as_username = true;
        set_keys("sensor", {1, 2, 3, 4});
    }

    void set_keys(const std::string& named, PskTable::Key given) {
        auto table = std::make_shared<PskTable>();
        table->set(named, std::move(given));
        keys.store(std::move(table));
    }
    RunningShard& run() {
        return running.emplace(config, Limits{}, WebSocketSettings{}, 0, nullptr,
                               [this](std::size_t) { return keys.load(); });
    }

    static unsigned give_key(SSL* ssl, const char*, char* name, unsigned, unsigned char* room,
                             unsigned) {
        const auto& self = *static_cast<const PreSharedKeys*>(SSL_get_app_data(ssl));
        name[self.identity.copy(name, 128)] = '\0';
        std::copy(self.key.begin(), self.key.end(), room);
        return static_cast<unsigned>(self.key.size());
    }
    /// Before the client has said its last word.
    static void change_key(const SSL* ssl, int where, int) {
        const int state = GetParam() == TLS1_3_VERSION ? TLS_ST_CR_FINISHED : TLS_ST_CR_SRVR_DONE;
        if (where == SSL_CB_CONNECT_LOOP && SSL_get_state(ssl) == state) {
            static_cast<PreSharedKeys*>(SSL_get_app_data(ssl))->set_keys("sensor", {9, 9});
        }
    }
    std::string connect(const TlsClient::Setup& more = {}) {
        const TlsClient client(running->port(), [&](SSL* ssl) {
            SSL_set_app_data(ssl, this);
            SSL_set_max_proto_version(ssl, GetParam());
            SSL_set_psk_client_callback(ssl, give_key);
            if (more) {
                more(ssl);
            }
        });
        client.send(connect_packet("c"));
        return client.receive(4);
    }

    std::string identity = "sensor";
    PskTable::Key key{1, 2, 3, 4};
    std::atomic<std::shared_ptr<const PskTable>> keys;
    ListenerConfig config;
    std::optional<RunningShard> running;
};

TEST_P(PreSharedKeys, RightKeyIsLetInUnderItsIdentity) {
    run();
    EXPECT_EQ(connect(), connack);
    EXPECT_TRUE(running->log.wait_for("as c (p4, c1, k60, u'sensor')"));
}

TEST_P(PreSharedKeys, WrongKeyIsRefused) {
    run();
    key = {4, 3, 2, 1};
    EXPECT_EQ(connect(), "");
    EXPECT_TRUE(running->log.wait_for("disconnected: TLS handshake failed: "));
}

TEST_P(PreSharedKeys, UnknownIdentityIsRefused) {
    run();
    identity = "stranger";
    EXPECT_EQ(connect(), "");
    EXPECT_TRUE(running->log.wait_for("disconnected: TLS handshake failed: unknown PSK identity."));
}

TEST_P(PreSharedKeys, OtherKeysHoldAtOnce) {
    run();
    EXPECT_EQ(connect(), connack);
    set_keys("sensor", {9, 9});
    EXPECT_EQ(connect(), "");
    key = {9, 9};
    EXPECT_EQ(connect(), connack);
}

TEST_P(PreSharedKeys, OneThatChangesDuringTheHandshakeIsRefused) {
    run();
    EXPECT_EQ(connect([](SSL* ssl) { SSL_set_info_callback(ssl, change_key); }), "");
    EXPECT_TRUE(running->log.wait_for(GetParam() == TLS1_3_VERSION
                                          ? "denied: its key was changed meanwhile."
                                          : "disconnected: TLS handshake failed: "));
}

TEST_P(PreSharedKeys, IdentityThatCannotBeAUserNameIsRefused) {
    identity = "sen\tsor";
    set_keys(identity, key);
    run();
    EXPECT_EQ(connect(), std::string("\x20\x02\x00\x04", 4));
}

INSTANTIATE_TEST_SUITE_P(Tls, PreSharedKeys, testing::Values(TLS1_2_VERSION, TLS1_3_VERSION));

}  // namespace
}  // namespace mq::broker::test
