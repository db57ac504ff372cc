#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker::config {

/// Without spaces and tabs at both ends.
std::string_view trimmed(std::string_view text);

/// Takes the next word off the front of `text`; empty at the end. Only spaces separate words.
std::string_view take_word(std::string_view& text);

std::vector<std::string_view> split_words(std::string_view text);

/// A C integer of at most 32 bits: `-12`, `0x1f`, `017`.
std::optional<std::int64_t> c_integer(std::string_view word);

/// `text` in quotes for a message: no control characters, cut after 80 bytes.
std::string quoted(std::string_view text);

}  // namespace mq::broker::config
