#pragma once

#include "broker/config/config.hpp"
#include "broker/net/http_head.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// Why an upgrade is refused: what the client is told, and how the log calls it.
struct UpgradeRefusal {
    HttpFault fault;
    std::string_view reason;
};

/// Whether a request for a WebSocket may have one here: by the rules of RFC 6455 and MQTT, and by
/// the listener's `websockets_path` and `websockets_origin`, which are compared exactly. Nothing
/// when it may.
///
///     400  no listener for WebSockets, no well-formed handshake, or neither the sub-protocol
///          `mqtt` nor `mqttv3.1` is offered [MQTT-6.0.0-3]
///     403  another origin        404  another path        426  another version than 13
std::optional<UpgradeRefusal> refuse_upgrade(const HttpHead& head, const ListenerConfig& listener);

/// The sub-protocol to speak, the client's first that is known here; empty when it offers none.
std::string_view choose_sub_protocol(std::string_view offered);

/// The request with nothing but what the handshake needs, for libwebsockets to answer.
std::string upgrade_request(const HttpHead& head);

}  // namespace mq::broker
