#pragma once

#include "mqtt/packet.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// What a PROXY protocol header says about a connection. The format is HAProxy's
/// `doc/proxy-protocol.txt`, versions 1 and 2.
struct ProxyHeader {
    std::size_t size = 0;      ///< bytes that it takes; the client's own bytes follow
    std::uint8_t version = 0;  ///< 1 or 2
    /// The proxy speaks for itself, as with a health check: nothing else is told.
    bool local = false;
    /// The client's, as `numeric_address` writes it. Empty where the header tells none: LOCAL,
    /// UNKNOWN, and clients of the proxy's Unix socket.
    std::string address;
    std::uint16_t port = 0;

    bool tls = false;  ///< the client speaks TLS with the proxy
    /// Common name of the client's certificate, where it showed one that the proxy has verified.
    std::optional<std::string> common_name;

    bool operator==(const ProxyHeader&) const = default;
};

/// How far the first bytes of a connection are a header.
struct ProxyParse {
    enum class State : std::uint8_t { incomplete, complete, malformed };

    State state = State::incomplete;
    ProxyHeader header;       ///< of `complete`
    const char* reason = "";  ///< of `malformed`
};

/// Longest header of version 1, its CR and LF included.
constexpr std::size_t proxy_v1_bytes_max = 107;
/// Longest header of version 2 that is taken. The format allows 65551 bytes; what is sent has some
/// hundred, and with the client's whole certificate in it some thousand.
constexpr std::size_t proxy_v2_bytes_max = 8192;

/// Enough bytes to tell both versions and other protocols apart.
constexpr std::size_t proxy_signature_bytes_max = 12;

/// Whether `bytes` may be the beginning of a header of some version: false as soon as it cannot.
bool may_be_proxy_header(mqtt::Bytes bytes);

/// Reads a header of either version. `incomplete` as long as what has come may become one.
ProxyParse parse_proxy_header(mqtt::Bytes bytes);

}  // namespace mq::broker
