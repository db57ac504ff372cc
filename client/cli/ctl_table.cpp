#include "client/cli/ctl_table.hpp"

#include <algorithm>
#include <utility>

namespace mq::cli {
namespace {

/// Characters of UTF-8, each taken for one column wide.
std::size_t width(std::string_view text) {
    return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) {
        return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U;
    }));
}

}  // namespace

void CtlTable::add(std::vector<std::string> cells) {
    for (std::string& cell : cells) {
        cell = shown(cell);
    }
    rows_.push_back(std::move(cells));
}

std::string CtlTable::text() const {
    std::vector<std::size_t> widths(rows_.front().size());
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            widths[i] = std::max(widths[i], width(row[i]));
        }
    }
    std::string text;
    for (const auto& row : rows_) {
        for (std::size_t i = 0; i < row.size(); ++i) {
            text += row[i];
            if (i + 1 < row.size()) {
                text += std::string(widths[i] - width(row[i]) + 2, ' ');
            }
        }
        text += '\n';
    }
    return text;
}

std::string shown(std::string_view text) {
    std::string safe(text);
    for (std::size_t i = 0; i < safe.size(); ++i) {
        const auto byte = static_cast<unsigned char>(safe[i]);
        if (byte < 0x20 || byte == 0x7F) {
            safe[i] = '?';
        } else if (byte == 0xC2 && i + 1 < safe.size() &&
                   static_cast<unsigned char>(safe[i + 1]) < 0xA0) {
            safe.replace(i, 2, "?");  // U+0080 to U+009F
        }
    }
    return safe;
}

}  // namespace mq::cli
