#include "broker/net/endpoint.hpp"

#include <gtest/gtest.h>

#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>

namespace mq::broker::test {
namespace {

TEST(Endpoint, AcceptedConnectionsSendAtOnce) {
    const auto places = resolve("127.0.0.1", 0, SocketDomain::any);
    ASSERT_TRUE(places);
    const auto listening = listen_on(places->front());
    ASSERT_TRUE(listening);
    Endpoint bound;
    bound.size = sizeof bound.storage;
    auto* const address = reinterpret_cast<sockaddr*>(&bound.storage);
    ASSERT_EQ(::getsockname(listening->get(), address, &bound.size), 0);
    const UniqueFd client(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    ASSERT_EQ(::connect(client.get(), address, bound.size), 0);
    pollfd waiting{listening->get(), POLLIN, 0};
    ASSERT_EQ(::poll(&waiting, 1, 60'000), 1);
    Endpoint from;
    const auto accepted = accept_on(listening->get(), from);
    ASSERT_TRUE(accepted);
    int no_delay = 0;
    socklen_t size = sizeof no_delay;
    ASSERT_EQ(::getsockopt(accepted->get(), IPPROTO_TCP, TCP_NODELAY, &no_delay, &size), 0);
    EXPECT_NE(no_delay, 0);
}

}  // namespace
}  // namespace mq::broker::test
