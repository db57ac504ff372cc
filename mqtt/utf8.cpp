#include "mqtt/utf8.hpp"

#include <cstddef>
#include <cstdint>
#include <cstring>

namespace mq::mqtt {
namespace {

constexpr std::uint64_t low_bits = 0x0101'0101'0101'0101;
constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;

/// Whether eight bytes are all 0x01 to 0x7F: a zero byte borrows into its high bit.
bool is_plain_ascii(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return (((word - low_bits) | word) & high_bits) == 0;
}

/// Bytes of the well-formed sequence of two to four bytes at `at`, 0 when it is not one: second
/// bytes are narrowed where the encoding would be overlong, a surrogate or above U+10FFFF (Unicode
/// table 3-7).
std::size_t sequence_size(const std::uint8_t* at, std::size_t left) {
    const std::uint8_t lead = at[0];
    std::size_t size = 0;
    std::uint8_t lowest = 0x80;
    std::uint8_t highest = 0xBF;
    if (lead >= 0xC2 && lead <= 0xDF) {
        size = 2;
    } else if (lead >= 0xE0 && lead <= 0xEF) {
        size = 3;
        lowest = lead == 0xE0 ? 0xA0 : lowest;
        highest = lead == 0xED ? 0x9F : highest;
    } else if (lead >= 0xF0 && lead <= 0xF4) {
        size = 4;
        lowest = lead == 0xF0 ? 0x90 : lowest;
        highest = lead == 0xF4 ? 0x8F : highest;
    }
    if (size == 0 || left < size || at[1] < lowest || at[1] > highest) {
        return 0;
    }
    for (std::size_t i = 2; i < size; ++i) {
        if ((at[i] & 0xC0U) != 0x80U) {
            return 0;
        }
    }
    return size;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
    const char* at = text.data();
    std::size_t left = text.size();
    while (left > 0) {
        if (left >= 8 && is_plain_ascii(at)) {
            at += 8;
            left -= 8;
            continue;
        }
        const auto byte = static_cast<std::uint8_t>(*at);
        std::size_t size = 1;
        if (byte >= 0x80) {
            size = sequence_size(reinterpret_cast<const std::uint8_t*>(at), left);
        } else if (byte == 0) {
            return false;
        }
        if (size == 0) {
            return false;
        }
        at += size;
        left -= size;
    }
    return true;
}

}  // namespace mq::mqtt
