#include "client/cli/output_format.hpp"

#include "client/cli/field_writer.hpp"

#include <cctype>
#include <optional>

namespace mq::cli {
namespace {

constexpr std::string_view field_letters = "ACDEFIJPRSUXdfjlmpqrtx";

std::optional<char> escaped(char letter) {
    switch (letter) {
        case '\\':
            return '\\';
        case '0':
            return '\0';
        case 'a':
            return '\a';
        case 'e':
            return '\033';
        case 'n':
            return '\n';
        case 'r':
            return '\r';
        case 't':
            return '\t';
        case 'v':
            return '\v';
        default:
            return std::nullopt;
    }
}

}  // namespace

/// Walks through the text of a format.
class OutputFormat::Reader {
 public:
    explicit Reader(std::string_view text) : text_(text) {}

    Outcome<void> read(std::vector<Part>& parts) {
        while (at_ < text_.size()) {
            const std::size_t start = at_;
            const char c = text_[at_++];
            Outcome<void> done;
            if (c == '%') {
                done = field(parts, start);
            } else if (c == '@') {
                done = time(parts, start);
            } else if (c == '\\') {
                done = escape(parts, start);
            } else {
                literal(parts, c);
            }
            if (!done) {
                return done;
            }
        }
        return {};
    }

 private:
    static void literal(std::vector<Part>& parts, char c) {
        if (parts.empty() || parts.back().kind != Part::Kind::text) {
            parts.emplace_back();
        }
        parts.back().text += c;
    }

    [[nodiscard]] Problem wrong(std::size_t start, const char* why) const {
        const std::size_t end = std::min(at_, text_.size());
        return {"'" + std::string(text_.substr(start, end - start)) + "' at character " +
                    std::to_string(start + 1) + " of the format: " + why,
                ""};
    }

    [[nodiscard]] bool take(char c) {
        if (at_ < text_.size() && text_[at_] == c) {
            ++at_;
            return true;
        }
        return false;
    }

    /// Digits as a number; nothing when there are none, or it is too large.
    std::optional<int> number() {
        const std::size_t start = at_;
        int value = 0;
        while (at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9') {
            value = value * 10 + (text_[at_++] - '0');
            if (value > number_max) {
                return std::nullopt;
            }
        }
        return at_ == start ? std::nullopt : std::optional(value);
    }

    [[nodiscard]] bool at_digit() const {
        return at_ < text_.size() && text_[at_] >= '0' && text_[at_] <= '9';
    }

    /// Flags, width and the number behind a point.
    Outcome<void> numbers(Part& part, std::size_t start) {
        part.left = take('-');
        part.zeros = take('0');
        if (at_digit()) {
            const auto width = number();
            if (!width) {
                return wrong(start, "the width is too large");
            }
            part.width = *width;
        }
        if (take('.')) {
            const auto value = at_digit() ? number() : std::optional(0);
            if (!value) {
                return wrong(start, "the number behind the point is too large");
            }
            part.number = *value;
            // Groups of hexadecimal digits may have another separator.
            if (at_ + 1 < text_.size() &&
                std::ispunct(static_cast<unsigned char>(text_[at_])) != 0 &&
                (text_[at_ + 1] == 'x' || text_[at_ + 1] == 'X')) {
                part.separator = text_[at_++];
            }
        }
        return {};
    }

    Outcome<void> field(std::vector<Part>& parts, std::size_t start) {
        if (at_ == text_.size()) {
            return wrong(start, "a letter must follow");
        }
        Part part;
        part.kind = Part::Kind::field;
        if (auto done = numbers(part, start); !done) {
            return done;
        }
        if (take('%')) {
            literal(parts, '%');
            return {};
        }
        if (at_ == text_.size()) {
            return wrong(start, "a letter must follow");
        }
        part.letter = text_[at_++];
        if (part.letter == '\0' || field_letters.find(part.letter) == std::string_view::npos) {
            return wrong(start, "there is no such letter");
        }
        parts.push_back(std::move(part));
        return {};
    }

    Outcome<void> time(std::vector<Part>& parts, std::size_t start) {
        if (at_ == text_.size()) {
            return wrong(start, "a letter must follow");
        }
        if (take('@')) {
            literal(parts, '@');
            return {};
        }
        Part part;
        part.kind = Part::Kind::time;
        part.letter = text_[at_++];
        if (part.letter == '\0') {
            return wrong(start, "a zero byte is no letter");
        }
        parts.push_back(std::move(part));
        return {};
    }

    Outcome<void> escape(std::vector<Part>& parts, std::size_t start) {
        if (at_ == text_.size()) {
            return wrong(start, "a letter must follow");
        }
        const auto c = escaped(text_[at_++]);
        if (!c) {
            return wrong(start, "there is no such letter");
        }
        literal(parts, *c);
        return {};
    }

    std::string_view text_;
    std::size_t at_ = 0;
};

Outcome<OutputFormat> OutputFormat::parse(std::string_view text) {
    if (text.size() > format_bytes_max) {
        return Problem{"the format is longer than 65536 bytes", ""};
    }
    OutputFormat format;
    if (auto done = Reader(text).read(format.parts_); !done) {
        return done.error();
    }
    return format;
}

void OutputFormat::write(const ReceivedMessage& message, bool pretty, std::string& out,
                         std::string& errors) const {
    FieldWriter writer(message, pretty, out, errors);
    for (const auto& part : parts_) {
        switch (part.kind) {
            case Part::Kind::text:
                out += part.text;
                break;
            case Part::Kind::time:
                writer.time(part.letter);
                break;
            case Part::Kind::field:
                writer.field(part.letter, FieldShape{part.zeros, part.left, part.width, part.number,
                                                     part.separator});
                break;
        }
    }
}

}  // namespace mq::cli
