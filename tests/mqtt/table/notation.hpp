#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mq::mqtt {

/// Bytes in a notation that reads like a packet:
///
///     10 [ 'MQTT' 05 02 003C [ 21 0001 ] 'me' ]
///
///  - hexadecimal digits in pairs are bytes; spaces are for the reader
///  - 'text' is text with its size in two bytes before it, <text> is the bare text
///  - [ ... ] is what it encloses with its size as a variable byte integer before it
///  - {N XX} is N times the byte XX
///
/// Wrong notation is an assertion.
std::vector<std::uint8_t> bytes_of(std::string_view notation);

/// The bytes as hexadecimal digits, to be used in a notation again.
std::string hex_of(const std::vector<std::uint8_t>& bytes);

}  // namespace mq::mqtt
