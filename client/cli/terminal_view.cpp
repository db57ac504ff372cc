#include "client/cli/terminal_view.hpp"

#include "client/cli/json_copy.hpp"
#include "client/cli/json_writer.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <mosquitto.h>
#include <sys/ioctl.h>
#include <unistd.h>

namespace mq::cli {
namespace {

bool is_set(const char* variable) {
    const char* const value = std::getenv(variable);
    return value != nullptr && *value != '\0';
}

bool is_dumb() {
    const char* const term = std::getenv("TERM");
    return term == nullptr || std::string_view(term) == "dumb";
}

void append_escaped(unsigned char byte, std::string& out) {
    std::array<char, 8> text;
    std::snprintf(text.data(), text.size(), "\\x%02x", byte);
    out += text.data();
}

/// Length of the UTF-8 sequence that `text` begins with, of characters that can be shown; 0: none.
std::size_t shown_length(std::string_view text) {
    const auto first = static_cast<unsigned char>(text.front());
    if (first < 0x80) {
        return first >= 0x20 && first != 0x7f ? 1 : 0;
    }
    const std::size_t size = first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    const bool valid =
        text.size() >= size &&
        mosquitto_validate_utf8(text.data(), static_cast<int>(size)) == MOSQ_ERR_SUCCESS;
    return valid ? size : 0;
}

/// `breaks`: newlines and tabs are what they are.
void append_safely(std::string_view text, bool breaks, std::string& out) {
    while (!text.empty()) {
        const char c = text.front();
        std::size_t size = shown_length(text);
        if (size == 0 && breaks && (c == '\n' || c == '\t')) {
            size = 1;
        }
        if (size == 0) {
            append_escaped(static_cast<unsigned char>(c), out);
            size = 1;
        } else {
            out += text.substr(0, size);
        }
        text.remove_prefix(size);
    }
}

}  // namespace

TerminalView::TerminalView() {
    active_ = ::isatty(STDOUT_FILENO) == 1 && !is_dumb();
    colours_ = active_ && !is_set("NO_COLOR");
    winsize size{};
    if (active_ && ::ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_row > 1 &&
        size.ws_col > 1) {
        rows_ = size.ws_row;
        columns_ = size.ws_col;
    }
}

void TerminalView::append_topic(std::string_view topic, std::string& out) const {
    out += colours_ ? "\033[36m" : "";
    append_safely(topic, false, out);
    out += colours_ ? "\033[0m" : "";
}

void TerminalView::append_payload(std::string_view payload, bool indent, std::string& out) const {
    const std::size_t start = payload.find_first_not_of(" \t\r\n");
    const bool composed =
        start != std::string_view::npos && (payload[start] == '{' || payload[start] == '[');
    if (indent && composed) {
        std::string laid_out;
        JsonWriter writer(laid_out, true);
        if (copy_json(payload, writer)) {
            append_safely(laid_out, true, out);
            return;
        }
    }
    append_safely(payload, true, out);
}

void TerminalView::append_watched(std::string_view topic, std::string_view payload,
                                  std::string& out) {
    if (row_of_.empty()) {
        out += "\033[2J";
    }
    auto place = row_of_.find(topic);
    std::size_t row = rows_;
    if (place != row_of_.end()) {
        row = place->second;
    } else if (row_of_.size() + 1 < rows_) {
        row = row_of_.size() + 1;
        row_of_.emplace(topic, row);
    }
    std::string shown;
    append_safely(topic, false, shown);
    shown += ' ';
    append_safely(payload.substr(0, static_cast<std::size_t>(columns_)), false, shown);
    out += "\033[" + std::to_string(row) + ";1H\033[K";
    out += std::string_view(shown).substr(0, static_cast<std::size_t>(columns_) - 1);
    // What others print, above all at the end, goes below.
    out += "\033[" + std::to_string(std::min(row_of_.size() + 1, rows_)) + ";1H";
}

}  // namespace mq::cli
