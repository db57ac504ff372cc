#pragma once

#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>

namespace mq::broker {

/// What a client speaks, as its first bytes show.
enum class FirstBytes : std::uint8_t {
    undecided,  ///< more of them are needed
    mqtt,       ///< a CONNECT
    tls,        ///< a handshake record
    http,       ///< a request, perhaps for an upgrade to WebSocket
    proxy,      ///< a PROXY protocol header of either version
    unknown     ///< nothing that is understood here
};

/// The answer is never `undecided` with so many.
constexpr std::size_t first_bytes_max = 12;

/// Tells protocols apart on a port for all. Never changes its mind when more bytes come.
FirstBytes look_at_first_bytes(mqtt::Bytes bytes);

}  // namespace mq::broker
