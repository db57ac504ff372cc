#include "client/cli/url.hpp"

#include <charconv>

namespace mq::cli {
namespace {

constexpr std::size_t url_bytes_max = 65535 + 1024;

Problem wrong(const char* why) {
    return {why, ""};
}

int hex_value(char c) {
    return c >= '0' && c <= '9'   ? c - '0'
           : c >= 'a' && c <= 'f' ? c - 'a' + 10
           : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                  : -1;
}

/// %XX as the byte that it stands for; a percent sign alone stands for itself.
std::string decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 &&
            hex_value(text[i + 2]) >= 0) {
            result += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
            i += 2;
        } else {
            result += text[i];
        }
    }
    return result;
}

/// [user[:password]@]host[:port], the part that both kinds have.
struct Authority {
    std::optional<std::string> user;
    std::optional<Secret> password;
    std::string host;
    std::optional<int> port;
};

Outcome<std::optional<int>> parse_port(std::string_view text) {
    if (text.empty()) {
        return std::optional<int>{};
    }
    int port = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
    if (error != std::errc{} || end != text.data() + text.size() || port < 1 || port > 65535) {
        return wrong("the port must be a number from 1 to 65535");
    }
    return std::optional(port);
}

using Reading = std::string (*)(std::string_view);

std::string as_it_is(std::string_view text) {
    return std::string(text);
}

void parse_login(std::string_view text, Reading reading, Authority& authority) {
    const std::size_t colon = text.find(':');
    authority.user = reading(text.substr(0, colon));
    if (colon != std::string_view::npos) {
        authority.password = Secret(reading(text.substr(colon + 1)));
    }
}

Outcome<Authority> parse_authority(std::string_view text, Reading reading) {
    Authority authority;
    if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
        parse_login(text.substr(0, at), reading, authority);
        text.remove_prefix(at + 1);
    }
    std::string_view port;
    if (!text.empty() && text.front() == '[') {
        const std::size_t end = text.find(']');
        if (end == std::string_view::npos) {
            return wrong("the ] behind the address is missing");
        }
        authority.host = text.substr(1, end - 1);
        text.remove_prefix(end + 1);
        if (!text.empty() && text.front() != ':') {
            return wrong("behind ] only :port may stand");
        }
        port = text.substr(text.empty() ? 0 : 1);
    } else {
        const std::size_t colon = text.find(':');
        authority.host = text.substr(0, colon);
        port = colon == std::string_view::npos ? std::string_view{} : text.substr(colon + 1);
    }
    if (authority.host.empty()) {
        return wrong("the host is missing");
    }
    auto number = parse_port(port);
    if (!number) {
        return number.error();
    }
    authority.port = *number;
    return authority;
}

bool take_prefix(std::string_view& text, std::string_view prefix) {
    if (!text.starts_with(prefix)) {
        return false;
    }
    text.remove_prefix(prefix.size());
    return true;
}

Outcome<void> check_text(std::string_view text) {
    if (text.size() > url_bytes_max) {
        return wrong("it is too long");
    }
    if (text.find('\0') != std::string_view::npos) {
        return wrong("it has a zero byte");
    }
    return {};
}

}  // namespace

Outcome<BrokerUrl> parse_broker_url(std::string_view text) {
    if (auto valid = check_text(text); !valid) {
        return valid.error();
    }
    BrokerUrl url;
    if (take_prefix(text, "mqtts://")) {
        url.tls = true;
    } else if (take_prefix(text, "wss://")) {
        url.tls = url.websockets = true;
    } else if (take_prefix(text, "ws://")) {
        url.websockets = true;
    } else if (!take_prefix(text, "mqtt://")) {
        return wrong("it must begin with mqtt://, mqtts://, ws:// or wss://");
    }
    const std::size_t slash = text.find('/');
    if (slash != std::string_view::npos) {
        url.topic = text.substr(slash + 1);
    }
    auto authority = parse_authority(text.substr(0, slash), as_it_is);
    if (!authority) {
        return authority.error();
    }
    url.user = std::move(authority->user);
    url.password = std::move(authority->password);
    url.host = std::move(authority->host);
    url.port = authority->port;
    return url;
}

Outcome<ProxyUrl> parse_proxy_url(std::string_view text) {
    if (auto valid = check_text(text); !valid) {
        return valid.error();
    }
    if (!take_prefix(text, "socks5h://")) {
        return wrong("it must begin with socks5h://");
    }
    while (!text.empty() && text.back() == '/') {
        text.remove_suffix(1);
    }
    auto authority = parse_authority(text, decoded);
    if (!authority) {
        return authority.error();
    }
    return ProxyUrl{std::move(authority->user), std::move(authority->password),
                    std::move(authority->host), authority->port};
}

}  // namespace mq::cli
