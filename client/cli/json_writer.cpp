#include "client/cli/json_writer.hpp"

#include <array>
#include <cmath>
#include <cstdio>
#include <cstdlib>

namespace mq::cli {

void JsonWriter::indent() {
    out_.append(levels_.size(), '\t');
}

void JsonWriter::before_value() {
    if (levels_.empty() || !levels_.back().array) {
        return;
    }
    if (!levels_.back().empty) {
        out_ += pretty_ ? ", " : ",";
    }
    levels_.back().empty = false;
}

void JsonWriter::begin_object() {
    before_value();
    out_ += '{';
    levels_.push_back({false});
}

void JsonWriter::end_object() {
    levels_.pop_back();
    if (pretty_) {
        out_ += '\n';
        indent();
    }
    out_ += '}';
}

void JsonWriter::begin_array() {
    before_value();
    out_ += '[';
    levels_.push_back({true});
}

void JsonWriter::end_array() {
    levels_.pop_back();
    out_ += ']';
}

void JsonWriter::key(std::string_view name) {
    if (!levels_.back().empty) {
        out_ += ',';
    }
    levels_.back().empty = false;
    if (pretty_) {
        out_ += '\n';
        indent();
    }
    quoted(name);
    out_ += pretty_ ? ":\t" : ":";
}

void JsonWriter::string(std::string_view value) {
    before_value();
    quoted(value);
}

void JsonWriter::number(double value) {
    before_value();
    if (!std::isfinite(value)) {
        out_ += "null";
        return;
    }
    // The shortest of both that is read back as the same number.
    std::array<char, 32> text;
    int size = std::snprintf(text.data(), text.size(), "%.15g", value);
    if (std::strtod(text.data(), nullptr) != value) {
        size = std::snprintf(text.data(), text.size(), "%.17g", value);
    }
    out_.append(text.data(), static_cast<std::size_t>(size));
}

void JsonWriter::raw(std::string_view value) {
    before_value();
    out_ += value;
}

void JsonWriter::quoted(std::string_view text) {
    static constexpr std::string_view letters = "btn?fr";  // of 0x08 to 0x0d
    out_ += '"';
    for (const char c : text) {
        const auto code = static_cast<unsigned char>(c);
        if (c == '"' || c == '\\') {
            out_ += '\\';
            out_ += c;
        } else if (code >= 0x20) {
            out_ += c;
        } else if (code >= 0x08 && code <= 0x0d && code != 0x0b) {
            out_ += '\\';
            out_ += letters[code - 0x08U];
        } else {
            std::array<char, 8> escape;
            std::snprintf(escape.data(), escape.size(), "\\u%04x", code);
            out_ += escape.data();
        }
    }
    out_ += '"';
}

}  // namespace mq::cli
