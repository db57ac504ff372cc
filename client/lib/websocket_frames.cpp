#include "client/lib/websocket_frames.hpp"

#include "client/include/mosquitto/defs.h"

#include <openssl/rand.h>

#include <algorithm>
#include <cstring>

namespace mq::client {
namespace {

constexpr std::uint8_t final_bit = 0x80;
constexpr std::uint8_t mask_bit = 0x80;
constexpr std::uint8_t reserved_bits = 0x70;
constexpr std::uint8_t two_byte_length = 126;
constexpr std::uint8_t eight_byte_length = 127;

bool is_control(std::uint8_t opcode) {
    return (opcode & 0x08U) != 0;
}

}  // namespace

std::size_t WebSocketReader::head_size() const {
    if (head_filled_ < 2) {
        return 2;
    }
    switch (head_[1] & 0x7FU) {
        case two_byte_length:
            return 4;
        case eight_byte_length:
            return 10;
        default:
            return 2;
    }
}

WebSocketReader::Taken WebSocketReader::take(std::span<std::uint8_t> bytes,
                                             std::vector<std::uint8_t>& answers) {
    Taken taken;
    std::size_t at = 0;
    while (at < bytes.size() && taken.error == MOSQ_ERR_SUCCESS) {
        if (!in_frame_) {
            taken.error = take_head_byte(bytes[at++], answers);
            continue;
        }
        const std::size_t size =
            static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size() - at));
        left_ -= size;
        if (kind_ == Kind::control) {
            taken.error = take_control(bytes.subspan(at, size), answers);
        } else {
            std::memmove(bytes.data() + taken.size, bytes.data() + at, size);
            taken.size += size;
            in_frame_ = left_ > 0;
        }
        at += size;
    }
    return taken;
}

int WebSocketReader::take_head_byte(std::uint8_t byte, std::vector<std::uint8_t>& answers) {
    head_[head_filled_++] = byte;
    if (head_filled_ < head_size()) {
        return MOSQ_ERR_SUCCESS;
    }
    const int problem = begin_frame();
    head_filled_ = 0;
    if (problem != MOSQ_ERR_SUCCESS) {
        return problem;
    }
    in_frame_ = left_ > 0;
    return kind_ == Kind::control && !in_frame_ ? end_control(answers) : MOSQ_ERR_SUCCESS;
}

/// A server does not mask (5.1); MQTT is in binary messages [MQTT-6.0.0-1].
int WebSocketReader::begin_frame() {
    const std::uint8_t opcode = head_[0] & 0x0FU;
    const bool final = (head_[0] & final_bit) != 0;
    left_ = head_[1] & 0x7FU;
    if ((head_[0] & reserved_bits) != 0 || (head_[1] & mask_bit) != 0) {
        return MOSQ_ERR_PROTOCOL;
    }
    if (is_control(opcode)) {
        kind_ = Kind::control;
        control_.assign(1, opcode);
        const bool known = opcode <= static_cast<std::uint8_t>(WebSocketOpcode::pong);
        return known && final && left_ < two_byte_length ? MOSQ_ERR_SUCCESS : MOSQ_ERR_PROTOCOL;
    }
    const auto expected = in_message_ ? WebSocketOpcode::continuation : WebSocketOpcode::binary;
    if (opcode != static_cast<std::uint8_t>(expected)) {
        return MOSQ_ERR_PROTOCOL;
    }
    kind_ = Kind::data;
    in_message_ = !final;
    if (left_ >= two_byte_length) {
        const std::size_t end = left_ == two_byte_length ? 4 : 10;
        left_ = 0;
        for (std::size_t i = 2; i < end; ++i) {
            left_ = left_ << 8U | head_[i];
        }
    }
    return MOSQ_ERR_SUCCESS;
}

int WebSocketReader::take_control(std::span<const std::uint8_t> bytes,
                                  std::vector<std::uint8_t>& answers) {
    control_.insert(control_.end(), bytes.begin(), bytes.end());
    in_frame_ = left_ > 0;
    return in_frame_ ? MOSQ_ERR_SUCCESS : end_control(answers);
}

int WebSocketReader::end_control(std::vector<std::uint8_t>& answers) {
    const auto opcode = static_cast<WebSocketOpcode>(control_[0]);
    const std::span<const std::uint8_t> content = std::span(control_).subspan(1);
    if (opcode == WebSocketOpcode::ping) {
        append_frame(WebSocketOpcode::pong, content, random_mask(), answers);
    } else if (opcode == WebSocketOpcode::close) {
        append_frame(WebSocketOpcode::close,
                     content.first(std::min<std::size_t>(2, content.size())), random_mask(),
                     answers);
    }
    control_.clear();
    return opcode == WebSocketOpcode::close ? MOSQ_ERR_CONN_LOST : MOSQ_ERR_SUCCESS;
}

namespace {

void append_head(WebSocketOpcode opcode, std::size_t size, std::vector<std::uint8_t>& out) {
    out.push_back(static_cast<std::uint8_t>(final_bit | static_cast<std::uint8_t>(opcode)));
    int length_bytes = 0;
    if (size < two_byte_length) {
        out.push_back(static_cast<std::uint8_t>(mask_bit | size));
    } else if (size <= 0xFFFF) {
        out.push_back(mask_bit | two_byte_length);
        length_bytes = 2;
    } else {
        out.push_back(mask_bit | eight_byte_length);
        length_bytes = 8;
    }
    for (int i = length_bytes - 1; i >= 0; --i) {
        out.push_back(static_cast<std::uint8_t>(std::uint64_t{size} >> (8 * i) & 0xFFU));
    }
}

}  // namespace

void append_frame(WebSocketOpcode opcode, std::span<const std::uint8_t> content,
                  std::array<std::uint8_t, 4> mask, std::vector<std::uint8_t>& out) {
    append_head(opcode, content.size(), out);
    out.insert(out.end(), mask.begin(), mask.end());
    const std::size_t start = out.size();
    out.resize(start + content.size());
    for (std::size_t i = 0; i < content.size(); ++i) {
        out[start + i] = content[i] ^ mask[i % 4];
    }
}

std::array<std::uint8_t, 4> random_mask() {
    std::array<std::uint8_t, 4> mask{};
    if (RAND_bytes(mask.data(), static_cast<int>(mask.size())) != 1) {
        mask = {0x37, 0xFA, 0x21, 0x3D};  // masks keep proxies from misreading, no secret of ours
    }
    return mask;
}

}  // namespace mq::client
