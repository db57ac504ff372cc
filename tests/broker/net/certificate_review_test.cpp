#include "broker/net/certificate_review.hpp"

#include "broker/net/client_certificate.hpp"
#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/tls_client.hpp"
#include "tests/broker/net/websocket_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <functional>
#include <future>
#include <memory>
#include <optional>
#include <string>

/// A revocation list that comes while its client is here.
namespace mq::broker::test {
namespace {

using namespace mq::test;
using testing::HasSubstr;

const std::string not_authorized("\xE0\x01\x87", 3);

/// A listener for certificates of one authority, whose list names nobody yet.
class LateRevocation : public testing::Test {
 protected:
    LateRevocation() {
        const Signed own = make_certificate({});
        config.certfile = folder.write("cert.pem", own.certificate_pem());
        config.keyfile = folder.write("key.pem", own.key_pem());
        config.cafile = folder.write("ca.pem", authority.certificate_pem());
        config.crlfile = folder.write("crl.pem", revocation_pem(authority, {}));
        config.require_certificate = true;
    }

    void run(ListenerProtocol protocol = ListenerProtocol::mqtt) {
        config.protocol = protocol;
        running.emplace(config);
        on_shard([this] {
            running->shard->certificates().judge_by(
                [this](const ListenerSettings&) { return running->open->tls(); });
        });
    }

    void on_shard(const std::function<void()>& act) {
        std::promise<void> done;
        running->shard->post([&] {
            act();
            done.set_value();
        });
        done.get_future().wait();
    }
    /// The new list is in use, and clients are looked at.
    void revoke(std::initializer_list<const Signed*> revoked) {
        folder.write("crl.pem", revocation_pem(authority, revoked));
        on_shard([this] {
            EXPECT_TRUE(running->open->reload_certificate());
            running->shard->review_certificates();
        });
    }

    const Signed authority = make_certificate({.common_names = {"A"}, .authority = true});
    const Signed anna = make_certificate({.common_names = {"anna"}}, &authority);
    const Signed berta = make_certificate({.common_names = {"berta"}}, &authority);
    const Folder folder;
    ListenerConfig config;
    std::optional<RunningShard> running;
};

/// A connected client of MQTT 5.0.
class Here {
 public:
    Here(std::uint16_t port, const Signed& own, const std::string& name)
        : client_(port, showing(own)) {
        client_.send(connect_packet_v5(name));
        const std::string head = client_.receive(2);
        EXPECT_EQ(head.substr(0, 1), "\x20");
        EXPECT_EQ(client_.receive(static_cast<std::size_t>(head.at(1))).front(), 0);
    }
    [[nodiscard]] bool is_served() const {
        client_.send("\xC0" + std::string(1, '\0'));
        return client_.receive(2) == std::string("\xD0\0", 2);
    }
    /// All that still comes, to the end.
    [[nodiscard]] std::string rest() const { return client_.receive(1000); }

 private:
    TlsClient client_;
};

TEST_F(LateRevocation, EndsWhomTheListNamesAndNobodyElse) {
    run();
    const Here first(running->port(), anna, "a");
    const Here second(running->port(), berta, "b");
    revoke({&berta});
    EXPECT_EQ(second.rest(), not_authorized);
    EXPECT_TRUE(running->log.wait_for("]: its certificate is revoked (CN=berta, serial "));
    EXPECT_TRUE(running->log.wait_for("disconnected: not authorised."));
    EXPECT_TRUE(first.is_served());
}

TEST_F(LateRevocation, HoldsOnAPortForAllProtocols) {
    run(ListenerProtocol::automatic);
    const Here client(running->port(), anna, "a");
    revoke({&anna});
    EXPECT_EQ(client.rest(), not_authorized);
}

TEST_F(LateRevocation, HoldsForWebSockets) {
    run(ListenerProtocol::websockets);
    WebSocketClientOver<TlsClient> client(TlsClient(running->port(), showing(anna)));
    client.send_packet(connect_packet("c"));
    ASSERT_EQ(client.receive(4), connack);
    revoke({&anna});
    EXPECT_EQ(client.receive_frame().opcode, close_frame);
    EXPECT_TRUE(running->log.wait_for("Client c [127.0.0.1:"));
    EXPECT_TRUE(running->log.wait_for("]: its certificate is revoked (CN=anna, serial "));
}

TEST_F(LateRevocation, EndsAClientThatHasNotSaidAnythingYet) {
    run();
    const TlsClient silent(running->port(), [this](SSL* ssl) {
        SSL_set_max_proto_version(ssl, TLS1_2_VERSION);  // with it, the server is done too
        showing(anna)(ssl);
    });
    ASSERT_TRUE(silent.ready());
    on_shard([] {});
    revoke({&anna});
    EXPECT_EQ(silent.receive(1), "");
}

TEST_F(LateRevocation, WithoutAJudgeEverybodyStays) {
    run();
    on_shard([this] { running->shard->certificates().judge_by({}); });
    const Here client(running->port(), anna, "a");
    revoke({&anna});
    EXPECT_TRUE(client.is_served());
}

}  // namespace
}  // namespace mq::broker::test
