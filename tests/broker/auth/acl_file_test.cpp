#include "broker/auth/acl_file.hpp"

#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Pair;

constexpr AclAccess both = acl_read | acl_write;

TEST(AclFile, rules_of_nobody_users_and_all) {
    const auto file = AclFile::parse(
        "# comment\n"
        "topic read pub/#\n"
        "\n"
        "user alice\n"
        "topic alice/#\n"
        "  topic   deny   alice/my secret/#  \r\n"
        "user  b o b \t\n"
        "pattern readwrite dev/%c/#\n"
        "topic write b\n"
        "user alice\n"
        "topic read more\n"
        "user carol\n"
        "pattern write $SYS/broker/connection/%c/state");
    EXPECT_THAT(file.findings.errors(), IsEmpty());
    EXPECT_THAT(file.findings.warnings(), IsEmpty());
    EXPECT_THAT(file.anonymous, ElementsAre(AclRule{2, acl_read, "pub/#"}));
    EXPECT_THAT(file.users,
                ElementsAre(Pair("alice", ElementsAre(AclRule{5, both, "alice/#"},
                                                      AclRule{6, acl_deny, "alice/my secret/#"},
                                                      AclRule{11, acl_read, "more"})),
                            Pair("b o b", ElementsAre(AclRule{9, acl_write, "b"}))));
    EXPECT_THAT(file.patterns,
                ElementsAre(AclRule{8, both, "dev/%c/#"},
                            AclRule{13, acl_write, "$SYS/broker/connection/%c/state"}));
}

TEST(AclFile, tells_every_mistake_with_its_line) {
    const auto file = AclFile::parse(
        "user\n"
        "topic\n"
        "pattern  \n"
        "topic raed a\n"
        "topics read a\n"
        "topic\tread a\n"
        "topic read a/#/b\n"
        "pattern write a+\n"
        " # no comment\n"
        "topic a b\n"
        "topic read " +
        std::string(201, '/') + "\ntopic " + std::string(65536, 'x') + "\ntopic a" +
        std::string(1, '\0') + "b\nuser \t \n");
    EXPECT_THAT(
        file.findings.errors(),
        ElementsAre(
            FileFinding{1, "the user's name is missing behind 'user'"},
            FileFinding{2, "the filter is missing behind 'topic'"},
            FileFinding{3, "the filter is missing behind 'pattern'"},
            FileFinding{4, "unknown access 'raed'; it must be read, write, readwrite or deny"},
            FileFinding{5, "unknown word 'topics'; a line begins with user, topic, pattern or #"},
            FileFinding{6,
                        "unknown word 'topic?read'; a line begins with user, topic, pattern or #, "
                        "and spaces separate its words, not tabs"},
            FileFinding{7,
                        "invalid filter 'a/#/b': + and # must fill a whole level, and # must be "
                        "the last"},
            FileFinding{8,
                        "invalid filter 'a+': + and # must fill a whole level, and # must be "
                        "the last"},
            FileFinding{9, "unknown word '#'; a line begins with user, topic, pattern or #"},
            FileFinding{10, "unknown access 'a'; it must be read, write, readwrite or deny"},
            FileFinding{11,
                        "the filter '" + std::string(64, '/') + "...' has more than 201 levels"},
            FileFinding{12,
                        "the filter '" + std::string(64, 'x') + "...' is longer than 65535 bytes"},
            FileFinding{13, "the filter 'a?b' holds a zero byte"},
            FileFinding{14, "the user's name is missing behind 'user'"}));
}

TEST(AclFile, warns_of_lines_that_may_mean_something_else) {
    const auto file = AclFile::parse(
        "topic read\n"
        "topic a/%u\n"
        "pattern read all/#\n"
        "user b\xFCrgi\n"
        "topic read caf\xE9\n"
        "topic $share/g/a\n");
    EXPECT_TRUE(file.findings.good());
    EXPECT_THAT(
        file.findings.warnings(),
        ElementsAre(
            FileFinding{1,
                        "the one word behind 'topic' is taken as the topic 'read', open to "
                        "reading and writing"},
            FileFinding{2,
                        "topic 'a/%u' is taken as it stands; %c and %u are replaced in pattern "
                        "lines only"},
            FileFinding{3, "pattern 'all/#' has neither %c nor %u; it holds for all clients alike"},
            FileFinding{4,
                        "user 'b\xFCrgi' is not UTF-8, as every user name of MQTT is; the rules "
                        "of this user concern nobody"},
            FileFinding{5,
                        "the filter 'caf\xE9' is not UTF-8, as every topic of MQTT is; it "
                        "matches nothing"},
            FileFinding{6,
                        "the filter '$share/g/a' matches nothing: a rule names topics, without "
                        "$share and the group's name"}));
    EXPECT_EQ(file.anonymous.size(), 2U);
}

TEST(AclFile, has_limits) {
    std::string rules;
    for (std::size_t count = 0; count <= acl_rules_max; ++count) {
        rules += "topic a\n";
    }
    const auto many = AclFile::parse(rules);
    EXPECT_THAT(many.findings.errors(),
                ElementsAre(FileFinding{acl_rules_max + 1, "more than 250000 rules"}));
    EXPECT_EQ(many.anonymous.size(), acl_rules_max);

    std::string deep;
    for (std::size_t levels = 0; levels <= acl_levels_max; levels += 200) {
        deep += "topic " + std::string(199, '/') + '\n';
    }
    const auto levels = AclFile::parse(deep + deep);
    EXPECT_THAT(levels.findings.errors(),
                ElementsAre(FileFinding{acl_levels_max / 200 + 1,
                                        "more than 1000000 topic levels in all rules together"}));
    EXPECT_EQ(levels.anonymous.size(), acl_levels_max / 200);
}

TEST(AclFile, problems_have_the_exit_code_of_a_start) {
    const test::Home home;
    home.write("acl", "topic raed a\nuser\n");
    const std::string path = (home.path() / "acl").string();
    const auto bad = read_acl_file(path);
    ASSERT_FALSE(bad);
    EXPECT_EQ(bad.error().exit_code, 3);
    EXPECT_EQ(bad.error().text(),
              "Error: " + path +
                  ":1: unknown access 'raed'; it must be read, write, readwrite or deny\nError: " +
                  path + ":2: the user's name is missing behind 'user'");
    const auto missing = read_acl_file(home.path() / "nothing");
    ASSERT_FALSE(missing);
    EXPECT_EQ(missing.error().exit_code, 13);
    EXPECT_THAT(missing.error().what, HasSubstr("nothing"));
}

}  // namespace
}  // namespace mq::broker
