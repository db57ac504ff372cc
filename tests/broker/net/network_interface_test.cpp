#include "broker/net/network_interface.hpp"

#include "tests/broker/net/running_shard.hpp"
#include "tests/support/raw_client.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

using namespace mq::test;

std::string problem(const std::string& interface, const std::string& host) {
    const auto endpoints = resolve(host, 1883, SocketDomain::ipv4);
    const auto good = check_interface(interface, *endpoints);
    return good ? "none" : good.error().text();
}

TEST(NetworkInterface, LoopbackIsThere) {
    EXPECT_EQ(problem("lo", ""), "none");
    EXPECT_EQ(problem("lo", "127.0.0.1"), "none");
}

TEST(NetworkInterface, MissingOneIsToldWithThoseThatThereAre) {
    const std::string text = problem("nosuch0", "");
    EXPECT_NE(text.find("bind_interface nosuch0: there is no such"), std::string::npos) << text;
    EXPECT_NE(text.find("lo"), std::string::npos) << text;
}

TEST(NetworkInterface, AddressMustBeItsOwn) {
    const std::string text = problem("lo", "192.0.2.1");
    EXPECT_NE(text.find("bind_interface lo does not have the address 192.0.2.1"), std::string::npos)
        << text;
    EXPECT_NE(text.find("It has: 127.0.0.1"), std::string::npos) << text;
    EXPECT_NE(problem("l", "").find("no such"), std::string::npos) << "a part of a name";
}

TEST(NetworkInterface, ListenerIsBoundToIt) {
    ListenerConfig config;
    config.bind_interface = "lo";
    const UniqueFd probe(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
    if (::setsockopt(probe.get(), SOL_SOCKET, SO_BINDTODEVICE, "lo", 3) != 0) {
        GTEST_SKIP() << "this kernel lets only root bind to an interface";
    }
    RunningShard shard(config);
    const RawClient client(shard.port());
    client.send(connect_packet("c"));
    EXPECT_EQ(client.receive(4), connack);
}

}  // namespace
}  // namespace mq::broker::test
