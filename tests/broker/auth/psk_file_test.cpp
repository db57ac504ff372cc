#include "broker/auth/psk_file.hpp"

#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace mq::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

std::vector<FileFinding> errors_of(std::string_view text) {
    return PskFile::parse(text).findings.errors();
}

TEST(PskFile, finds_keys_by_identity) {
    const auto file = PskFile::parse("# gate:00\n\nanna:00ff10\n  b c : DEADbeef \r\nd:01:02\n");
    EXPECT_THAT(file.findings.errors(), IsEmpty());
    EXPECT_THAT(file.findings.warnings(), IsEmpty());
    EXPECT_EQ(file.table.size(), 3U);
    EXPECT_THAT(*file.table.find("anna"), ElementsAre(0x00, 0xFF, 0x10));
    EXPECT_THAT(*file.table.find("b c"), ElementsAre(0xDE, 0xAD, 0xBE, 0xEF));
    EXPECT_THAT(*file.table.find("d"), ElementsAre(0x01));
    EXPECT_EQ(file.table.find("Anna"), nullptr);
    EXPECT_EQ(file.table.find("# gate"), nullptr);
    EXPECT_EQ(file.table.find(""), nullptr);
}

// As Mosquitto counts, so that a client's key stays the same.
TEST(PskFile, odd_numbers_of_digits) {
    const auto file = PskFile::parse("a:abc\nb:0ab\nc:000ab\nd:0000\ne:00a");
    EXPECT_THAT(file.findings.errors(), IsEmpty());
    EXPECT_EQ(file.findings.warnings().size(), 4U);
    EXPECT_THAT(*file.table.find("a"), ElementsAre(0x0A, 0xBC));
    EXPECT_THAT(*file.table.find("b"), ElementsAre(0xAB));
    EXPECT_THAT(*file.table.find("c"), ElementsAre(0x00, 0xAB));
    EXPECT_THAT(*file.table.find("d"), ElementsAre(0x00, 0x00));
    EXPECT_THAT(*file.table.find("e"), ElementsAre(0x00, 0x0A));
}

TEST(PskFile, tells_every_mistake_with_its_line_and_without_the_key) {
    const auto found = errors_of("good:12\nanna:12xy\n\nbert:\n:1234\n" + std::string(257, 'i') +
                                 ":12\nlong:" + std::string(1026, '1') + "\nzero:0");
    EXPECT_THAT(
        found,
        ElementsAre(
            FileFinding{2, "identity 'anna': the key has letters that are no hexadecimal digit"},
            FileFinding{4, "identity 'bert': the key is empty"},
            FileFinding{5, "the identity in front of the colon is missing"},
            FileFinding{6, "identity '" + std::string(64, 'i') +
                               "...': longer than 256 bytes, which TLS does not carry"},
            FileFinding{7, "identity 'long': the key is longer than 512 bytes"},
            FileFinding{8, "identity 'zero': the key is empty"}));
}

TEST(PskFile, the_longest_that_fit) {
    const auto file = PskFile::parse(std::string(256, 'i') + ':' + std::string(1024, 'f'));
    EXPECT_TRUE(file.findings.good());
    ASSERT_NE(file.table.find(std::string(256, 'i')), nullptr);
    EXPECT_EQ(file.table.find(std::string(256, 'i'))->size(), 512U);
}

TEST(PskFile, warns_of_lines_that_do_not_count) {
    const auto file = PskFile::parse("anna:01\nkey without an owner\nanna:02");
    EXPECT_THAT(
        file.findings.warnings(),
        ElementsAre(FileFinding{2, "no colon, skipped; an entry is identity:key"},
                    FileFinding{3, "identity 'anna': stands above, too; this line counts"}));
    EXPECT_THAT(*file.table.find("anna"), ElementsAre(0x02));
}

TEST(PskFile, counts_what_it_does_not_tell) {
    std::string text;
    for (int line = 0; line < 250; ++line) {
        text += "nonsense\nanna:\n";
    }
    const auto file = PskFile::parse(text);
    EXPECT_EQ(file.findings.errors().size(), FileFindings::told_max);
    EXPECT_THAT(file.findings.problem("keys").what, HasSubstr("keys: and 150 more such lines"));
    EXPECT_THAT(file.findings.warning_lines("keys").back(), "keys: and 150 more such lines");
}

TEST(PskTable, tells_which_identities_changed) {
    const auto before = PskFile::parse("gone:01\nsame:02\nother:03\n").table;
    const auto after = PskFile::parse("new:01\nsame:02\nother:04\n").table;
    EXPECT_THAT(PskTable::changed_identities(before, after), ElementsAre("gone", "other"));
    EXPECT_THAT(PskTable::changed_identities(after, after), IsEmpty());
}

TEST(PskFile, is_loaded_with_warnings) {
    const test::Home home;
    home.write("keys", "anna:01\nx\n");
    const auto path = home.path() / "keys";
    ::chmod(path.c_str(), 0604);
    const auto loaded = load_psk_file(path);
    ASSERT_TRUE(loaded);
    EXPECT_EQ(loaded->table->size(), 1U);
    EXPECT_THAT(loaded->warnings,
                ElementsAre(HasSubstr("PSK file " + path.string() + " is open to every account"),
                            path.string() + ":2: no colon, skipped; an entry is identity:key"));
}

TEST(PskFile, problems_have_the_exit_code_of_a_start) {
    const test::Home home;
    home.write("keys", "anna:\nbert:0x\n");
    const auto bad = load_psk_file(home.path() / "keys");
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().exit_code, 3);
    const std::string path = (home.path() / "keys").string();
    EXPECT_EQ(bad.error().text(),
              "Error: " + path + ":1: identity 'anna': the key is empty\nError: " + path +
                  ":2: identity 'bert': the key has letters that are no hexadecimal digit");
    const auto missing = load_psk_file(home.path() / "nothing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().exit_code, 13);
    EXPECT_THAT(missing.error().what, HasSubstr("nothing"));
}

}  // namespace
}  // namespace mq::broker
