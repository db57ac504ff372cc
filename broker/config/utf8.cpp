#include "broker/config/utf8.hpp"

#include <cstddef>
#include <cstdint>

namespace mq::broker::config {
namespace {

/// How many bytes follow this first byte; -1 if none can begin so.
int followers(unsigned char first) {
    if (first < 0x80) {
        return 0;
    }
    if (first >= 0xC2 && first < 0xE0) {
        return 1;
    }
    if (first >= 0xE0 && first < 0xF0) {
        return 2;
    }
    return first >= 0xF0 && first < 0xF5 ? 3 : -1;
}

}  // namespace

bool is_utf8(std::string_view text) {
    for (std::size_t i = 0; i < text.size();) {
        const auto first = static_cast<unsigned char>(text[i++]);
        const int count = followers(first);
        if (count < 0 || text.size() - i < static_cast<std::size_t>(count)) {
            return false;
        }
        std::uint32_t code = count == 0 ? first : first & (0x3FU >> static_cast<unsigned>(count));
        for (int k = 0; k < count; ++k) {
            const auto next = static_cast<unsigned char>(text[i++]);
            if ((next & 0xC0U) != 0x80U) {
                return false;
            }
            code = (code << 6U) | (next & 0x3FU);
        }
        const bool too_long = (count == 2 && code < 0x800) || (count == 3 && code < 0x10000);
        if (too_long || code > 0x10FFFF || (code >= 0xD800 && code < 0xE000)) {
            return false;
        }
    }
    return true;
}

}  // namespace mq::broker::config
