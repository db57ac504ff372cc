#include "mqtt/table/notation.hpp"

#include "mqtt/encode.hpp"

#include <array>
#include <cassert>
#include <charconv>

namespace mq::mqtt {
namespace {

class Parser {
 public:
    explicit Parser(std::string_view text) : rest_(text) {}

    /// Up to the end or to the bracket that closes.
    Buffer parse() {
        Buffer out;
        while (!rest_.empty() && rest_.front() != ']') {
            parse_item(out);
        }
        return out;
    }
    [[nodiscard]] bool at_end() const { return rest_.empty(); }

 private:
    void parse_item(Buffer& out) {
        const char c = rest_.front();
        if (c == ' ') {
            rest_.remove_prefix(1);
        } else if (c == '\'') {
            append_filter(enclosed('\''), out);
        } else if (c == '<') {
            const std::string_view text = enclosed('>');
            out.insert(out.end(), text.begin(), text.end());
        } else if (c == '{') {
            append_repeated(enclosed('}'), out);
        } else if (c == '[') {
            append_counted(out);
        } else {
            out.push_back(hex_byte(rest_.substr(0, 2)));
            rest_.remove_prefix(2);
        }
    }

    std::string_view enclosed(char close) {
        const std::size_t end = rest_.find(close, 1);
        assert(end != std::string_view::npos);
        const std::string_view text = rest_.substr(1, end - 1);
        rest_.remove_prefix(end + 1);
        return text;
    }

    static void append_repeated(std::string_view text, Buffer& out) {
        const std::size_t space = text.find(' ');
        assert(space != std::string_view::npos);
        std::size_t count = 0;
        std::from_chars(text.data(), text.data() + space, count);
        out.insert(out.end(), count, hex_byte(text.substr(space + 1)));
    }

    void append_counted(Buffer& out) {
        rest_.remove_prefix(1);
        const Buffer inner = parse();
        assert(!rest_.empty());
        rest_.remove_prefix(1);
        std::array<std::uint8_t, 4> size{};
        const std::uint8_t* end =
            write_variable_byte_integer(static_cast<std::uint32_t>(inner.size()), size.data());
        out.insert(out.end(), static_cast<const std::uint8_t*>(size.data()), end);
        out.insert(out.end(), inner.begin(), inner.end());
    }

    static std::uint8_t hex_byte(std::string_view digits) {
        std::uint8_t byte = 0;
        const auto result = std::from_chars(digits.data(), digits.data() + digits.size(), byte, 16);
        assert(digits.size() == 2 && result.ptr == digits.data() + 2);
        return byte;
    }

    std::string_view rest_;
};

}  // namespace

std::vector<std::uint8_t> bytes_of(std::string_view notation) {
    Parser parser(notation);
    Buffer bytes = parser.parse();
    assert(parser.at_end());
    return bytes;
}

std::string hex_of(const std::vector<std::uint8_t>& bytes) {
    static constexpr std::string_view digits = "0123456789ABCDEF";
    std::string text;
    for (const std::uint8_t byte : bytes) {
        text += digits[byte >> 4U];
        text += digits[byte & 0x0FU];
    }
    return text;
}

}  // namespace mq::mqtt
