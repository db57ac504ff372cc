#include "broker/net/numeric_address.hpp"

#include "base/ip_address.hpp"

#include <algorithm>
#include <charconv>

namespace mq::broker {

std::string numeric_address(std::span<const std::uint8_t> bytes) {
    return IpAddress::of(bytes).text();
}

std::optional<std::string> numeric_address(std::string_view text) {
    const auto address = parse_ip_address(text);
    return address ? std::optional(address->text()) : std::nullopt;
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
