#include "installer/health/websocket_client.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <string_view>

namespace mq::installer {
namespace {

constexpr std::size_t frame_bytes_max = std::size_t{1} << 20;
constexpr std::size_t answer_bytes_max = 16384;

constexpr std::uint8_t opcode_binary = 2;
constexpr std::uint8_t opcode_close = 8;
constexpr std::uint8_t opcode_ping = 9;
constexpr std::uint8_t opcode_pong = 10;

std::string base64(std::span<const std::uint8_t> bytes) {
    std::string text(4 * ((bytes.size() + 2) / 3) + 1, '\0');
    const int size = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(text.data()), bytes.data(),
                                     static_cast<int>(bytes.size()));
    text.resize(static_cast<std::size_t>(size));
    return text;
}

/// What the server must answer to our key (RFC 6455 §4.2.2).
std::string accept_value(const std::string& key) {
    const std::string text = key + "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";
    std::array<std::uint8_t, EVP_MAX_MD_SIZE> digest{};
    unsigned int size = 0;
    EVP_Digest(text.data(), text.size(), digest.data(), &size, EVP_sha1(), nullptr);
    return base64(std::span(digest).first(size));
}

/// The value of a header in an HTTP answer; its name is given in lower case.
std::string_view header(std::string_view answer, std::string_view name) {
    while (!answer.empty()) {
        const auto end = std::min(answer.find("\r\n"), answer.size());
        std::string_view line = answer.substr(0, end);
        answer.remove_prefix(std::min(end + 2, answer.size()));
        const auto same = [](char a, char b) {
            return std::tolower(static_cast<unsigned char>(a)) == b;
        };
        if (line.size() > name.size() && line[name.size()] == ':' &&
            std::equal(name.begin(), name.end(), line.begin(),
                       [&](char wanted, char got) { return same(got, wanted); })) {
            line.remove_prefix(name.size() + 1);
            line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
            return line;
        }
    }
    return {};
}

}  // namespace

struct WebSocketClient::FrameHead {
    std::uint8_t opcode = 0;
    std::size_t head_size = 0;
    std::size_t payload_size = 0;
};

Outcome<WebSocketClient> WebSocketClient::open(std::unique_ptr<ByteStream> stream,
                                               const std::string& host_header, Deadline deadline) {
    std::array<std::uint8_t, 16> random{};
    if (RAND_bytes(random.data(), random.size()) != 1) {
        return Problem{"the host has no random numbers", ""};
    }
    const std::string key = base64(random);
    const std::string request = "GET /mqtt HTTP/1.1\r\nHost: " + host_header +
                                "\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                                "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: mqtt\r\n"
                                "Sec-WebSocket-Key: " +
                                key + "\r\n\r\n";
    WebSocketClient client(std::move(stream));
    const auto sent = client.stream_->send(
        {reinterpret_cast<const std::uint8_t*>(request.data()), request.size()}, deadline);
    if (!sent) {
        return sent.error();
    }
    for (;;) {
        const auto got = client.stream_->receive(client.received_, deadline);
        if (!got) {
            return got.error();
        }
        const std::string_view text(reinterpret_cast<const char*>(client.received_.data()),
                                    client.received_.size());
        const auto end = text.find("\r\n\r\n");
        if (end == std::string_view::npos && text.size() <= answer_bytes_max) {
            continue;
        }
        const std::string_view answer = text.substr(0, std::min(end, text.size()));
        if (answer.substr(0, 12) != "HTTP/1.1 101" ||
            header(answer, "sec-websocket-accept") != accept_value(key)) {
            return Problem{
                "no WebSocket answer, but: " + std::string(answer.substr(0, answer.find("\r\n"))),
                ""};
        }
        if (header(answer, "sec-websocket-protocol") != "mqtt") {
            return Problem{"the server does not speak MQTT over this WebSocket", ""};
        }
        const auto consumed = static_cast<std::ptrdiff_t>(end + 4);
        client.received_.erase(client.received_.begin(), client.received_.begin() + consumed);
        return client;
    }
}

