#include "mqtt/table/notation.hpp"
#include "mqtt/utf8.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace mq::mqtt {
namespace {

struct Row {
    std::string bytes;
    bool valid;
    std::string why;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> table = {
        {"", true, "empty"},
        {"<plain text>", true, "ASCII"},
        {"01 09 1F 7F", true, "control characters are only advised against"},
        {"00", false, "U+0000"},
        {"<a> 00", false, "U+0000 at the end"},
        {"EFBBBF", true, "byte order mark, kept"},
        {"<a> EFBBBF <b>", true, "byte order mark in the middle"},
        {"C280", true, "U+0080, the first of two bytes"},
        {"DFBF", true, "U+07FF, the last of two bytes"},
        {"E0A080", true, "U+0800, the first of three bytes"},
        {"ED9FBF", true, "U+D7FF, before the surrogates"},
        {"EE8080", true, "U+E000, behind the surrogates"},
        {"EFBFBE", true, "U+FFFE, a non-character"},
        {"EFBFBF", true, "U+FFFF, a non-character"},
        {"EFB790", true, "U+FDD0, a non-character"},
        {"F0908080", true, "U+10000, the first of four bytes"},
        {"F48FBFBF", true, "U+10FFFF, the last"},
        {"F09F9880", true, "an emoji"},
        {"F4908080", false, "U+110000"},
        {"F5808080", false, "above U+10FFFF"},
        {"F8888080 80", false, "five bytes"},
        {"FC848080 8080", false, "six bytes"},
        {"FE", false, "never a byte of UTF-8"},
        {"FF", false, "never a byte of UTF-8"},
        {"EDA080", false, "U+D800, a surrogate"},
        {"EDBFBF", false, "U+DFFF, a surrogate"},
        {"EDA0BDEDB880", false, "a pair of surrogates"},
        {"C080", false, "overlong U+0000"},
        {"C0AF", false, "overlong slash"},
        {"C1BF", false, "overlong of two bytes"},
        {"E08080", false, "overlong of three bytes"},
        {"E09FBF", false, "overlong of three bytes, the last"},
        {"F0808080", false, "overlong of four bytes"},
        {"F08FBFBF", false, "overlong of four bytes, the last"},
        {"80", false, "lone continuation"},
        {"BF", false, "lone continuation"},
        {"C3", false, "cut after one of two"},
        {"E0A0", false, "cut after two of three"},
        {"E1", false, "cut after one of three"},
        {"F09F98", false, "cut after three of four"},
        {"F0", false, "cut after one of four"},
        {"C3 41", false, "second byte missing"},
        {"E18041", false, "third byte missing"},
        {"F0908041", false, "fourth byte missing"},
        {"C3C3", false, "lead where a continuation belongs"},
        {"C3A980", false, "one continuation too many"},
    };
    return table;
}

bool is_valid(const std::vector<std::uint8_t>& bytes) {
    return is_valid_utf8({reinterpret_cast<const char*>(bytes.data()), bytes.size()});
}

/// Up to 17 letters before and behind put each row at each place of the words of eight bytes.
TEST(Utf8, judges_each_row_wherever_it_stands) {
    for (const Row& row : rows()) {
        for (std::size_t before = 0; before < 18; ++before) {
            for (std::size_t behind = 0; behind < 18; ++behind) {
                const auto bytes = bytes_of("{" + std::to_string(before) + " 61} " + row.bytes +
                                            "{" + std::to_string(behind) + " 7A}");
                ASSERT_EQ(is_valid(bytes), row.valid)
                    << row.why << ", " << before << " before, " << behind << " behind";
            }
        }
    }
}

void append_code_point(std::uint32_t code, std::string& out) {
    const auto put = [&out](std::uint32_t byte) { out += static_cast<char>(byte); };
    if (code < 0x80) {
        put(code);
    } else if (code < 0x800) {
        put(0xC0U | code >> 6U);
        put(0x80U | (code & 0x3FU));
    } else if (code < 0x10000) {
        put(0xE0U | code >> 12U);
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    } else {
        put(0xF0U | code >> 18U);
        put(0x80U | (code >> 12U & 0x3FU));
        put(0x80U | (code >> 6U & 0x3FU));
        put(0x80U | (code & 0x3FU));
    }
}

TEST(Utf8, accepts_each_code_point_but_0_and_the_surrogates) {
    for (std::uint32_t code = 0; code < 0x120000; ++code) {
        std::string text;
        append_code_point(code, text);
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        const bool valid = code != 0 && !surrogate && code <= 0x10FFFF;
        ASSERT_EQ(is_valid_utf8(text), valid) << "U+" << std::hex << code;
    }
}

/// There are 1,920 two-byte characters; no other pair with a byte above 0x7F is a text.
TEST(Utf8, accepts_no_other_pair_of_bytes) {
    std::size_t accepted = 0;
    for (unsigned first = 0x80; first < 0x100; ++first) {
        for (unsigned second = 0; second < 0x100; ++second) {
            accepted +=
                is_valid({static_cast<std::uint8_t>(first), static_cast<std::uint8_t>(second)}) ? 1
                                                                                                : 0;
        }
    }
    EXPECT_EQ(accepted, 1920U);
}

}  // namespace
}  // namespace mq::mqtt
