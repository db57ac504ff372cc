#pragma once

#include <cstdint>
#include <cstring>

/// Private to this room: questions that are asked of eight bytes at a time.
namespace mq::mqtt {

inline constexpr std::uint64_t low_bits = 0x0101'0101'0101'0101;
inline constexpr std::uint64_t high_bits = 0x8080'8080'8080'8080;

inline std::uint64_t load_eight_bytes(const char* at) {
    std::uint64_t word = 0;
    std::memcpy(&word, at, sizeof word);
    return word;
}

/// Whether one of them is 0.
constexpr bool has_zero_byte(std::uint64_t word) {
    return ((word - low_bits) & ~word & high_bits) != 0;
}

constexpr bool has_byte(std::uint64_t word, char byte) {
    return has_zero_byte(word ^ (low_bits * static_cast<std::uint8_t>(byte)));
}

/// Whether all of them are 0x01 to 0x7F: a zero byte borrows into its high bit.
constexpr bool is_plain_ascii(std::uint64_t word) {
    return (((word - low_bits) | word) & high_bits) == 0;
}

/// Whether all of them are 0x20 to 0x7E: a byte below borrows into its high bit, 0x7F carries.
constexpr bool is_printable_ascii(std::uint64_t word) {
    return (((word - low_bits * 0x20U) | (word + low_bits) | word) & high_bits) == 0;
}

}  // namespace mq::mqtt
