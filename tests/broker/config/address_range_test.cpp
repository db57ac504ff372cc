#include "broker/config/address_range.hpp"

#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

bool contains(std::string_view range, std::string_view address) {
    const auto parsed = AddressRange::parse(range);
    EXPECT_TRUE(parsed) << range;
    return parsed && parsed->contains(address);
}

TEST(AddressRange, SingleAddress) {
    EXPECT_TRUE(contains("192.0.2.1", "192.0.2.1"));
    EXPECT_FALSE(contains("192.0.2.1", "192.0.2.2"));
    EXPECT_TRUE(contains("2001:db8::1", "2001:0DB8:0::1"));
    EXPECT_FALSE(contains("2001:db8::1", "2001:db8::2"));
}

TEST(AddressRange, BlockEndsAtItsLastBit) {
    EXPECT_TRUE(contains("10.32.0.0/11", "10.32.0.0"));
    EXPECT_TRUE(contains("10.32.0.0/11", "10.63.255.255"));
    EXPECT_FALSE(contains("10.32.0.0/11", "10.64.0.0"));
    EXPECT_FALSE(contains("10.32.0.0/11", "10.31.255.255"));
    EXPECT_TRUE(contains("2001:db8::/33", "2001:db8:7fff::1"));
    EXPECT_FALSE(contains("2001:db8::/33", "2001:db8:8000::1"));
    EXPECT_TRUE(contains("192.0.2.255/24", "192.0.2.0")) << "bits behind the length do not count";
}

TEST(AddressRange, WholeFamilies) {
    EXPECT_TRUE(contains("0.0.0.0/0", "203.0.113.5"));
    EXPECT_FALSE(contains("0.0.0.0/0", "2001:db8::1"));
    EXPECT_TRUE(contains("::/0", "2001:db8::1"));
    EXPECT_TRUE(contains("::/0", "203.0.113.5"));
}

TEST(AddressRange, MappedAddressIsTheIpv4Address) {
    EXPECT_TRUE(contains("10.0.0.0/8", "::ffff:10.1.2.3"));
    EXPECT_TRUE(contains("::ffff:10.0.0.0/104", "10.1.2.3"));
    EXPECT_FALSE(contains("10.0.0.0/8", "::10.1.2.3"));
}

TEST(AddressRange, WhatIsNoAddressIsInNoBlock) {
    EXPECT_FALSE(contains("::/0", ""));
    EXPECT_FALSE(contains("::/0", "localhost"));
    EXPECT_FALSE(contains("::/0", "192.0.2.1:80"));
}

TEST(AddressRange, MalformedBlocksAreRefused) {
    for (const char* text :
         {"", "/", "/8", "localhost", "10.0.0.0/", "10.0.0.0/33", "2001:db8::/129", "10.0.0.0/-1",
          "10.0.0.0/+8", "10.0.0.0/8 ", "10.0.0.0/8/8", "10.0.0", "10.0.0.0/0x8"}) {
        EXPECT_FALSE(AddressRange::parse(text)) << text;
    }
}

}  // namespace
}  // namespace mq::broker::test
