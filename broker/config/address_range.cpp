#include "broker/config/address_range.hpp"

#include <arpa/inet.h>
#include <charconv>
#include <cstring>
#include <string>

namespace mq::broker {
namespace {

using Bytes = std::array<std::uint8_t, 16>;

constexpr unsigned mapped_bits = 96;  ///< of ::ffff:0:0/96, which holds the IPv4 addresses

/// The address in its IPv6 form. `ipv4` tells whether it was written as an IPv4 address.
std::optional<Bytes> numeric(std::string_view text, bool& ipv4) {
    const std::string copy(text);
    Bytes bytes{};
    ipv4 = ::inet_pton(AF_INET, copy.c_str(), bytes.data() + 12) == 1;
    if (ipv4) {
        bytes[10] = bytes[11] = 0xFF;
        return bytes;
    }
    if (::inet_pton(AF_INET6, copy.c_str(), bytes.data()) == 1) {
        return bytes;
    }
    return std::nullopt;
}

}  // namespace

std::optional<AddressRange> AddressRange::parse(std::string_view text) {
    const std::size_t slash = text.find('/');
    bool ipv4 = false;
    const auto bytes = numeric(text.substr(0, slash), ipv4);
    if (!bytes) {
        return std::nullopt;
    }
    AddressRange range;
    range.bytes_ = *bytes;
    if (slash != std::string_view::npos) {
        const std::string_view length = text.substr(slash + 1);
        const char* const end = length.data() + length.size();
        const auto [stop, error] = std::from_chars(length.data(), end, range.bits_);
        if (error != std::errc() || stop != end || range.bits_ > (ipv4 ? 32U : 128U)) {
            return std::nullopt;
        }
        range.bits_ += ipv4 ? mapped_bits : 0;
    }
    return range;
}

bool AddressRange::contains(std::string_view address) const {
    bool ipv4 = false;
    const auto bytes = numeric(address, ipv4);
    if (!bytes) {
        return false;
    }
    const std::size_t whole = bits_ / 8;
    if (std::memcmp(bytes->data(), bytes_.data(), whole) != 0) {
        return false;
    }
    const unsigned rest = bits_ % 8;
    return rest == 0 || (((*bytes)[whole] ^ bytes_[whole]) >> (8 - rest)) == 0;
}

}  // namespace mq::broker
