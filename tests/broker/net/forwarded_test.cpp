#include "broker/net/forwarded.hpp"

#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

const TrustedProxies trusted({"10.0.0.0/8", "2001:db8::/32"});
constexpr std::string_view proxy = "10.0.0.1";

std::string address_of(const ForwardedHeaders& headers, std::string_view peer = proxy) {
    const auto found = forwarded_address(headers, peer, trusted);
    if (!found) {
        return "none";
    }
    return found->address + (found->port == 0 ? "" : " " + std::to_string(found->port));
}
std::string by_list(std::string_view list) {
    return address_of({list, {}, {}});
}
std::string by_rfc7239(std::string_view header) {
    return address_of({{}, header, {}});
}

TEST(Forwarded, OnlyATrustedProxyIsBelieved) {
    const ForwardedHeaders headers{"192.0.2.7", "for=192.0.2.7", "192.0.2.7"};
    EXPECT_EQ(address_of(headers, "10.255.0.1"), "192.0.2.7");
    EXPECT_EQ(address_of(headers, "2001:db8:1::9"), "192.0.2.7");
    EXPECT_EQ(address_of(headers, "11.0.0.1"), "none");
    EXPECT_EQ(address_of(headers, ""), "none");
    EXPECT_FALSE(forwarded_address(headers, proxy, TrustedProxies()));
}

TEST(Forwarded, NoHeaderTellsNothing) {
    EXPECT_EQ(address_of({}), "none");
}

TEST(Forwarded, ListIsReadFromItsEndOverTrustedProxies) {
    EXPECT_EQ(by_list("198.51.100.9, 192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(by_list("198.51.100.9,192.0.2.7 ,\t10.1.1.1, 10.2.2.2"), "192.0.2.7");
    EXPECT_EQ(by_list("10.3.3.3, 10.4.4.4"), "10.3.3.3");
    EXPECT_EQ(by_list("garbage, 192.0.2.7"), "192.0.2.7");
}

TEST(Forwarded, ListThatHidesTheClientTellsNothing) {
    for (const char* list : {"192.0.2.7, unknown", "192.0.2.7, unknown, 10.1.1.1", "192.0.2.7,",
                             "192.0.2.7 198.51.100.9", "192.0.2.300", "host.example", "1234"}) {
        EXPECT_EQ(by_list(list), "none") << list;
    }
}

TEST(Forwarded, AddressesHaveOneSpelling) {
    EXPECT_EQ(by_list("::ffff:192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(by_list("2001:0DB9:0:0::0001"), "2001:db9::1");
    EXPECT_EQ(by_list("[2001:db9::1]"), "2001:db9::1");
    EXPECT_EQ(by_list("[2001:db9::1]:4711"), "2001:db9::1 4711");
    EXPECT_EQ(by_list("192.0.2.7:4711"), "192.0.2.7 4711");
    for (const char* wrong :
         {"[192.0.2.7]", "[2001:db9::1", "[2001:db9::1]4711", "192.0.2.7:", "192.0.2.7:65536",
          "192.0.2.7:-1", "[]", "[]:1", ":", ":1", "fe80::1%eth0", "192.0.2.7:01"}) {
        EXPECT_EQ(by_list(wrong), "none") << wrong;
    }
}

TEST(Forwarded, ElementsOfRfc7239) {
    EXPECT_EQ(by_rfc7239("for=192.0.2.7"), "192.0.2.7");
    EXPECT_EQ(by_rfc7239("For=\"[2001:db9::1]:4711\""), "2001:db9::1 4711");
    EXPECT_EQ(by_rfc7239("for=[2001:db9::1]"), "2001:db9::1");
    EXPECT_EQ(by_rfc7239("for=\"192.0.2.7:80\";proto=http;by=203.0.113.43"), "192.0.2.7 80");
    EXPECT_EQ(by_rfc7239("proto=https; FOR=192.0.2.7 ;host=\"a,b;c=\\\"d\""), "192.0.2.7");
    EXPECT_EQ(by_rfc7239("for=198.51.100.9, for=192.0.2.7, for=10.1.1.1"), "192.0.2.7");
    EXPECT_EQ(by_rfc7239("for=\"19\\2.0.2.7\""), "192.0.2.7");
}

TEST(Forwarded, ElementsThatHideTheClientTellNothing) {
    for (const char* header : {"for=unknown", "for=_hidden", "for=_SEVKISEK, for=10.1.1.1",
                               "for=192.0.2.7, proto=http", "by=192.0.2.7", "for=192.0.2.7,"}) {
        EXPECT_EQ(by_rfc7239(header), "none") << header;
    }
}

TEST(Forwarded, MalformedHeaderTellsNothing) {
    for (const char* header :
         {"for", "for=", "=192.0.2.7", "for=\"192.0.2.7", "for=\"192.0.2.7\\", "for=192.0.2.7 x",
          "for=192.0.2.7;for=192.0.2.8", "for==192.0.2.7", "for = 192.0.2.7", "\x01"}) {
        EXPECT_EQ(by_rfc7239(header), "none") << header;
    }
}

TEST(Forwarded, ProxyThatWritesOneHeaderIsNotFooledByAnother) {
    EXPECT_EQ(address_of({"192.0.2.7", "for=198.51.100.9", "198.51.100.9"}), "192.0.2.7");
    EXPECT_EQ(address_of({"unknown", "for=198.51.100.9", "198.51.100.9"}), "none");
    EXPECT_EQ(address_of({"", "for=192.0.2.7", "198.51.100.9"}), "192.0.2.7");
}

TEST(Forwarded, RealAddressIsTakenAsItIs) {
    EXPECT_EQ(address_of({{}, {}, " 192.0.2.7 "}), "192.0.2.7");
    EXPECT_EQ(address_of({{}, {}, "192.0.2.7, 192.0.2.8"}), "none");
}

}  // namespace
}  // namespace mq::broker::test
