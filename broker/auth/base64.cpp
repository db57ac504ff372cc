#include "broker/auth/base64.hpp"

#include <array>
#include <cstddef>
#include <cstdint>

namespace mq::broker {
namespace {

constexpr std::string_view alphabet =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
constexpr std::uint8_t foreign = 0xFF;

/// By letter: its six bits, or `foreign`.
constexpr std::array<std::uint8_t, 256> values_of_letters() {
    std::array<std::uint8_t, 256> values{};
    values.fill(foreign);
    for (std::size_t i = 0; i < alphabet.size(); ++i) {
        values[static_cast<unsigned char>(alphabet[i])] = static_cast<std::uint8_t>(i);
    }
    return values;
}

}  // namespace

std::string base64_encode(std::string_view bytes, Padding padding) {
    std::string text;
    text.reserve((bytes.size() + 2) / 3 * 4);
    std::uint32_t bits = 0;
    int bit_count = 0;
    for (const char byte : bytes) {
        bits = (bits << 8U) | static_cast<unsigned char>(byte);
        bit_count += 8;
        while (bit_count >= 6) {
            bit_count -= 6;
            text += alphabet[(bits >> static_cast<unsigned>(bit_count)) & 0x3FU];
        }
    }
    if (bit_count > 0) {
        text += alphabet[(bits << static_cast<unsigned>(6 - bit_count)) & 0x3FU];
    }
    while (padding == Padding::with && text.size() % 4 != 0) {
        text += '=';
    }
    return text;
}

std::optional<std::string> base64_decode(std::string_view text, Padding padding) {
    static constexpr auto values = values_of_letters();
    if (padding == Padding::with) {
        if (text.size() % 4 != 0) {
            return std::nullopt;
        }
        for (int i = 0; i < 2 && !text.empty() && text.back() == '='; ++i) {
            text.remove_suffix(1);
        }
    }
    if (text.size() % 4 == 1) {
        return std::nullopt;
    }
    std::string bytes;
    bytes.reserve(text.size() / 4 * 3 + 2);
    std::uint32_t bits = 0;
    int bit_count = 0;
    for (const char letter : text) {
        const std::uint8_t value = values[static_cast<unsigned char>(letter)];
        if (value == foreign) {
            return std::nullopt;
        }
        bits = (bits << 6U) | value;
        bit_count += 6;
        if (bit_count >= 8) {
            bit_count -= 8;
            bytes += static_cast<char>((bits >> static_cast<unsigned>(bit_count)) & 0xFFU);
        }
    }
    const std::uint32_t unused = bits & ((1U << static_cast<unsigned>(bit_count)) - 1U);
    if (unused != 0) {
        return std::nullopt;
    }
    return bytes;
}

}  // namespace mq::broker
