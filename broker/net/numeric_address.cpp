#include "broker/net/numeric_address.hpp"

#include <algorithm>
#include <arpa/inet.h>
#include <array>
#include <cassert>
#include <charconv>

namespace mq::broker {
namespace {

constexpr std::size_t ipv4_bytes = 4;
constexpr std::size_t ipv6_bytes = 16;
/// Of an IPv6 address that holds an IPv4 address.
constexpr std::array<std::uint8_t, 12> mapped_prefix{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

}  // namespace

std::string numeric_address(std::span<const std::uint8_t> bytes) {
    assert(bytes.size() == ipv4_bytes || bytes.size() == ipv6_bytes);
    if (bytes.size() == ipv6_bytes &&
        std::equal(mapped_prefix.begin(), mapped_prefix.end(), bytes.begin())) {
        bytes = bytes.subspan(mapped_prefix.size());
    }
    std::array<char, INET6_ADDRSTRLEN> text{};
    ::inet_ntop(bytes.size() == ipv4_bytes ? AF_INET : AF_INET6, bytes.data(), text.data(),
                text.size());
    return text.data();
}

std::optional<std::string> numeric_address(std::string_view text) {
    std::array<char, INET6_ADDRSTRLEN> copy{};
    if (text.size() >= copy.size() || text.find('\0') != std::string_view::npos) {
        return std::nullopt;
    }
    std::copy(text.begin(), text.end(), copy.begin());
    std::array<std::uint8_t, ipv6_bytes> bytes{};
    if (::inet_pton(AF_INET, copy.data(), bytes.data()) == 1) {
        return numeric_address(std::span(bytes).first(ipv4_bytes));
    }
    if (::inet_pton(AF_INET6, copy.data(), bytes.data()) == 1) {
        return numeric_address(std::span(bytes));
    }
    return std::nullopt;
}

std::optional<std::uint16_t> read_port(std::string_view text) {
    std::uint16_t port = 0;
    const char* const end = text.data() + text.size();
    const auto [stop, error] = std::from_chars(text.data(), end, port);
    if (error != std::errc() || stop != end || (text.size() > 1 && text.front() == '0')) {
        return std::nullopt;
    }
    return port;
}

std::optional<HostPort> read_host_port(std::string_view text) {
    std::string_view host = text;
    std::string_view port;
    if (text.starts_with('[')) {
        const std::size_t bracket = text.find(']');
        if (bracket == std::string_view::npos) {
            return std::nullopt;
        }
        host = text.substr(1, bracket - 1);
        port = text.substr(bracket + 1);
        if (host.find(':') == std::string_view::npos || (!port.empty() && port.front() != ':')) {
            return std::nullopt;
        }
    } else if (std::count(text.begin(), text.end(), ':') == 1) {
        host = text.substr(0, text.find(':'));
        port = text.substr(host.size());
    }
    auto address = numeric_address(host);
    if (!address) {
        return std::nullopt;
    }
    HostPort found{std::move(*address), 0};
    if (!port.empty()) {
        const auto number = read_port(port.substr(1));
        if (!number) {
            return std::nullopt;
        }
        found.port = *number;
    }
    return found;
}

}  // namespace mq::broker
