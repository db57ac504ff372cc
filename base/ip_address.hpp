#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mq {

/// An IP address in network order, in its IPv6 form: an IPv4 address is the one that is mapped to
/// IPv6, ::ffff:a.b.c.d, so that both spellings of it are the same.
struct IpAddress {
    /// Bits in front of an IPv4 address.
    static constexpr unsigned mapped_bits = 96;

    std::array<std::uint8_t, 16> bytes{};
    bool dotted = false;  ///< was written as an IPv4 address

    /// Of 4 or 16 bytes in network order.
    static IpAddress of(std::span<const std::uint8_t> bytes);
    [[nodiscard]] bool is_ipv4() const;
    /// IPv4 with dots, IPv6 as RFC 5952 has it.
    [[nodiscard]] std::string text() const;
};

/// Nothing where the text is no numeric address. Never asks a resolver.
std::optional<IpAddress> parse_ip_address(std::string_view text);

}  // namespace mq
