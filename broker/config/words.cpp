#include "broker/config/words.hpp"

#include "broker/config/values.hpp"

#include <algorithm>
#include <charconv>

namespace mq::broker::config {
namespace {

constexpr std::size_t quoted_bytes_max = 80;

}  // namespace

std::string_view trimmed(std::string_view text) {
    while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) {
        text.remove_prefix(1);
    }
    while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) {
        text.remove_suffix(1);
    }
    return text;
}

std::string_view take_word(std::string_view& text) {
    text.remove_prefix(std::min(text.find_first_not_of(' '), text.size()));
    const auto end = std::min(text.find(' '), text.size());
    const auto word = text.substr(0, end);
    text.remove_prefix(end);
    return word;
}

std::vector<std::string_view> split_words(std::string_view text) {
    std::vector<std::string_view> words;
    for (auto word = take_word(text); !word.empty(); word = take_word(text)) {
        words.push_back(word);
    }
    return words;
}

std::optional<std::int64_t> c_integer(std::string_view word) {
    const bool negative = word.starts_with('-');
    if (negative || word.starts_with('+')) {
        word.remove_prefix(1);
    }
    int base = 10;
    if (word.starts_with("0x") || word.starts_with("0X")) {
        base = 16;
        word.remove_prefix(2);
    } else if (word.size() > 1 && word.front() == '0') {
        base = 8;
    }
    std::uint64_t number = 0;
    const char* const end = word.data() + word.size();
    const auto [stop, error] = std::from_chars(word.data(), end, number, base);
    if (error != std::errc() || stop != end ||
        number > std::uint64_t{int_max} + (negative ? 1 : 0)) {
        return std::nullopt;
    }
    const auto magnitude = static_cast<std::int64_t>(number);
    return negative ? -magnitude : magnitude;
}

std::string quoted(std::string_view text) {
    std::string all = "'";
    for (const char each : text.substr(0, quoted_bytes_max)) {
        const bool control = static_cast<unsigned char>(each) < 0x20 || each == 0x7f;
        all += control ? '?' : each;
    }
    return all + (text.size() > quoted_bytes_max ? "...'" : "'");
}

}  // namespace mq::broker::config
