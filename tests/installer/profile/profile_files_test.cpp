#include "installer/prefix/profile_block.hpp"
#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mq::installer;
using mq::test::Home;
using testing::ElementsAre;

namespace {

std::vector<std::string> names(const Home& home, const std::vector<std::string>& shells,
                               ProfileOptions options = {}) {
    options.home = home.path();
    options.has_shell = [shells](std::string_view shell) {
        return std::find(shells.begin(), shells.end(), shell) != shells.end();
    };
    std::vector<std::string> found;
    for (const auto& file : profile_files(options)) {
        found.push_back(file.path.lexically_relative(home.path()).string());
    }
    return found;
}

}  // namespace

TEST(ProfileFiles, AnEmptyHomeGetsFilesOfTheShellsThatAreThere) {
    EXPECT_THAT(names(Home(), {}), ElementsAre(".profile"));
    EXPECT_THAT(names(Home(), {"bash"}), ElementsAre(".profile", ".bashrc"));
    EXPECT_THAT(names(Home(), {"bash", "zsh", "fish"}),
                ElementsAre(".profile", ".bashrc", ".zshenv", ".config/fish/conf.d/mqhome.fish"));
}

TEST(ProfileFiles, BashReadsTheFirstOfItsLoginFiles) {
    const Home home;
    home.write(".profile", "");
    home.write(".bash_login", "");
    EXPECT_THAT(names(home, {}), ElementsAre(".bash_login"));
    home.write(".bash_profile", "");
    EXPECT_THAT(names(home, {}), ElementsAre(".bash_profile"));
}

TEST(ProfileFiles, FilesThatAreThereCountWithoutTheirShell) {
    const Home home;
    home.write(".bashrc", "");
    home.write(".zshenv", "");
    home.write(".tcshrc", "");
    EXPECT_THAT(names(home, {}), ElementsAre(".profile", ".bashrc", ".zshenv", ".tcshrc"));
}

TEST(ProfileFiles, FollowTheFoldersOfZshAndFish) {
    const Home home;
    ProfileOptions options;
    options.zdotdir = home.path() / "zsh";
    options.config_home = home.path() / "conf";
    EXPECT_THAT(names(home, {"zsh", "fish"}, options),
                ElementsAre(".profile", "zsh/.zshenv", "conf/fish/conf.d/mqhome.fish"));
}
