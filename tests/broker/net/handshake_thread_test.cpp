#include "broker/net/handshake_thread.hpp"

#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/tls_client.hpp"
#include "tests/broker/net/websocket_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <array>
#include <future>
#include <list>
#include <memory>
#include <string>
#include <vector>

namespace mq::broker::test {
namespace {

using namespace mq::test;

/// A ClientHello as a client of OpenSSL sends it.
std::string client_hello() {
    const SslContext context(SSL_CTX_new(TLS_client_method()));
    const std::unique_ptr<SSL, FreeBy<SSL_free>> ssl(SSL_new(context.get()));
    SSL_set_bio(ssl.get(), BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
    SSL_connect(ssl.get());
    char* bytes = nullptr;
    const long size = BIO_get_mem_data(SSL_get_wbio(ssl.get()), &bytes);
    return {bytes, static_cast<std::size_t>(size)};
}

/// Holds every handshake of a listener where it begins to be costly, until it is opened.
class Gate {
 public:
    explicit Gate(const RunningShard& shard) {
        current_ = this;
        SSL_CTX_set_info_callback(shard.open->tls()->get(), [](const SSL* ssl, int where, int) {
            if (where == SSL_CB_ACCEPT_LOOP && SSL_get_state(ssl) == TLS_ST_SW_SRVR_HELLO &&
                SSL_session_reused(ssl) == 0) {
                current_->pass();
            }
        });
    }
    ~Gate() { open(); }
    Gate(const Gate&) = delete;
    Gate& operator=(const Gate&) = delete;

    void wait_for_someone() {
        std::unique_lock lock(mutex_);
        changed_.wait(lock, [this] { return waiting_; });
    }
    void open() {
        const std::lock_guard lock(mutex_);
        open_ = true;
        changed_.notify_all();
    }

 private:
    void pass() {
        std::unique_lock lock(mutex_);
        waiting_ = true;
        changed_.notify_all();
        changed_.wait(lock, [this] { return open_; });
    }

    static inline Gate* current_ = nullptr;
    std::mutex mutex_;
    std::condition_variable changed_;
    bool waiting_ = false;
    bool open_ = false;
};

/// A port for all protocols, with a certificate that is signed by itself.
class Handshakes : public testing::Test, private Folder {
 protected:
    std::unique_ptr<RunningShard> running(std::uint32_t timeout_s = 3600) {
        const Signed own = make_certificate({});
        ListenerConfig config;
        config.protocol = ListenerProtocol::automatic;
        config.certfile = write("cert.pem", own.certificate_pem());
        config.keyfile = write("key.pem", own.key_pem());
        return std::make_unique<RunningShard>(
            config, Limits{}, WebSocketSettings{}, 0,
            [&](ConnectionCount& count) { count.connect_timeout_s = timeout_s; });
    }

    static bool let_in(std::uint16_t port, const std::string& id) {
        const TlsClient client(port);
        client.send(connect_packet(id));
        return client.receive(4) == connack;
    }
};

TEST_F(Handshakes, NobodyElseWaitsForOne) {
    const auto shard = running();
    const RawClient before(shard->port());
    before.send(connect_packet("before"));
    EXPECT_EQ(before.receive(4), connack);
    Gate gate(*shard);
    auto slow = std::async(std::launch::async, [&] { return let_in(shard->port(), "slow"); });
    gate.wait_for_someone();
    before.send(pingreq);
    EXPECT_EQ(before.receive(2).front(), '\xD0');
    const RawClient after(shard->port());
    after.send(connect_packet("after"));
    EXPECT_EQ(after.receive(4), connack);
    gate.open();
    EXPECT_TRUE(slow.get());
}

TEST_F(Handshakes, ResumedSessionWaitsForNoOther) {
    const auto shard = running();
    const TlsClient known(shard->port());
    known.send(connect_packet("known"));
    EXPECT_EQ(known.receive(4), connack);
    const SslSession session(SSL_get1_session(known.ssl()));
    Gate gate(*shard);
    auto slow = std::async(std::launch::async, [&] { return let_in(shard->port(), "slow"); });
    gate.wait_for_someone();
    const TlsClient back(shard->port(), [&](SSL* ssl) { SSL_set_session(ssl, session.get()); });
    back.send(connect_packet("back"));
    EXPECT_EQ(back.receive(4), connack);
    EXPECT_EQ(SSL_session_reused(back.ssl()), 1);
    gate.open();
    EXPECT_TRUE(slow.get());
}

TEST_F(Handshakes, ManyAtOnceAreAllFinished) {
    const auto shard = running();
    std::vector<std::future<bool>> all;
    for (int i = 0; i < 32; ++i) {
        all.push_back(std::async(
            std::launch::async, [&, i] { return let_in(shard->port(), "c" + std::to_string(i)); }));
    }
    for (auto& one : all) {
        EXPECT_TRUE(one.get());
    }
}

TEST_F(Handshakes, ClientMayGoDuringIts) {
    const auto shard = running();
    const std::string hello = client_hello();
    for (int i = 0; i < 50; ++i) {
        const RawClient client(shard->port());
        client.send(hello);
    }
    EXPECT_TRUE(let_in(shard->port(), "c"));
}

/// The one that runs, and one that waits for the thread.
TEST_F(Handshakes, HaveNoLongerThanClientsHave) {
    const auto shard = running(1);
    Gate gate(*shard);
    const RawClient first(shard->port());
    first.send(client_hello());
    gate.wait_for_someone();
    const RawClient second(shard->port());
    second.send(client_hello());
    EXPECT_TRUE(second.closed());
    EXPECT_TRUE(shard->log.wait_for("denied: no TLS handshake within 1 seconds."));
    gate.open();
    constexpr std::size_t more_than_said = 100'000;
    EXPECT_LT(first.receive(more_than_said).size(), more_than_said);
    EXPECT_TRUE(let_in(shard->port(), "c"));
}

TEST_F(Handshakes, AreGivenUpWithTheShard) {
    for (int i = 0; i < 10; ++i) {
        const auto shard = running();
        const std::string hello = client_hello();
        std::list<RawClient> clients;
        for (int j = 0; j < 8; ++j) {
            clients.emplace_back(shard->port()).send(hello);
        }
    }
}

TEST_F(Handshakes, NobodyGetsInThroughAListenerThatIsGone) {
    const auto shard = running();
    Gate gate(*shard);
    auto slow = std::async(std::launch::async, [&] { return let_in(shard->port(), "slow"); });
    gate.wait_for_someone();
    shard->shard->post([&] {
        shard->open->retire();
        shard->log.line(LogType::debug, "retired");
    });
    ASSERT_TRUE(shard->log.wait_for("retired"));
    gate.open();
    EXPECT_FALSE(slow.get());
    EXPECT_TRUE(shard->log.wait_for("denied: the listener is gone."));
}

}  // namespace
}  // namespace mq::broker::test
