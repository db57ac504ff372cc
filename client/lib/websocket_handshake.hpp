#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace mq::client {

/// What to ask a web server for.
struct WebSocketTarget {
    std::string host;  ///< for the Host header, with the port if that is not the usual one
    std::string path = "/mqtt";
    std::string headers;  ///< further header lines, each with its "\r\n" at the end
    std::size_t answer_size_max = 4096;
};

/// The opening of a WebSocket for MQTT (RFC 6455, 4.1; MQTT 5.0 §6): a request, and a look at the
/// answer. Keeps at most `answer_size_max` bytes.
class WebSocketHandshake {
 public:
    /// `key` is 16 random bytes.
    WebSocketHandshake(const WebSocketTarget& target, std::span<const std::uint8_t, 16> key);

    [[nodiscard]] const std::string& request() const { return request_; }
    /// More bytes of the server. MOSQ_ERR_SUCCESS, be it finished or not; MOSQ_ERR_CONN_REFUSED for
    /// another status than 101; MOSQ_ERR_PROTOCOL for what is no right answer, or too long.
    int feed(std::span<const std::uint8_t> bytes);
    [[nodiscard]] bool done() const { return done_; }
    /// What came behind the answer: the first bytes of frames.
    [[nodiscard]] std::string_view rest() const;

 private:
    int judge(std::string_view head) const;

    std::string accept_;
    std::string request_;
    std::string answer_;
    std::size_t answer_size_max_;
    std::size_t head_size_ = 0;
    bool done_ = false;
};

/// The value that a server must answer to a key, for tests, too.
std::string websocket_accept(std::string_view encoded_key);

/// Whether these are header lines that may be added: "Name: value" each, none of the handshake's
/// own names, separated by "\r\n" (a last one may stand behind).
bool are_additional_headers(std::string_view lines);

}  // namespace mq::client
