#include "base/ip_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <cassert>
#include <cstddef>

namespace mq {
namespace {

constexpr std::size_t ipv4_bytes = 4;
constexpr std::array<std::uint8_t, IpAddress::mapped_bits / 8> mapped_prefix{
    0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

IpAddress IpAddress::of(std::span<const std::uint8_t> bytes) {
    IpAddress address;
    assert(bytes.size() == ipv4_bytes || bytes.size() == address.bytes.size());
    if (bytes.size() == ipv4_bytes) {
        std::copy(mapped_prefix.begin(), mapped_prefix.end(), address.bytes.begin());
    }
    std::copy(bytes.rbegin(), bytes.rend(), address.bytes.rbegin());
    return address;
}

bool IpAddress::is_ipv4() const {
    return std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin());
}

std::string IpAddress::text() const {
    std::array<char, INET6_ADDRSTRLEN> copy{};
    const bool ipv4 = is_ipv4();
    ::inet_ntop(ipv4 ? AF_INET : AF_INET6, bytes.data() + (ipv4 ? mapped_prefix.size() : 0),
                copy.data(), copy.size());
    return copy.data();
}

std::optional<IpAddress> parse_ip_address(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> copy{};
    if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    std::copy(text.begin(), text.end(), copy.begin());
    std::array<std::uint8_t, 16> bytes{};
    if (::inet_pton(AF_INET, copy.data(), bytes.data()) == 1) {
        IpAddress address = IpAddress::of(std::span(bytes).first(ipv4_bytes));
        address.dotted = true;
        return address;
    }
    if (::inet_pton(AF_INET6, copy.data(), bytes.data()) == 1) {
        return IpAddress::of(bytes);
    }
    return std::nullopt;
}

}  // namespace mq
