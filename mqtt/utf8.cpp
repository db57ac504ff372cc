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

/// The code point of a well-formed sequence.
std::uint32_t code_point(const std::uint8_t* at, std::size_t size) {
    std::uint32_t code = at[0] & (0xFFU >> (size + 1));
    for (std::size_t i = 1; i < size; ++i) {
        code = (code << 6U) | (at[i] & 0x3FU);
    }
    return code;
}

/// U+0080 to U+009F, and what Unicode will never assign: U+FDD0 to U+FDEF, the last two of a plane.
bool is_control_or_non_character(std::uint32_t code) {
    return code < 0xA0 || (code >= 0xFDD0 && code <= 0xFDEF) || (code & 0xFFFEU) == 0xFFFEU;
}

enum class Wanted : std::uint8_t { utf8, string };

/// Bytes of the valid character at `at`, 0 when there is none.
template <Wanted wanted>
std::size_t character_size(const std::uint8_t* at, std::size_t left) {
    if (at[0] < 0x80) {
        const bool valid = wanted == Wanted::utf8 ? at[0] != 0 : at[0] >= 0x20 && at[0] != 0x7F;
        return valid ? 1 : 0;
    }
    const std::size_t size = sequence_size(at, left);
    const bool valid =
        size > 0 && (wanted == Wanted::utf8 || !is_control_or_non_character(code_point(at, size)));
    return valid ? size : 0;
}

/// Whether all eight bytes are characters of their own.
template <Wanted wanted>
bool are_characters(const char* at) {
    const std::uint64_t word = load_eight_bytes(at);
    return wanted == Wanted::utf8 ? is_plain_ascii(word) : is_printable_ascii(word);
}

template <Wanted wanted>
bool is_valid(std::string_view text) {
    const char* at = text.data();
    const char* end = at + text.size();
    while (at != end) {
        if (end - at >= 8 && are_characters<wanted>(at)) {
            at += 8;
            continue;
        }
        if (end - at < 8 && text.size() >= 8 && are_characters<wanted>(end - 8)) {
            return true;  // the last word overlaps what has been seen already
        }
        const std::size_t size = character_size<wanted>(reinterpret_cast<const std::uint8_t*>(at),
                                                        static_cast<std::size_t>(end - at));
        if (size == 0) {
            return false;
        }
        at += size;
    }
    return true;
}

}  // namespace

bool is_valid_utf8(std::string_view text) {
    return is_valid<Wanted::utf8>(text);
}

bool is_valid_string(std::string_view text) {
    return is_valid<Wanted::string>(text);
}

}  // namespace mq::mqtt
