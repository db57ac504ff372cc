#include "mqtt/table/notation.hpp"
#include "mqtt/utf8.hpp"

#include <gtest/gtest.h>

#include <cstdint>

namespace mq::mqtt {
namespace {

/// What the text is: no UTF-8, UTF-8 that a packet may not hold, or a string.
enum class Is { none, utf8, string };

struct Row {
    std::string bytes;
    Is is;
    std::string why;
};

const std::vector<Row>& rows() {
    static const std::vector<Row> table = {
        {"", Is::string, "empty"},
        {"<plain text>", Is::string, "ASCII"},
        {"20 7E", Is::string, "the first and the last printable of ASCII"},
        {"01", Is::utf8, "a control character"},
        {"09", Is::utf8, "a tabulator"},
        {"1F", Is::utf8, "the last of the first control characters"},
        {"7F", Is::utf8, "delete"},
        {"00", Is::none, "U+0000"},
        {"<a> 00", Is::none, "U+0000 at the end"},
        {"EFBBBF", Is::string, "byte order mark, kept"},
        {"<a> EFBBBF <b>", Is::string, "byte order mark in the middle"},
        {"C280", Is::utf8, "U+0080, a control character"},
        {"C29F", Is::utf8, "U+009F, the last control character"},
        {"C2A0", Is::string, "U+00A0, behind the control characters"},
        {"DFBF", Is::string, "U+07FF, the last of two bytes"},
        {"E0A080", Is::string, "U+0800, the first of three bytes"},
        {"ED9FBF", Is::string, "U+D7FF, before the surrogates"},
        {"EE8080", Is::string, "U+E000, behind the surrogates"},
        {"EFBFBD", Is::string, "U+FFFD, before the non-characters"},
        {"EFBFBE", Is::utf8, "U+FFFE, a non-character"},
        {"EFBFBF", Is::utf8, "U+FFFF, a non-character"},
        {"EFB78F", Is::string, "U+FDCF, before the non-characters"},
        {"EFB790", Is::utf8, "U+FDD0, a non-character"},
        {"EFB7AF", Is::utf8, "U+FDEF, a non-character"},
        {"EFB7B0", Is::string, "U+FDF0, behind the non-characters"},
        {"F09FBFBE", Is::utf8, "U+1FFFE, a non-character"},
        {"F0908080", Is::string, "U+10000, the first of four bytes"},
        {"F48FBFBD", Is::string, "U+10FFFD, the last character"},
        {"F48FBFBF", Is::utf8, "U+10FFFF, a non-character"},
        {"F09F9880", Is::string, "an emoji"},
        {"F4908080", Is::none, "U+110000"},
        {"F5808080", Is::none, "above U+10FFFF"},
        {"F8888080 80", Is::none, "five bytes"},
        {"FC848080 8080", Is::none, "six bytes"},
        {"FE", Is::none, "never a byte of UTF-8"},
        {"FF", Is::none, "never a byte of UTF-8"},
        {"EDA080", Is::none, "U+D800, a surrogate"},
        {"EDBFBF", Is::none, "U+DFFF, a surrogate"},
        {"EDA0BDEDB880", Is::none, "a pair of surrogates"},
        {"C080", Is::none, "overlong U+0000"},
        {"C0AF", Is::none, "overlong slash"},
        {"C1BF", Is::none, "overlong of two bytes"},
        {"E08080", Is::none, "overlong of three bytes"},
        {"E09FBF", Is::none, "overlong of three bytes, the last"},
        {"F0808080", Is::none, "overlong of four bytes"},
        {"F08FBFBF", Is::none, "overlong of four bytes, the last"},
        {"80", Is::none, "lone continuation"},
        {"BF", Is::none, "lone continuation"},
        {"C3", Is::none, "cut after one of two"},
        {"E0A0", Is::none, "cut after two of three"},
        {"E1", Is::none, "cut after one of three"},
        {"F09F98", Is::none, "cut after three of four"},
        {"F0", Is::none, "cut after one of four"},
        {"C3 41", Is::none, "second byte missing"},
        {"E18041", Is::none, "third byte missing"},
        {"F0908041", Is::none, "fourth byte missing"},
        {"C3C3", Is::none, "lead where a continuation belongs"},
        {"C3A980", Is::none, "one continuation too many"},
    };
    return table;
}

std::string_view text_of(const std::vector<std::uint8_t>& bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

/// Up to 17 letters before and behind put each row at each place of the words of eight bytes.
TEST(Utf8, judges_each_row_wherever_it_stands) {
    for (const Row& row : rows()) {
        for (std::size_t before = 0; before < 18; ++before) {
            for (std::size_t behind = 0; behind < 18; ++behind) {
                const auto bytes = bytes_of("{" + std::to_string(before) + " 61} " + row.bytes +
                                            "{" + std::to_string(behind) + " 7A}");
                ASSERT_EQ(is_valid_utf8(text_of(bytes)), row.is != Is::none)
                    << row.why << ", " << before << " before, " << behind << " behind";
                ASSERT_EQ(is_valid_string(text_of(bytes)), row.is == Is::string)
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

bool is_advised_against(std::uint32_t code) {
    const bool control = code < 0x20 || (code >= 0x7F && code < 0xA0);
    return control || (code >= 0xFDD0 && code <= 0xFDEF) || code % 0x10000 >= 0xFFFE;
}

/// [MQTT-1.5.4-1] [MQTT-1.5.4-2] [MQTT311-1.5.3-1] [MQTT311-1.5.3-2]
TEST(Utf8, accepts_each_code_point_but_0_and_the_surrogates) {
    for (std::uint32_t code = 0; code < 0x120000; ++code) {
        std::string text;
        append_code_point(code, text);
        const bool surrogate = code >= 0xD800 && code <= 0xDFFF;
        const bool valid = code != 0 && !surrogate && code <= 0x10FFFF;
        ASSERT_EQ(is_valid_utf8(text), valid) << "U+" << std::hex << code;
        ASSERT_EQ(is_valid_string(text), valid && !is_advised_against(code))
            << "U+" << std::hex << code;
    }
}

/// There are 1,920 two-byte characters, 32 of them controls; no other pair with a byte above 0x7F
/// is a text.
TEST(Utf8, accepts_no_other_pair_of_bytes) {
    std::size_t accepted = 0;
    for (unsigned first = 0x80; first < 0x100; ++first) {
        for (unsigned second = 0; second < 0x100; ++second) {
            const std::vector<std::uint8_t> pair = {static_cast<std::uint8_t>(first),
                                                    static_cast<std::uint8_t>(second)};
            accepted += is_valid_utf8(text_of(pair)) ? 1 : 0;
        }
    }
    EXPECT_EQ(accepted, 1920U);
}

}  // namespace
}  // namespace mq::mqtt
