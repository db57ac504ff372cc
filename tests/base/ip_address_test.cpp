#include "base/ip_address.hpp"

#include <gtest/gtest.h>

#include <array>

namespace mq::test {
namespace {

std::string spelled(std::string_view text) {
    const auto address = parse_ip_address(text);
    return address ? address->text() : "none";
}

TEST(IpAddress, HasOneSpelling) {
    EXPECT_EQ(spelled("192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(spelled("2001:0DB8:0:0::1"), "2001:db8::1");
    EXPECT_EQ(spelled("::ffff:192.0.2.1"), "192.0.2.1");
    EXPECT_EQ(spelled("::ffff:c000:201"), "192.0.2.1");
    EXPECT_EQ(spelled("::"), "::");
}

TEST(IpAddress, IsOnlyWhatIsOneToTheEnd) {
    for (const std::string_view text :
         {std::string_view(), std::string_view("localhost"), std::string_view("192.0.2"),
          std::string_view("192.0.2.256"), std::string_view("192.0.2.1 "),
          std::string_view("192.0.2.1\0", 10), std::string_view("1:2:3"),
          std::string_view("fe80::1%eth0"), std::string_view("[::1]")}) {
        EXPECT_EQ(spelled(text), "none") << text;
    }
    EXPECT_EQ(spelled(std::string(1000, '1')), "none");
}

TEST(IpAddress, TheFamilyIsThatOfTheAddressNotOfItsSpelling) {
    const auto dotted = parse_ip_address("192.0.2.1");
    const auto mapped = parse_ip_address("::ffff:192.0.2.1");
    EXPECT_TRUE(dotted->is_ipv4() && mapped->is_ipv4());
    EXPECT_EQ(dotted->bytes, mapped->bytes);
    EXPECT_TRUE(dotted->dotted && !mapped->dotted);
    EXPECT_FALSE(parse_ip_address("::1")->is_ipv4());
}

TEST(IpAddress, IsMadeOfBytes) {
    EXPECT_EQ(IpAddress::of(std::array<std::uint8_t, 4>{192, 0, 2, 1}).text(), "192.0.2.1");
    std::array<std::uint8_t, 16> bytes{0x20, 0x01, 0x0D, 0xB8};
    bytes[15] = 1;
    EXPECT_EQ(IpAddress::of(bytes).text(), "2001:db8::1");
}

}  // namespace
}  // namespace mq::test
