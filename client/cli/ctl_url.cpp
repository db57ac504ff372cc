#include "client/cli/ctl_url.hpp"

#include <charconv>

namespace mq::cli {
namespace {

constexpr int port_max = 65535;

Problem broken(std::string_view url, std::string_view why) {
    return {"The URL " + std::string(url) + " " + std::string(why), "",
            "A URL looks like this: mqtt://user:password@host:1883", ctl_exit_arguments};
}

int hex_digit(char c) {
    if (c >= '0' && c <= '9') {
        return c - '0';
    }
    const char lower = static_cast<char>(c | 0x20);
    return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string unescaped(std::string_view text) {
    std::string plain;
    for (std::size_t i = 0; i < text.size(); ++i) {
        const bool escape = text[i] == '%' && i + 2 < text.size() && hex_digit(text[i + 1]) >= 0 &&
                            hex_digit(text[i + 2]) >= 0;
        plain += escape ? static_cast<char>(hex_digit(text[i + 1]) * 16 + hex_digit(text[i + 2]))
                        : text[i];
        i += escape ? 2 : 0;
    }
    return plain;
}

}  // namespace

Outcome<UrlParts> read_url(std::string_view url, std::string_view scheme) {
    UrlParts parts;
    const std::size_t colon = url.find("://");
    if (colon == std::string_view::npos) {
        return broken(url, "has no scheme");
    }
    parts.scheme = url.substr(0, colon);
    if (!scheme.empty() && parts.scheme != scheme) {
        return broken(url, "does not begin with " + std::string(scheme) + "://");
    }
    std::string_view rest = url.substr(colon + 3);
    rest = rest.substr(0, rest.find('/'));
    if (const std::size_t at = rest.rfind('@'); at != std::string_view::npos) {
        const std::string_view login = rest.substr(0, at);
        const std::size_t mark = login.find(':');
        parts.user = unescaped(login.substr(0, mark));
        parts.password = mark == std::string_view::npos ? "" : unescaped(login.substr(mark + 1));
        rest.remove_prefix(at + 1);
    }
    const bool bracket = rest.starts_with('[');
    const std::size_t end = bracket ? rest.find(']') : rest.find(':');
    if (bracket && end == std::string_view::npos) {
        return broken(url, "has an address without its end");
    }
    parts.host = bracket ? rest.substr(1, end - 1) : rest.substr(0, end);
    rest =
        end == std::string_view::npos ? std::string_view() : rest.substr(end + (bracket ? 1 : 0));
    if (parts.host.empty()) {
        return broken(url, "names no host");
    }
    if (rest.empty()) {
        return parts;
    }
    const char* const last = rest.data() + rest.size();
    const auto [stop, error] = std::from_chars(rest.data() + 1, last, parts.port);
    if (rest.front() != ':' || error != std::errc() || stop != last || parts.port < 1 ||
        parts.port > port_max) {
        return broken(url, "has no valid port");
    }
    return parts;
}

Outcome<void> apply_url(CtlRoute& route) {
    if (route.url.empty()) {
        return {};
    }
    const auto parts = read_url(route.url, "");
    if (!parts) {
        return parts.error();
    }
    if (parts->scheme != "mqtt" && parts->scheme != "mqtts") {
        return broken(route.url, "must begin with mqtt:// or mqtts://");
    }
    route.host = parts->host;
    route.port = parts->port != 0 ? parts->port : route.port;
    if (!parts->user.empty()) {
        route.user = parts->user;
    }
    if (!parts->password.empty()) {
        route.password = parts->password;
    }
    if (parts->scheme == "mqtts" && !route.tls()) {
        route.tls_use_os_certs = true;
    }
    return {};
}

}  // namespace mq::cli
