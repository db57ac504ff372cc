#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mq::broker {

/// An address and, where one was told, a port.
struct HostPort {
    std::string address;     ///< numeric, as `numeric_address` writes it
    std::uint16_t port = 0;  ///< 0 where none was told

    bool operator==(const HostPort&) const = default;
};

/// An IP address in the one spelling that this broker uses in logs, rules and limits: IPv6 as RFC
/// 5952 has it, and an IPv4 address that was mapped to IPv6 as IPv4, so that a client has one name
/// however its proxy writes it. Nothing when `text` is no numeric address.
std::optional<std::string> numeric_address(std::string_view text);

/// The same for an address of 4 or 16 bytes in network order.
std::string numeric_address(std::span<const std::uint8_t> bytes);

/// An address with or without a port, as proxies write it: `192.0.2.1`, `192.0.2.1:4711`,
/// `2001:db8::1`, `[2001:db8::1]`, `[2001:db8::1]:4711`.
std::optional<HostPort> read_host_port(std::string_view text);

/// A decimal port without sign, blank or leading zero.
std::optional<std::uint16_t> read_port(std::string_view text);

}  // namespace mq::broker
