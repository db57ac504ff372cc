#include "broker/net/websocket_upgrade.hpp"

#include <algorithm>
#include <array>

namespace mq::broker {
namespace {

constexpr std::array<std::string_view, 2> sub_protocols = {"mqtt", "mqttv3.1"};

constexpr UpgradeRefusal no_websockets{{400, "This port has no WebSockets."},
                                       "websocket upgrade where there is none"};
constexpr UpgradeRefusal no_upgrade{
    {400,
     "The request names no connection to upgrade; a proxy in front must pass the headers Upgrade "
     "and Connection on."},
    "incomplete websocket upgrade"};
constexpr UpgradeRefusal bad_handshake{{400, "This is no well-formed WebSocket handshake."},
                                       "malformed websocket upgrade"};
constexpr UpgradeRefusal no_sub_protocol{
    {400, "The WebSocket sub-protocol must be mqtt or mqttv3.1."},
    "no websocket sub-protocol mqtt"};
constexpr UpgradeRefusal other_origin{{403, "This origin may not connect here."},
                                      "non-matching http origin"};
constexpr UpgradeRefusal other_path{{404, "There is no WebSocket at this path."},
                                    "non-matching websocket path"};
constexpr UpgradeRefusal other_version{{426, "The WebSocket version must be 13."},
                                       "unknown websocket version"};

template <class List, class Value>
bool contains(const List& list, const Value& value) {
    return std::find(list.begin(), list.end(), value) != list.end();
}

bool is_base64(char c) {
    return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '+' ||
           c == '/';
}

/// 16 bytes in Base64 [RFC 6455, 4.1].
bool is_key(std::string_view key) {
    return key.size() == 24 && key.ends_with("==") &&
           std::all_of(key.begin(), key.end() - 2, is_base64);
}

std::string_view trimmed(std::string_view text) {
    const std::size_t first = text.find_first_not_of(" \t");
    if (first == std::string_view::npos) {
        return {};
    }
    return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

}  // namespace

std::optional<UpgradeRefusal> refuse_upgrade(const HttpHead& head, const ListenerConfig& listener) {
    if (listener.protocol == ListenerProtocol::http_api) {
        return no_websockets;
    }
    if (!head.connection_upgrade) {
        return no_upgrade;
    }
    if (head.method != HttpMethod::get || head.has_body || !is_key(head.websocket_key)) {
        return bad_handshake;
    }
    if (head.websocket_version != "13") {
        return other_version;
    }
    if (!listener.websockets_paths.empty() && !contains(listener.websockets_paths, head.path)) {
        return other_path;
    }
    // A client that sends no origin, as programs do, names none of the allowed ones.
    if (!listener.websockets_origins.empty() &&
        !contains(listener.websockets_origins, head.origin.value_or(""))) {
        return other_origin;
    }
    if (choose_sub_protocol(head.websocket_protocols).empty()) {
        return no_sub_protocol;
    }
    return std::nullopt;
}

std::string_view choose_sub_protocol(std::string_view offered) {
    while (!offered.empty()) {
        const std::size_t comma = offered.find(',');
        const auto known = std::find(sub_protocols.begin(), sub_protocols.end(),
                                     trimmed(offered.substr(0, comma)));
        if (known != sub_protocols.end()) {
            return *known;
        }
        offered = comma == std::string_view::npos ? std::string_view() : offered.substr(comma + 1);
    }
    return {};
}

std::string upgrade_request(const HttpHead& head) {
    return "GET / HTTP/1.1\r\nHost: mqtt\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: " +
           head.websocket_key + "\r\nSec-WebSocket-Protocol: " +
           std::string(choose_sub_protocol(head.websocket_protocols)) + "\r\n\r\n";
}

}  // namespace mq::broker
