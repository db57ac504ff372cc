#include "installer/words.hpp"

namespace mq::installer {
namespace {

constexpr char digits[] = "0123456789ABCDEF";

int value_of(char digit) {
    const auto at = std::string_view(digits, 16).find(digit);
    return at == std::string_view::npos ? -1 : static_cast<int>(at);
}

}  // namespace

std::string escape_word(std::string_view raw) {
    if (raw.empty()) {
        return "%";
    }
    std::string word;
    for (const char c : raw) {
        const auto byte = static_cast<unsigned char>(c);
        if (byte <= 0x20 || byte == 0x7f || c == '%') {
            word += '%';
            word += digits[byte >> 4];
            word += digits[byte & 15];
        } else {
            word += c;
        }
    }
    return word;
}

std::optional<std::string> unescape_word(std::string_view word) {
    if (word == "%") {
        return std::string();
    }
    if (word.empty()) {
        return std::nullopt;
    }
    std::string raw;
    for (std::size_t i = 0; i < word.size(); ++i) {
        if (word[i] != '%') {
            raw += word[i];
            continue;
        }
        if (i + 2 >= word.size()) {
            return std::nullopt;
        }
        const int high = value_of(word[i + 1]);
        const int low = value_of(word[i + 2]);
        if (high < 0 || low < 0) {
            return std::nullopt;
        }
        raw += static_cast<char>(high * 16 + low);
        i += 2;
    }
    return raw;
}

std::vector<std::string_view> split_words(std::string_view line) {
    std::vector<std::string_view> words;
    for (std::size_t from = 0;;) {
        const auto blank = line.find(' ', from);
        words.push_back(line.substr(from, blank - from));
        if (blank == std::string_view::npos) {
            return words;
        }
        from = blank + 1;
    }
}

}  // namespace mq::installer
