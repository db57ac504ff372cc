#pragma once

#include "mqtt/result.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

enum class HttpMethod : std::uint8_t { get, head, other };

/// Why a request is refused: the status and one line for the client.
struct HttpFault {
    int status = 0;
    std::string_view text;
};

/// The head of one HTTP/1 request, as far as this broker has use for it. Headers that are sent
/// several times are joined with commas; one that is not sent is empty.
struct HttpHead {
    std::size_t size = 0;  ///< bytes up to the end of the empty line
    HttpMethod method = HttpMethod::other;
    std::string path;         ///< decoded, without the query; begins with a slash
    bool keep_alive = false;  ///< the client would send a further request
    bool has_body = false;    ///< a body follows the head
    std::string none_match;   ///< If-None-Match
    std::string modified_since;

    bool wants_websocket = false;  ///< `Upgrade` names websocket
    bool connection_upgrade = false;
    std::string websocket_version;
    std::string websocket_key;
    std::string websocket_protocols;
    std::optional<std::string> origin;

    std::string x_forwarded_for;
    std::string forwarded;
    std::string x_real_ip;
};

/// Reads the head that `bytes` begin with; nothing when its end has not come yet. A fault is final,
/// whatever may follow:
///
///     400  no HTTP, not well-formed, or without a usable path or Host
///     431  longer than `bytes_max`
///     505  another version than 1.0 and 1.1
///
/// Pure; the grammar is Boost.Beast's, and strict: a request that two readers could understand in
/// two ways is refused.
Result<std::optional<HttpHead>, HttpFault> read_http_head(std::string_view bytes,
                                                          std::size_t bytes_max);

/// The path of a request's target without its query, percent-decoded. Nothing when the target has
/// no path, or an escape in it is broken or stands for NUL.
std::optional<std::string> decode_http_path(std::string_view target);

/// A path's last part as it stands in a URL.
std::string encode_http_segment(std::string_view segment);

}  // namespace mq::broker
