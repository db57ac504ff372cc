#include "broker/auth/password_file.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mq::broker {
namespace {

const PasswordHash& some_hash() {
    static const PasswordHash hash = PasswordHash::make("secret").value();
    return hash;
}

std::string with_hash(std::string text) {
    for (std::size_t at = 0; (at = text.find('@', at)) != std::string::npos;) {
        text.replace(at, 1, some_hash().text());
        at += some_hash().text().size();
    }
    return text;
}

TEST(PasswordFile, keeps_every_byte) {
    for (const std::string& text :
         {std::string(), std::string("\n"), std::string("\n\n\n"), std::string("a:b"),
          std::string("# comment\r\n\r\na:b\r\n"), std::string("a:b\n\nbroken line\n:\n::\n#"),
          std::string("\r"), std::string("\r\n"), std::string("a\rb:c\r\r\n"),
          std::string("\0:\xFF\n\x01", 5), std::string("  a : b : c \n"), std::string(" #a:b\n")}) {
        EXPECT_EQ(PasswordFile::parse(text).text(), text);
    }
}

TEST(PasswordFile, entries_as_readers_see_them) {
    const auto file = PasswordFile::parse("# x:y\n\n a b :  h  \nc:d:e\nno colon\r\nf:\n:g\r\n");
    const std::vector<PasswordFile::Entry> expected{
        {3, "a b", "h"}, {4, "c", "d"}, {6, "f", ""}, {7, "", "g"}};
    EXPECT_EQ(file.list(), expected);
    EXPECT_EQ(file.find("c")->line, 4U);
    EXPECT_EQ(file.find("C"), std::nullopt);
    EXPECT_EQ(file.find("# x"), std::nullopt);
}

// Edits touch one line: {before, after adding or changing user u, after removing user u}.
TEST(PasswordFile, edits_leave_the_rest_as_it_is) {
    struct Case {
        const char* before;
        const char* set;
        const char* removed;
    };
    const Case cases[] = {
        {"", "u:@\n", ""},
        {"\n", "\nu:@\n", "\n"},
        {"a:1", "a:1\nu:@\n", "a:1"},
        {"a:1\r\nb:2", "a:1\r\nb:2\r\nu:@\r\n", "a:1\r\nb:2"},
        {"# c\r\n\r\n", "# c\r\n\r\nu:@\r\n", "# c\r\n\r\n"},
        {"u:1", "u:@", ""},
        {"a:1\nu:2\nb:3\n", "a:1\nu:@\nb:3\n", "a:1\nb:3\n"},
        {"a:1\r\nu:2\r\nb:3", "a:1\r\nu:@\r\nb:3", "a:1\r\nb:3"},
        {"garbage\nu:2\n#u:1\n \t\n", "garbage\nu:@\n#u:1\n \t\n", "garbage\n#u:1\n \t\n"},
        {"u:1\na:1\nu:2\nuu:3\nu:4", "a:1\nuu:3\nu:@", "a:1\nuu:3\n"},
        {" u : 1 :more\n", "u:@\n", ""},
        {"u:\n", "u:@\n", ""},
        {"U:1\n", "U:1\nu:@\n", "U:1\n"},
    };
    for (const Case& edit : cases) {
        auto changed = PasswordFile::parse(edit.before);
        ASSERT_TRUE(changed.set("u", some_hash()));
        EXPECT_EQ(changed.text(), with_hash(edit.set)) << "set in: " << edit.before;
        EXPECT_EQ(changed.find("u")->hash, some_hash().text());

        auto removed = PasswordFile::parse(edit.before);
        const bool was_there = removed.find("u").has_value();
        EXPECT_EQ(removed.remove("u"), was_there);
        EXPECT_EQ(removed.text(), edit.removed) << "removed from: " << edit.before;
    }
}

TEST(PasswordFile, set_tells_whether_the_user_is_new) {
    PasswordFile file;
    EXPECT_EQ(file.set("u", some_hash()).value(), PasswordFile::Change::added);
    EXPECT_EQ(file.set("u", some_hash()).value(), PasswordFile::Change::replaced);
}

TEST(PasswordFile, names_that_cannot_stand_in_a_file) {
    EXPECT_TRUE(check_user_name("bob"));
    EXPECT_TRUE(check_user_name("b#b b\xC3\xB6$"));
    EXPECT_TRUE(check_user_name(std::string(password_field_bytes_max, 'a')));
    for (const std::string& name :
         {std::string(), std::string("a:b"), std::string("a\nb"), std::string("a\x7F"),
          std::string("a\0b", 3), std::string("#a"), std::string(" a"), std::string("a "),
          std::string(password_field_bytes_max + 1, 'a')}) {
        PasswordFile file;
        EXPECT_FALSE(check_user_name(name)) << printable(name);
        EXPECT_FALSE(file.set(name, some_hash())) << printable(name);
        EXPECT_EQ(file.text(), "");
    }
}

TEST(PasswordFile, findings_name_line_user_and_reason) {
    using Flaw = PasswordFile::Flaw;
    struct Case {
        const char* text;
        std::vector<std::pair<std::size_t, Flaw>> flaws;
    };
    const Case cases[] = {
        {"", {}},
        {"# c\n\n \t\r\na:@\n", {}},
        {"broken\na:@\n", {{1, Flaw::no_colon}}},
        {"a:\n", {{1, Flaw::no_hash}}},
        {"a:@\nb:plain\n", {{2, Flaw::plain_text}}},
        {"a:$7$broken\n", {{1, Flaw::bad_hash}}},
        {"a:$7$9999999$AAAA$AAAA\n", {{1, Flaw::bad_hash}}},
        {":@\n", {{1, Flaw::bad_name}}},
        {"a\x01:@\n", {{1, Flaw::bad_name}}},
        {"a:@\nb:@\na:@\na:@\n", {{1, Flaw::duplicate}, {3, Flaw::duplicate}}},
        {"a:x\na:@\n", {{1, Flaw::plain_text}, {1, Flaw::duplicate}}},
    };
    for (const Case& expected : cases) {
        std::vector<std::pair<std::size_t, Flaw>> flaws;
        for (const auto& finding : PasswordFile::parse(with_hash(expected.text)).findings()) {
            flaws.emplace_back(finding.line, finding.flaw);
            EXPECT_TRUE(finding.text.starts_with("line " + std::to_string(finding.line) + ": "))
                << finding.text;
        }
        EXPECT_EQ(flaws, expected.flaws) << expected.text;
    }
}

TEST(PasswordFile, findings_show_no_password_and_no_control_character) {
    const auto findings = PasswordFile::parse("bob:geheim\nev\x1B[1mil\n\x1B[1m:x\n").findings();
    ASSERT_EQ(findings.size(), 3U);
    EXPECT_EQ(findings[0].text, "line 1: user bob: a password in plain text cannot be used");
    for (const auto& finding : findings) {
        EXPECT_EQ(finding.text.find("geheim"), std::string::npos);
        EXPECT_EQ(finding.text.find('\x1B'), std::string::npos);
    }
}

TEST(PasswordFile, plain_text_is_hashed_and_hashes_stay) {
    const std::string before =
        with_hash("# c\na:@\nb: geheim \r\nc:$7$broken\nd:pa:ss\ne:\nbroken\n:x\nf:zu");
    auto file = PasswordFile::parse(before);
    EXPECT_EQ(file.hash_plain_text({HashKind::sha512, 1, 12}).value(), 2U);
    for (const auto& [user, password] : {std::pair{"b", "geheim"}, std::pair{"f", "zu"}}) {
        const auto hash = PasswordHash::parse(file.find(user)->hash);
        ASSERT_TRUE(hash) << user;
        EXPECT_TRUE(hash->matches(password).value()) << user;
    }
    const std::string b = "b:" + file.find("b")->hash;
    const std::string f = "f:" + file.find("f")->hash;
    EXPECT_EQ(file.text(),
              with_hash("# c\na:@\n") + b + "\r\nc:$7$broken\nd:pa:ss\ne:\nbroken\n:x\n" + f);
    EXPECT_EQ(file.hash_plain_text({}).value(), 0U) << "a second run changes nothing";
}

TEST(PasswordFile, blank_is_only_what_holds_nothing) {
    EXPECT_TRUE(PasswordFile::parse("").blank());
    EXPECT_TRUE(PasswordFile::parse(" \r\n\n\t").blank());
    EXPECT_FALSE(PasswordFile::parse("# c").blank());
    EXPECT_FALSE(PasswordFile::parse("a:b").blank());
}

}  // namespace
}  // namespace mq::broker
