#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::installer {

/// One word for a line of blank-separated words: bytes up to 0x20, 0x7f and `%` become `%XX`, and
/// an empty word `%`.
std::string escape_word(std::string_view raw);

/// The reverse; nothing when `word` is not what `escape_word` makes.
std::optional<std::string> unescape_word(std::string_view word);

/// The words between single blanks.
std::vector<std::string_view> split_words(std::string_view line);

}  // namespace mq::installer
