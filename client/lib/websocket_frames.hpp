#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

namespace mq::client {

/// Takes the frames off what a WebSocket server sends (RFC 6455, 5), which to MQTT is one stream of
/// bytes. Keeps a frame's unfinished head and a control frame's content, 139 bytes at most.
class WebSocketReader {
 public:
    struct Taken {
        std::size_t size = 0;  ///< bytes of content, now at the front of the buffer
        int error = 0;         ///< MOSQ_ERR_PROTOCOL; MOSQ_ERR_CONN_LOST for a close frame
    };
    /// Moves the content to the front of `bytes`, over the heads. Answers to control frames are
    /// appended to `answers`, masked. Content before an error counts.
    Taken take(std::span<std::uint8_t> bytes, std::vector<std::uint8_t>& answers);

 private:
    enum class Kind : std::uint8_t { data, control };

    [[nodiscard]] std::size_t head_size() const;
    int begin_frame();
    int end_control(std::vector<std::uint8_t>& answers);
    int take_head_byte(std::uint8_t byte, std::vector<std::uint8_t>& answers);
    int take_control(std::span<const std::uint8_t> bytes, std::vector<std::uint8_t>& answers);

    std::array<std::uint8_t, 10> head_{};
    std::uint8_t head_filled_ = 0;
    bool in_frame_ = false;
    bool in_message_ = false;  ///< a fragmented one goes on
    Kind kind_ = Kind::data;
    std::uint64_t left_ = 0;  ///< bytes of content of this frame
    std::vector<std::uint8_t> control_;
};

enum class WebSocketOpcode : std::uint8_t {
    continuation = 0,
    binary = 2,
    close = 8,
    ping = 9,
    pong = 10,
};

/// Appends one whole frame, masked with `mask` as a client must.
void append_frame(WebSocketOpcode opcode, std::span<const std::uint8_t> content,
                  std::array<std::uint8_t, 4> mask, std::vector<std::uint8_t>& out);

/// Four random bytes.
std::array<std::uint8_t, 4> random_mask();

}  // namespace mq::client
