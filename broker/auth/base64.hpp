#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace mq::broker {

/// Whether the last group of base64 text is filled up with `=`.
enum class Padding { with, without };

/// Standard alphabet, no line breaks.
std::string base64_encode(std::string_view bytes, Padding padding);

/// Strict: nothing for a foreign character, a wrong length or padding, or unused bits that are set.
std::optional<std::string> base64_decode(std::string_view text, Padding padding);

}  // namespace mq::broker
