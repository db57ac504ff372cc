#include "installer/prefix/profile_block.hpp"

#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <unistd.h>

using namespace mq::installer;
using mq::test::Home;
using testing::EndsWith;
using testing::HasSubstr;
using testing::StartsWith;

namespace {

namespace fs = std::filesystem;

struct Case {
    const char* name;
    const char* content;
};

std::ostream& operator<<(std::ostream& out, const Case& c) {
    return out << c.name;
}

class ProfileBlock : public testing::TestWithParam<Case> {};

mode_t mode_of(const fs::path& path) {
    struct stat facts {};
    return ::stat(path.c_str(), &facts) == 0 ? facts.st_mode & 07777U : 0;
}

const char* const block_of_p =
    "# >>> mqhome >>>\n"
    "# Added by mqinstall, which also removes it (file: kept, line ends: 0, directories: 0).\n"
    "if [ -r '/p/env.sh' ]; then . '/p/env.sh'; fi\n"
    "# <<< mqhome <<<\n";

}  // namespace

INSTANTIATE_TEST_SUITE_P(Contents, ProfileBlock,
                         testing::Values(Case{"empty", ""}, Case{"one line", "export A=1\n"},
                                         Case{"no last newline", "export A=1"},
                                         Case{"only newlines", "\n\n"},
                                         Case{"CRLF", "export A=1\r\n# x\r\n"},
                                         Case{"CRLF without the last", "export A=1\r\n# x"},
                                         Case{"continued line", "A=1\\\n"},
                                         Case{"continued CRLF line", "A=1\r\nB=1\\\r\n"},
                                         Case{"backslash at the very end", "A=1\\"},
                                         Case{"not UTF-8", "# \xff\xfe\n"},
                                         Case{"marker inside a line", "echo '# >>> mqhome >>>'\n"},
                                         Case{"blank lines at the end", "A=1\n\n\n"}));

TEST_P(ProfileBlock, ComesAndGoesByteForByteInTheFile) {
    for (const auto syntax : {ShellSyntax::posix, ShellSyntax::fish, ShellSyntax::csh}) {
        const Home home;
        home.write("rc", GetParam().content);
        const ProfileFile file{home.path() / "rc", syntax};
        ASSERT_TRUE(*add_profile_block(file, "/p"));
        EXPECT_THAT(home.read("rc"), StartsWith(GetParam().content));
        EXPECT_TRUE(has_profile_block(file, "/p"));
        EXPECT_FALSE(*add_profile_block(file, "/p")) << "a second time changes nothing";
        ASSERT_TRUE(*remove_profile_block(file.path));
        EXPECT_EQ(home.read("rc"), GetParam().content);
        EXPECT_FALSE(*remove_profile_block(file.path));
        EXPECT_FALSE(has_profile_block(file, "/p"));
    }
}

TEST_P(ProfileBlock, KeepsTextThatCameLater) {
    const std::string old = GetParam().content;
    const std::string with =
        *with_profile_block(old, true, 0, ShellSyntax::posix, "/p") + "alias x=y\n";
    const auto without = without_profile_block(with);
    ASSERT_TRUE(without);
    EXPECT_THAT(without->content, StartsWith(old));
    EXPECT_THAT(without->content, EndsWith("alias x=y\n"));
    EXPECT_THAT(without->content, testing::Not(HasSubstr("env.sh")));
    const auto between = without->content.substr(old.size());
    EXPECT_TRUE(old.empty() || old.back() == '\n' || between.front() == '\n' ||
                between.front() == '\r')
        << without->content;
}

TEST_P(ProfileBlock, OfAnotherPrefixIsReplacedInItsPlace) {
    const std::string first =
        *with_profile_block(GetParam().content, true, 0, ShellSyntax::posix, "/old");
    const std::string second =
        *with_profile_block(first + "# later\n", true, 0, ShellSyntax::posix, "/new");
    EXPECT_THAT(second, HasSubstr("'/new/env.sh'"));
    EXPECT_THAT(second, testing::Not(HasSubstr("'/old/env.sh'")));
    EXPECT_THAT(second, EndsWith("# later\n"));
    EXPECT_EQ(without_profile_block(second.substr(0, second.size() - 8))->content,
              GetParam().content);
}

TEST(ProfileBlockText, IsAsDocumented) {
    EXPECT_EQ(*with_profile_block("A=1\n", true, 0, ShellSyntax::posix, "/p"),
              std::string("A=1\n") + block_of_p);
}

TEST(ProfileBlockText, HidesTheCarriageReturnInAComment) {
    EXPECT_THAT(*with_profile_block("A=1\r\n", true, 0, ShellSyntax::posix, "/p"),
                HasSubstr("then . '/p/env.sh'; fi #\r\n"));
}

TEST(ProfileBlockText, WithoutItsEndIsLeftAlone) {
    const std::string broken = "A=1\n# >>> mqhome >>>\nB=2\n";
    EXPECT_EQ(without_profile_block(broken).error().exit_code, 12);
    EXPECT_EQ(with_profile_block(broken, true, 0, ShellSyntax::posix, "/p").error().exit_code, 12);
}

