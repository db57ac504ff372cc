#include "mqtt/utf8.hpp"

#include "mqtt/eight_bytes.hpp"

#include <cstddef>
#include <cstdint>

namespace mq::mqtt {
namespace {

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

/// Bytes of the valid character at `at`, 0 when there is none.
std::size_t character_size(const std::uint8_t* at, std::size_t left) {
    if (at[0] >= 0x80) {
        return sequence_size(at, left);
    }
    return at[0] != 0 ? 1 : 0;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
    const char* at = text.data();
    const char* end = at + text.size();
    while (at != end) {
        if (end - at >= 8 && is_plain_ascii(load_eight_bytes(at))) {
            at += 8;
            continue;
        }
        if (end - at < 8 && text.size() >= 8 && is_plain_ascii(load_eight_bytes(end - 8))) {
            return true;  // the last word overlaps what has been seen already
        }
        const std::size_t size = character_size(reinterpret_cast<const std::uint8_t*>(at),
                                                static_cast<std::size_t>(end - at));
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

}  // namespace mq::mqtt