Outcome<void> WebSocketClient::send_frame(std::uint8_t opcode,
                                          std::span<const std::uint8_t> payload,
                                          Deadline deadline) {
    constexpr std::uint8_t final_frame = 0x80;
    constexpr std::uint8_t masked = 0x80;
    std::vector<std::uint8_t> frame{static_cast<std::uint8_t>(final_frame | opcode)};
    if (payload.size() < 126) {
        frame.push_back(static_cast<std::uint8_t>(masked | payload.size()));
    } else {
        const int size_bytes = payload.size() <= 0xFFFF ? 2 : 8;
        frame.push_back(masked | (size_bytes == 2 ? 126 : 127));
        for (int i = size_bytes - 1; i >= 0; --i) {
            frame.push_back(static_cast<std::uint8_t>(payload.size() >> (8 * i)));
        }
    }
    std::array<std::uint8_t, 4> mask{};
    if (RAND_bytes(mask.data(), mask.size()) != 1) {
        return Problem{"the host has no random numbers", ""};
    }
    frame.insert(frame.end(), mask.begin(), mask.end());
    for (std::size_t i = 0; i < payload.size(); ++i) {
        frame.push_back(payload[i] ^ mask[i % 4]);
    }
    return stream_->send(frame, deadline);
}

Outcome<void> WebSocketClient::send(std::span<const std::uint8_t> bytes, Deadline deadline) {
    return send_frame(opcode_binary, bytes, deadline);
}

Outcome<void> WebSocketClient::fill(std::size_t size, Deadline deadline) {
    while (received_.size() < size) {
        const auto got = stream_->receive(received_, deadline);
        if (!got) {
            return got;
        }
    }
    return {};
}

Outcome<WebSocketClient::FrameHead> WebSocketClient::read_head(Deadline deadline) {
    auto got = fill(2, deadline);
    if (!got) {
        return got.error();
    }
    FrameHead head;
    head.opcode = received_[0] & 0x0FU;
    head.head_size = 2;
    head.payload_size = received_[1] & 0x7FU;
    if ((received_[1] & 0x80U) != 0) {
        return Problem{"the server masks its frames", ""};
    }
    if (head.payload_size >= 126) {
        const std::size_t size_bytes = head.payload_size == 126 ? 2 : 8;
        head.head_size += size_bytes;
        got = fill(head.head_size, deadline);
        if (!got) {
            return got.error();
        }
        head.payload_size = 0;
        for (std::size_t i = 2; i < head.head_size; ++i) {
            head.payload_size = head.payload_size << 8U | received_[i];
        }
    }
    if (head.payload_size > frame_bytes_max) {
        return Problem{
            "the server sends a frame of " + std::to_string(head.payload_size) + " bytes", ""};
    }
    return head;
}

Outcome<void> WebSocketClient::receive(std::vector<std::uint8_t>& bytes, Deadline deadline) {
    for (;;) {
        const auto head = read_head(deadline);
        if (!head) {
            return head.error();
        }
        const std::size_t size = head->head_size + head->payload_size;
        const auto got = fill(size, deadline);
        if (!got) {
            return got;
        }
        const auto begin = received_.begin() + static_cast<std::ptrdiff_t>(head->head_size);
        const auto end = received_.begin() + static_cast<std::ptrdiff_t>(size);
        const std::vector<std::uint8_t> payload(begin, end);
        received_.erase(received_.begin(), end);
        if (head->opcode == opcode_close) {
            return Problem{"the server closed the connection", ""};
        }
        if (head->opcode == opcode_ping) {
            const auto answered = send_frame(opcode_pong, payload, deadline);
            if (!answered) {
                return answered;
            }
        } else if (head->opcode <= opcode_binary && !payload.empty()) {
            bytes.insert(bytes.end(), payload.begin(), payload.end());
            return {};
        }
    }
}

}  // namespace mq::installer
