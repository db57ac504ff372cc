#include "broker/net/proxy_protocol.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker::test {
namespace {

using State = ProxyParse::State;

ProxyParse parse(std::string_view bytes) {
    return parse_proxy_header({reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size()});
}

/// `address port` of a header that is right and takes all bytes; else what is wrong.
std::string client_of(std::string_view bytes) {
    const ProxyParse found = parse(bytes);
    if (found.state == State::incomplete) {
        return "incomplete";
    }
    if (found.state == State::malformed) {
        return std::string("malformed: ") + found.reason;
    }
    EXPECT_EQ(found.header.size, bytes.size());
    return found.header.address + " " + std::to_string(found.header.port);
}

bool is_malformed(std::string_view bytes) {
    return parse(bytes).state == State::malformed;
}

/// Whatever follows, and wherever it is cut, a right header is found at its last byte.
void expect_whole_only(const std::string& header) {
    for (std::size_t size = 0; size < header.size(); ++size) {
        EXPECT_EQ(client_of(header.substr(0, size)), "incomplete") << size;
    }
    const ProxyParse alone = parse(header);
    ASSERT_EQ(alone.state, State::complete) << alone.reason;
    EXPECT_EQ(alone.header.size, header.size());
    EXPECT_EQ(parse(header + "\x10\r\n").header, alone.header);
}

TEST(ProxyV1, AddressAndPortAreTheSources) {
    EXPECT_EQ(client_of("PROXY TCP4 192.0.2.7 198.51.100.9 56324 1883\r\n"), "192.0.2.7 56324");
    EXPECT_EQ(client_of("PROXY TCP6 2001:DB8::7 2001:db8::9 65535 0\r\n"), "2001:db8::7 65535");
    EXPECT_EQ(client_of("PROXY TCP6 ::ffff:192.0.2.7 ::1 1 2\r\n"), "192.0.2.7 1");
}

TEST(ProxyV1, UnknownTellsNothing) {
    EXPECT_EQ(client_of("PROXY UNKNOWN\r\n"), " 0");
    EXPECT_EQ(client_of("PROXY UNKNOWN ffff:f...f:ffff ffff:f...f:ffff 65535 65535\r\n"), " 0");
}

TEST(ProxyV1, IsFoundAtItsLastByte) {
    expect_whole_only("PROXY TCP4 192.0.2.7 198.51.100.9 56324 1883\r\n");
    expect_whole_only("PROXY UNKNOWN\r\n");
}

TEST(ProxyV1, MalformedLinesAreRefused) {
    for (const char* line : {
             "PROXY\r\n",
             "PROXY \r\n",
             "PROXY TCP5 192.0.2.7 198.51.100.9 1 2\r\n",
             "PROXY UNKNOWNS\r\n",
             "PROXY TCP4 192.0.2.7 198.51.100.9 1\r\n",
             "PROXY TCP4 192.0.2.7 198.51.100.9 1 2 \r\n",
             "PROXY TCP4 192.0.2.7 198.51.100.9 1 2 3\r\n",
             "PROXY TCP4  192.0.2.7 198.51.100.9 1 2\r\n",
             "PROXY  TCP4 192.0.2.7 198.51.100.9 1 2\r\n",
             "PROXY TCP4 192.0.2.7 198.51.100.9 1 2\n",
             "PROXY TCP4 192.0.2.7 198.51.100.9 1 65536\r\n",
             "PROXY TCP4 192.0.2.7 198.51.100.9 01 2\r\n",
             "PROXY TCP4 192.0.2.7 198.51.100.9 +1 2\r\n",
             "PROXY TCP4 192.0.2.7 198.51.100.256 1 2\r\n",
             "PROXY TCP4 2001:db8::7 2001:db8::9 1 2\r\n",
             "PROXY TCP6 192.0.2.7 198.51.100.9 1 2\r\n",
             "proxy TCP4 192.0.2.7 198.51.100.9 1 2\r\n",
             "PROXZ",
             "GET / HTTP/1.1\r\n",
         }) {
        EXPECT_TRUE(is_malformed(line)) << line;
    }
}

TEST(ProxyV1, LineHasALimit) {
    const std::string longest = "PROXY UNKNOWN " + std::string(proxy_v1_bytes_max - 16, 'x');
    EXPECT_EQ(client_of(longest + "\r\n"), " 0");
    EXPECT_EQ(client_of(longest + "\r"), "incomplete");
    EXPECT_TRUE(is_malformed(longest + "x\r\n"));
    EXPECT_TRUE(is_malformed(longest + "xx"));
}

std::string big_endian16(std::size_t number) {
    return {static_cast<char>(number >> 8U), static_cast<char>(number & 0xFFU)};
}
std::string v2(char version_and_command, char family, const std::string& body) {
    return std::string("\r\n\r\n\0\r\nQUIT\n", 12) + version_and_command + family +
           big_endian16(body.size()) + body;
}
std::string tlv(char type, const std::string& value) {
    return type + big_endian16(value.size()) + value;
}
const std::string ipv4_block("\xC0\x00\x02\x07\xC6\x33\x64\x09\xDC\x04\x07\x5B", 12);
const std::string ipv6_block = std::string("\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x07", 16) +
                               std::string("\x20\x01\x0D\xB8\0\0\0\0\0\0\0\0\0\0\0\x09", 16) +
                               std::string("\xDC\x04\x07\x5B", 4);

std::string v2_ipv4(const std::string& tlvs) {
    return v2('\x21', '\x11', ipv4_block + tlvs);
}
std::string tls_field(char bits, bool verified, const std::string& sub) {
    return tlv('\x20', bits + std::string(verified ? "\0\0\0\0" : "\0\0\0\x0A", 4) + sub);
}

TEST(ProxyV2, AddressAndPortAreTheSources) {
    EXPECT_EQ(client_of(v2('\x21', '\x11', ipv4_block)), "192.0.2.7 56324");
    EXPECT_EQ(client_of(v2('\x21', '\x21', ipv6_block)), "2001:db8::7 56324");
    EXPECT_EQ(client_of(v2('\x21', '\x12', ipv4_block)), "192.0.2.7 56324");
}

TEST(ProxyV2, IsFoundAtItsLastByte) {
    expect_whole_only(v2('\x21', '\x11', ipv4_block));
    expect_whole_only(v2('\x21', '\x21', ipv6_block + tlv('\x05', "id")));
    expect_whole_only(v2('\x20', '\x00', ""));
}

TEST(ProxyV2, LocalAndUnspecifiedTellNoAddress) {
    EXPECT_EQ(client_of(v2('\x20', '\x00', "")), " 0");
    EXPECT_EQ(client_of(v2('\x20', '\x11', ipv4_block)), " 0");
    EXPECT_EQ(client_of(v2('\x20', '\xFF', "anything")), " 0");
    EXPECT_TRUE(parse(v2('\x20', '\x00', "")).header.local);
    EXPECT_EQ(client_of(v2('\x21', '\x00', "")), " 0");
    EXPECT_EQ(client_of(v2('\x21', '\x31', std::string(216, 'p'))), " 0");
    EXPECT_FALSE(parse(v2('\x21', '\x00', "")).header.local);
}

TEST(ProxyV2, MalformedHeadersAreRefused) {
    EXPECT_TRUE(is_malformed(v2('\x11', '\x11', ipv4_block))) << "version 1";
    EXPECT_TRUE(is_malformed(v2('\x22', '\x11', ipv4_block))) << "command 2";
    EXPECT_TRUE(is_malformed(v2('\x21', '\x41', ipv4_block))) << "family 4";
    EXPECT_TRUE(is_malformed(v2('\x21', '\x13', ipv4_block))) << "transport 3";
    EXPECT_TRUE(is_malformed(v2('\x21', '\x11', ipv4_block.substr(1)))) << "short IPv4";
    EXPECT_TRUE(is_malformed(v2('\x21', '\x21', ipv4_block))) << "short IPv6";
    EXPECT_TRUE(is_malformed(v2('\x21', '\x31', ipv6_block))) << "short Unix";
    EXPECT_TRUE(is_malformed(v2_ipv4("\x01"))) << "cut TLV head";
    EXPECT_TRUE(is_malformed(v2_ipv4(std::string("\x01\x00\x05mqtt", 7)))) << "cut TLV";
    EXPECT_TRUE(is_malformed("\r\n\r\nQUIT"));
}

TEST(ProxyV2, LengthIsJudgedBeforeTheBytesHaveCome) {
    const std::string head = v2('\x21', '\x11', "").substr(0, 14);
    EXPECT_EQ(client_of(head + big_endian16(proxy_v2_bytes_max - 16)), "incomplete");
    EXPECT_TRUE(is_malformed(head + big_endian16(proxy_v2_bytes_max - 15)));
    EXPECT_TRUE(is_malformed(head + "\xFF\xFF"));
}

TEST(ProxyV2, UnknownFieldsAreSkipped) {
    EXPECT_EQ(client_of(v2_ipv4(tlv('\x01', "mqtt") + tlv('\x04', "") + tlv('\xEE', "x"))),
              "192.0.2.7 56324");
}

TEST(ProxyV2, TlsIsTold) {
    EXPECT_FALSE(parse(v2_ipv4("")).header.tls);
    EXPECT_FALSE(parse(v2_ipv4(tls_field('\0', true, ""))).header.tls);
    EXPECT_TRUE(parse(v2_ipv4(tls_field('\x01', true, tlv('\x21', "TLSv1.3")))).header.tls);
}

TEST(ProxyV2, NameCountsOfAVerifiedCertificateOnly) {
    const auto name_of = [](char bits, bool verified) {
        const auto found = parse(v2_ipv4(tls_field(bits, verified, tlv('\x22', "anna"))));
        EXPECT_EQ(found.state, State::complete) << found.reason;
        return found.header.common_name.value_or("none");
    };
    EXPECT_EQ(name_of('\x07', true), "anna");
    EXPECT_EQ(name_of('\x05', true), "anna") << "of a resumed session";
    EXPECT_EQ(name_of('\x07', false), "none") << "not verified";
    EXPECT_EQ(name_of('\x01', true), "none") << "no certificate";
    EXPECT_EQ(name_of('\x06', true), "none") << "no TLS";
}

TEST(ProxyV2, MalformedTlsFieldsAreRefused) {
    EXPECT_TRUE(is_malformed(v2_ipv4(tlv('\x20', std::string("\x01\0\0\0", 4)))));
    EXPECT_TRUE(is_malformed(v2_ipv4(tls_field('\x01', true, "\x22"))));
    EXPECT_TRUE(is_malformed(v2_ipv4(tls_field('\x07', true, tlv('\x22', "\xFF")))));
    EXPECT_TRUE(is_malformed(v2_ipv4(tls_field('\x07', true, tlv('\x22', std::string(1, '\0'))))));
    EXPECT_TRUE(
        is_malformed(v2_ipv4(tls_field('\x07', true, tlv('\x22', "anna") + tlv('\x22', "root")))));
    EXPECT_TRUE(is_malformed(v2_ipv4(tls_field('\x01', true, "") + tls_field('\x01', true, ""))));
}

TEST(ProxyV2, ChecksumIsChecked) {
    // By another program: CRC-32C of the header with four zeros in the checksum's place.
    const std::string right = v2_ipv4(tlv('\x03', "\xCA\xB3\xDF\x13"));
    EXPECT_EQ(client_of(right), "192.0.2.7 56324");
    const std::size_t type_of_field = 16 + ipv4_block.size();
    for (std::size_t at = 16; at < right.size(); ++at) {
        if (at == type_of_field) {
            continue;
        }
        std::string wrong = right;
        wrong[at] = static_cast<char>(wrong[at] ^ 0x10);
        EXPECT_TRUE(is_malformed(wrong)) << at;
    }
    EXPECT_TRUE(is_malformed(v2_ipv4(tlv('\x03', "CRC"))));
    EXPECT_TRUE(is_malformed(v2_ipv4(tlv('\x03', "CRC!") + tlv('\x03', "CRC!"))));
}

}  // namespace
}  // namespace mq::broker::test
