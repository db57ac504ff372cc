#include "tests/broker/config/printers.hpp"

#include <gtest/gtest.h>

namespace mq::broker {
namespace {

class Include : public testing::Test {
 protected:
    ParseResult parse_main(const std::string& text) {
        return parse_config(text, "main.conf", source);
    }

    MemorySource source;
};

TEST_F(Include, FilesAreReadInOrderAndOnlyThoseOfThatEnding) {
    source.files = {{"d/b.conf", "log_timestamp_format b\n"},
                    {"d/A.conf", "max_keepalive 1\n"},
                    {"d/a.conf", "max_keepalive 2\n"},
                    {"d/B.conf", "max_keepalive 3\n"},
                    {"d/c.conf~", "nonsense\n"}};
    const auto result = parse_main("include_dir d\n");
    EXPECT_EQ(result.diagnostics, std::vector<Diagnostic>{});
    EXPECT_EQ(result.config.max_keepalive, 3);
    EXPECT_EQ(result.config.log.timestamp_format, "b");
}

TEST_F(Include, UpperComesBeforeLowerCase) {
    source.files = {{"d/a.conf", "max_keepalive 2\n"}, {"d/A.conf", "max_keepalive 1\n"}};
    EXPECT_EQ(parse_main("include_dir d\n").config.max_keepalive, 2);
}

TEST_F(Include, AnErrorNamesBothFiles) {
    source.files = {{"d/a.conf", "\nnonsense 1\n"}};
    EXPECT_EQ(diagnostics_text(parse_main("# note\ninclude_dir d\n").diagnostics),
              "Error: Unknown configuration variable 'nonsense'.\nError found at d/a.conf:2.\n"
              "Error found at main.conf:2.\n");
}

TEST_F(Include, BlocksEndWithTheirFile) {
    source.files = {{"d/a.conf", "max_topic_alias 5\n"}, {"d/b.conf", "listener 2000\n"}};
    const auto result = parse_main("listener 1000\ninclude_dir d\nmax_connections 7\n");
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(result.diagnostics[0].text,
              "'max_topic_alias' needs a 'listener' line above it in the same file, to which it "
              "applies.");
    EXPECT_EQ(result.config.listeners[0].max_connections, 7U);
    EXPECT_EQ(result.config.listeners[1].max_connections, 0U);
}

TEST_F(Include, DuplicatesAreSeenAcrossFiles) {
    source.files = {{"d/a.conf", "pid_file a\n"}};
    EXPECT_EQ(parse_main("pid_file b\ninclude_dir d\n").diagnostics.size(), 1U);
}

TEST_F(Include, WorksInTheMainFileOnly) {
    source.files = {{"d/a.conf", "include_dir d\n"}};
    const auto result = parse_main("include_dir d\n");
    ASSERT_EQ(result.diagnostics.size(), 1U);
    EXPECT_EQ(result.diagnostics[0].text,
              "'include_dir' works in the main configuration file only.");
}

TEST_F(Include, ADirectoryThatCannotBeReadIsAnError) {
    EXPECT_EQ(diagnostics_text(parse_main("include_dir none\n").diagnostics),
              "Error: Unable to read 'include_dir': cannot read directory none.\n"
              "Error found at main.conf:1.\n");
}

TEST_F(Include, MayBeRepeated) {
    source.files = {{"d/a.conf", "max_keepalive 1\n"}, {"e/a.conf", "sys_interval 2\n"}};
    const auto result = parse_main("include_dir d/\ninclude_dir e\n");
    EXPECT_EQ(result.config.max_keepalive, 0);
    EXPECT_EQ(result.config.sys_interval_s, 2);
}

}  // namespace
}  // namespace mq::broker
