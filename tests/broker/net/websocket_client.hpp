#pragma once

#include "tests/broker/net/running_shard.hpp"
#include "tests/support/raw_client.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>

namespace mq::broker::test {

inline constexpr int text_frame = 0x1;
inline constexpr int binary_frame = 0x2;
inline constexpr int close_frame = 0x8;
inline constexpr int ping_frame = 0x9;
inline constexpr int pong_frame = 0xA;
inline constexpr int last = 0x80;

/// A frame as a client sends it, masked with zeros.
inline std::string frame(int first_byte, std::string_view payload) {
    std::string all(1, static_cast<char>(first_byte));
    if (payload.size() < 126) {
        all += static_cast<char>(0x80U | payload.size());
    } else if (payload.size() < 65536) {
        all += static_cast<char>(0xFE);
        all += static_cast<char>(payload.size() >> 8U);
        all += static_cast<char>(payload.size());
    } else {
        all += static_cast<char>(0xFF);
        for (int shift = 56; shift >= 0; shift -= 8) {
            all += static_cast<char>(payload.size() >> static_cast<unsigned>(shift));
        }
    }
    return all.append(4, '\0').append(payload);
}

inline constexpr std::string_view with_mqtt = "Sec-WebSocket-Protocol: mqtt\r\n";

/// A request for a WebSocket, with further lines of headers.
inline std::string upgrade(std::string_view lines, std::string_view path = "/any/path") {
    return "GET " + std::string(path) +
           " HTTP/1.1\r\nHost: h\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
           "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n" +
           std::string(lines) + "\r\n";
}

/// One WebSocket client that keeps the bytes of frames apart from their borders. `Stream` is
/// RawClient or TlsClient.
template <class Stream>
class WebSocketClientOver {
 public:
    explicit WebSocketClientOver(const RunningShard& shard, std::string_view lines = with_mqtt,
                                 std::string_view path = "/any/path")
        : WebSocketClientOver(Stream(shard.port()), lines, path) {}
    explicit WebSocketClientOver(Stream stream, std::string_view lines = with_mqtt,
                                 std::string_view path = "/any/path")
        : raw_(std::move(stream)) {
        raw_.send(upgrade(lines, path));
        head_ = receive_head();
    }

    [[nodiscard]] const std::string& head() const { return head_; }
    void send(std::string_view bytes) const { raw_.send(bytes); }
    void send_packet(std::string_view packet) const {
        raw_.send(frame(last | binary_frame, packet));
    }

    struct Frame {
        int opcode = 0;
        std::string payload;
    };
    Frame receive_frame() {
        const std::string start = raw_.receive(2);
        if (start.size() < 2) {
            return {};
        }
        std::size_t size = static_cast<std::uint8_t>(start[1]);
        const std::size_t more = size == 126 ? 2 : size == 127 ? 8 : 0;
        if (more > 0) {
            size = 0;
            for (const char byte : raw_.receive(more)) {
                size = size << 8U | static_cast<std::uint8_t>(byte);
            }
        }
        return {start[0] & 0x0F, raw_.receive(size)};
    }

    /// The next `size` bytes of MQTT, over borders of frames.
    std::string receive(std::size_t size) {
        while (stream_.size() < size) {
            const Frame next = receive_frame();
            if (next.opcode != binary_frame && next.opcode != 0) {
                break;
            }
            stream_ += next.payload;
        }
        const std::string all = stream_.substr(0, size);
        stream_.erase(0, all.size());
        return all;
    }

    std::string receive_head() const {
        std::string head;
        while (!head.ends_with("\r\n\r\n")) {
            const std::string byte = raw_.receive(1);
            if (byte.empty()) {
                break;
            }
            head += byte;
        }
        return head;
    }

 private:
    Stream raw_;
    std::string head_;
    std::string stream_;
};

using WebSocketClient = WebSocketClientOver<mq::test::RawClient>;

}  // namespace mq::broker::test