TEST(ProfileBlockText, EveryBlockGoes) {
    const auto without =
        without_profile_block("A\n" + std::string(block_of_p) + "B\n" + block_of_p);
    EXPECT_EQ(without->content, "A\nB\n");
}

TEST(ProfileFileTest, AMadeFileGoesWithItsDirectories) {
    const Home home;
    const ProfileFile file{home.path() / ".config/fish/conf.d/mqhome.fish", ShellSyntax::fish};
    ASSERT_TRUE(*add_profile_block(file, "/p"));
    EXPECT_EQ(mode_of(file.path), 0644U);
    ASSERT_TRUE(*remove_profile_block(file.path));
    EXPECT_FALSE(home.has(".config"));
}

TEST(ProfileFileTest, DirectoriesThatGotOtherFilesStay) {
    const Home home;
    const ProfileFile file{home.path() / ".config/fish/conf.d/mqhome.fish", ShellSyntax::fish};
    ASSERT_TRUE(*add_profile_block(file, "/p"));
    home.write(".config/fish/config.fish", "");
    ASSERT_TRUE(*remove_profile_block(file.path));
    EXPECT_TRUE(home.has(".config/fish/config.fish"));
    EXPECT_FALSE(home.has(".config/fish/conf.d"));
}

TEST(ProfileFileTest, AMadeFileWithTextOfTheUserStays) {
    const Home home;
    const ProfileFile file{home.path() / ".zshenv", ShellSyntax::posix};
    ASSERT_TRUE(*add_profile_block(file, "/p"));
    home.write(".zshenv", home.read(".zshenv") + "A=1\n");
    ASSERT_TRUE(*remove_profile_block(file.path));
    EXPECT_EQ(home.read(".zshenv"), "A=1\n");
}

TEST(ProfileFileTest, AnEmptyFileThatWasThereStays) {
    const Home home;
    home.write(".bashrc", "");
    ASSERT_TRUE(*add_profile_block({home.path() / ".bashrc", ShellSyntax::posix}, "/p"));
    ASSERT_TRUE(*remove_profile_block(home.path() / ".bashrc"));
    EXPECT_TRUE(home.has(".bashrc"));
}

TEST(ProfileFileTest, ModeAndLinkStay) {
    const Home home;
    home.write("dotfiles/bashrc", "A=1");
    ::chmod((home.path() / "dotfiles/bashrc").c_str(), 0600);
    fs::create_symlink("dotfiles/bashrc", home.path() / ".bashrc");
    ASSERT_TRUE(*add_profile_block({home.path() / ".bashrc", ShellSyntax::posix}, "/p"));
    EXPECT_TRUE(fs::is_symlink(home.path() / ".bashrc"));
    EXPECT_THAT(home.read("dotfiles/bashrc"), HasSubstr("/p/env.sh"));
    EXPECT_EQ(mode_of(home.path() / "dotfiles/bashrc"), 0600U);
    ASSERT_TRUE(*remove_profile_block(home.path() / ".bashrc"));
    EXPECT_TRUE(fs::is_symlink(home.path() / ".bashrc"));
    EXPECT_EQ(home.read("dotfiles/bashrc"), "A=1");
    EXPECT_EQ(mode_of(home.path() / "dotfiles/bashrc"), 0600U);
}

TEST(ProfileFileTest, ADanglingLinkDanglesAgain) {
    const Home home;
    home.write("dotfiles/other", "");
    fs::create_symlink("dotfiles/zshenv", home.path() / ".zshenv");
    ASSERT_TRUE(*add_profile_block({home.path() / ".zshenv", ShellSyntax::posix}, "/p"));
    EXPECT_TRUE(home.has("dotfiles/zshenv"));
    ASSERT_TRUE(*remove_profile_block(home.path() / ".zshenv"));
    EXPECT_TRUE(fs::is_symlink(home.path() / ".zshenv"));
    EXPECT_FALSE(home.has("dotfiles/zshenv"));
}

TEST(ProfileFileTest, WhatIsNoFileIsLeftAlone) {
    const Home home;
    fs::create_directories(home.path() / ".bashrc");
    const auto added = add_profile_block({home.path() / ".bashrc", ShellSyntax::posix}, "/p");
    ASSERT_FALSE(added);
    EXPECT_EQ(added.error().exit_code, 6);
    fs::create_symlink("/dev/null", home.path() / ".zshenv");
    EXPECT_FALSE(add_profile_block({home.path() / ".zshenv", ShellSyntax::posix}, "/p"));
}

TEST(ProfileFileTest, AMissingFileHasNothingToRemove) {
    const Home home;
    EXPECT_FALSE(*remove_profile_block(home.path() / ".bashrc"));
    EXPECT_FALSE(home.has(".bashrc"));
}
