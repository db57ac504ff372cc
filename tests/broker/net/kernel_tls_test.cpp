#include "broker/net/kernel_tls.hpp"

#include "tests/broker/net/running_shard.hpp"
#include "tests/broker/net/tls_client.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

using namespace mq::test;

TEST(KernelTls, IsThereWhenTheKernelListsIt) {
    const Folder folder;
    EXPECT_TRUE(kernel_has_tls(folder.write("loaded", "espintcp mptcp tls\n").c_str()));
    EXPECT_FALSE(kernel_has_tls(folder.write("other", "espintcp mptcp tlsx\n").c_str()));
    EXPECT_FALSE(kernel_has_tls(folder.write("none", "").c_str()));
    EXPECT_FALSE(kernel_has_tls(folder.path("missing").c_str()));
}

/// As where the module has gone between the look at the list and the handshake.
TEST(KernelTls, IsNotMissedWhereItWasAskedForInVain) {
    const Folder folder;
    const Signed own = make_certificate({});
    ListenerConfig config;
    config.certfile = folder.write("cert.pem", own.certificate_pem());
    config.keyfile = folder.write("key.pem", own.key_pem());
    const RunningShard shard(config);
    SSL_CTX_set_options(shard.open->tls()->get(), SSL_OP_ENABLE_KTLS);
    for (const int version : {TLS1_2_VERSION, TLS1_3_VERSION}) {
        const TlsClient client(shard.port(), version_max(version));
        client.send(connect_packet("c") + subscribe_packet("t"));
        EXPECT_EQ(client.receive(4), connack);
        EXPECT_EQ(client.receive(5).front(), '\x90');
        const std::string message = publish_packet("t", std::string(50'000, 'x'));
        client.send(message);
        EXPECT_TRUE(client.receive(message.size()) == message);
    }
}

}  // namespace
}  // namespace mq::broker::test
