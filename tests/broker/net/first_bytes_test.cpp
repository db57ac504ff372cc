#include "broker/net/first_bytes.hpp"

#include <gtest/gtest.h>

#include <string_view>

namespace mq::broker::test {
namespace {

FirstBytes look(std::string_view bytes) {
    return look_at_first_bytes({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

TEST(FirstBytes, ProtocolsAreToldApart) {
    EXPECT_EQ(look("\x10\x0E"), FirstBytes::mqtt);
    EXPECT_EQ(look("\x16\x03\x01"), FirstBytes::tls);
    EXPECT_EQ(look("\x16\x03\x03"), FirstBytes::tls);
    EXPECT_EQ(look("GET /mqtt HTTP/1.1\r\n"), FirstBytes::http);
    EXPECT_EQ(look("HEAD / HTTP/1.0\r\n"), FirstBytes::http);
    EXPECT_EQ(look("POST / HTTP/1.1\r\n"), FirstBytes::http);
    EXPECT_EQ(look("PROXY TCP4 "), FirstBytes::proxy);
    EXPECT_EQ(look(std::string_view("\r\n\r\n\0\r\nQUIT\n\x21", 13)), FirstBytes::proxy);
}

TEST(FirstBytes, OthersAreUnknownAtTheFirstWrongByte) {
    for (const std::string_view bytes :
         {"\x11", "\x20", "\xC0", "\x80\x2E", "\x16\x02", "get ", "GET/", "PRI * HTTP/2.0", "PROXZ",
          "SSH-2.0-OpenSSH", "\r\n\r\nX", "EHLO"}) {
        EXPECT_EQ(look(bytes), FirstBytes::unknown) << bytes;
    }
}

TEST(FirstBytes, NeverChangesItsMind) {
    for (const std::string_view bytes :
         {"GET /", "PROXY TCP", "POST /abcdefgh", "PUT /abcdefgh", "CONNECT a:1", "PATCH /",
          "\x10\x0C\0\4MQTT", "\x16\x03\x01\x02", "PR?", "OPTIONX"}) {
        FirstBytes before = look("");
        EXPECT_EQ(before, FirstBytes::undecided);
        for (std::size_t size = 1; size <= bytes.size(); ++size) {
            const FirstBytes now = look(bytes.substr(0, size));
            EXPECT_TRUE(before == FirstBytes::undecided || before == now) << bytes;
            before = now;
        }
        EXPECT_NE(before, FirstBytes::undecided) << bytes;
    }
}

TEST(FirstBytes, DecidesWithinItsLimit) {
    for (const std::string_view bytes :
         {std::string_view("\r\n\r\n\0\r\nQUIT\n", 12), std::string_view("CONNECTCONNECT")}) {
        EXPECT_NE(look(bytes.substr(0, first_bytes_max)), FirstBytes::undecided);
    }
}

}  // namespace
}  // namespace mq::broker::test
