#pragma once

#include <string_view>

namespace mq::broker {

/// What a browser sees that comes to a WebSocket listener.
inline constexpr std::string_view http_page =
    "<!DOCTYPE html>\n"
    "<html lang=\"en\"><head><meta charset=\"utf-8\"><title>MQTT over WebSocket</title></head>\n"
    "<body><h1>MQTT over WebSocket</h1>\n"
    "<p>An MQTT broker listens here. It speaks WebSocket with the sub-protocol <code>mqtt</code>; "
    "there is nothing for a browser to show.</p>\n"
    "<p>Give an MQTT client this address with <code>ws://</code> or <code>wss://</code> instead of "
    "<code>http://</code> or <code>https://</code>. Programs that ask whether the broker is up "
    "read "
    "<code>/healthz</code>.</p>\n"
    "</body></html>\n";

}  // namespace mq::broker
