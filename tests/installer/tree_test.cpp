#include "installer/prefix/tree.hpp"

#include "tests/support/home.hpp"

#include <gtest/gtest.h>

namespace mq::installer {
namespace {

using test::Home;

TEST(Tree, SwitchesALinkInOneStep) {
    const Home home;
    const auto link = home.path() / "current";
    ASSERT_TRUE(switch_link(link, "versions/1"));
    EXPECT_EQ(std::filesystem::read_symlink(link), "versions/1");
    // Left by a kill between symlink and rename.
    std::filesystem::create_symlink("versions/9", home.path() / "current.new");
    ASSERT_TRUE(switch_link(link, "versions/2"));
    EXPECT_EQ(std::filesystem::read_symlink(link), "versions/2");
    EXPECT_FALSE(home.has("current.new"));
}

TEST(Tree, RemovesALinkAndNotWhereItLeads) {
    const Home home;
    home.write("kept/file", "x");
    std::filesystem::create_directory_symlink("kept", home.path() / "link");
    home.write("gone/a", "x");
    std::filesystem::create_directory_symlink("../kept", home.path() / "gone/link");
    ASSERT_TRUE(remove_tree(home.path() / "link"));
    ASSERT_TRUE(remove_tree(home.path() / "gone"));
    EXPECT_TRUE(remove_tree(home.path() / "never"));
    EXPECT_EQ(home.read("kept/file"), "x");
}

TEST(Tree, RemovesAFolderOnlyWhenItIsEmpty) {
    const Home home;
    home.write("full/a", "x");
    std::filesystem::create_directory(home.path() / "empty");
    remove_if_empty(home.path() / "full");
    remove_if_empty(home.path() / "empty");
    EXPECT_TRUE(home.has("full/a"));
    EXPECT_FALSE(home.has("empty"));
}

TEST(Tree, CopiesAFileWithItsMode) {
    const Home home;
    home.write("a", "content", true);
    ASSERT_TRUE(copy_whole_file(home.path() / "a", home.path() / "b"));
    EXPECT_EQ(home.read("b"), "content");
    EXPECT_EQ(std::filesystem::status(home.path() / "b").permissions(),
              std::filesystem::status(home.path() / "a").permissions());
}

}  // namespace
}  // namespace mq::installer
