// The env files and the profile block in the real shells.
#include "installer/prefix/environment.hpp"
#include "installer/prefix/profile_block.hpp"
#include "supervisor/command.hpp"
#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mq::installer;
using mq::supervisor::command_exists;
using mq::supervisor::run_command;
using mq::test::Home;
using testing::HasSubstr;
using testing::Not;

namespace {

constexpr const char* library_path_unset = nullptr;

struct Start {
    const char* path;
    const char* library_path;  // null: unset
};

class Shells : public testing::TestWithParam<const char*> {
 protected:
    Shells() {
        for (const auto& [name, text] : environment_files(prefix)) {
            home.write("mq home/" + name, text);
        }
    }

    /// What the shell's `script` prints, with only these variables in its environment.
    [[nodiscard]] std::string run(const std::vector<std::string>& shell, const std::string& script,
                                  const Start& start) const {
        std::vector<std::string> command{"env", "-i", "LC_ALL=C.UTF-8",
                                         "HOME=" + home.path().string(),
                                         "PATH=" + std::string(start.path)};
        if (start.library_path != nullptr) {
            command.push_back("LD_LIBRARY_PATH=" + std::string(start.library_path));
        }
        command.insert(command.end(), shell.begin(), shell.end());
        command.push_back(script);
        const auto ran = run_command(command, std::chrono::seconds(60));
        return ran ? ran->output : ran.error().text();
    }

    Home home{"a user's \u00e4 100% $HOME"};
    std::filesystem::path prefix = home.path() / "mq home";
};

const char* print_posix = "printf '%s|%s\\n' \"$PATH\" \"${LD_LIBRARY_PATH-unset}\"";

std::string expected(const std::filesystem::path& prefix, const Start& start) {
    const std::string lib = (prefix / "current/lib").string();
    const std::string old = start.library_path == nullptr ? "" : start.library_path;
    return (prefix / "current/bin").string() + ":" + start.path + "|" +
           (old.empty() ? lib : old + ":" + lib) + "\n";
}

const std::vector<Start> starts{{"/usr/bin:/bin", library_path_unset},
                                {"/usr/bin:/bin", ""},
                                {"/usr/bin:/bin", "/opt/lib"},
                                {"/bin:/usr/bin:/opt/a b", "/opt/lib:/opt/x y"}};

}  // namespace

TEST_P(Shells, PosixFileAddsEachEntryOnceAndNoEmptyOne) {
    if (!command_exists(GetParam())) {
        GTEST_SKIP() << GetParam() << " is not on this machine";
    }
    const std::string source = ". " + std::string("\"$HOME/mq home/env.sh\"; ");
    for (const auto& start : starts) {
        EXPECT_EQ(run({GetParam(), "-euc"}, source + print_posix, start), expected(prefix, start));
        EXPECT_EQ(run({GetParam(), "-euc"}, source + source + print_posix, start),
                  expected(prefix, start));
    }
}

INSTANTIATE_TEST_SUITE_P(Posix, Shells, testing::Values("dash", "bash", "zsh"));

using Fish = Shells;

TEST_F(Fish, FishFileAddsEachEntryOnceAndNoEmptyOne) {
    if (!command_exists("fish")) {
        GTEST_SKIP() << "fish is not on this machine";
    }
    const std::string source = "source \"$HOME/mq home/env.fish\"; ";
    const std::string print =
        "printf '%s|%s\\n' (string join : $PATH) (string join : $LD_LIBRARY_PATH)";
    for (const auto& start : starts) {
        EXPECT_EQ(run({"fish", "-c"}, source + source + print, start), expected(prefix, start));
    }
}

TEST_F(Shells, CompletionsAreThereWhereSomebodyTypes) {
    home.write("mq home/current/share/bash-completion/completions/mqsub",
               "complete -W 'a b' mqsub\n");
    const Start start{"/usr/bin:/bin", library_path_unset};
    const std::string posix = ". \"$HOME/mq home/env.sh\"; ";
    const std::string share = (prefix / "current/share").string();
    const std::string ask = posix + posix + "complete -p mqsub";
    EXPECT_THAT(run({"bash", "--norc", "-ic"}, ask, start), HasSubstr("complete -W 'a b' mqsub"));
    EXPECT_THAT(run({"bash", "--norc", "-c"}, ask, start), Not(HasSubstr("complete -W")));
    if (command_exists("zsh")) {
        const std::string script = posix + posix + "print -r -- $FPATH";
        EXPECT_THAT(run({"zsh", "-fic"}, script, start), HasSubstr(share + "/zsh/site-functions:"));
        EXPECT_THAT(run({"zsh", "-fc"}, script, start), Not(HasSubstr(share)));
    }
    if (command_exists("fish")) {
        const std::string fish = "source \"$HOME/mq home/env.fish\"; ";
        const std::string script = fish + fish + "string join : $fish_complete_path";
        EXPECT_THAT(run({"fish", "-ic"}, script, start),
                    HasSubstr(":" + share + "/fish/vendor_completions.d\n"));
        EXPECT_THAT(run({"fish", "-c"}, script, start), Not(HasSubstr(share)));
    }
}

using Csh = Shells;

TEST_F(Csh, CshFileAddsEachEntryOnceAndNoEmptyOne) {
    if (!command_exists("tcsh")) {
        GTEST_SKIP() << "tcsh is not on this machine";
    }
    // `$` in a home is not tried here: csh expands the variable again in its pattern.
    const Home plain("two words 100%");
    for (const auto& [name, text] : environment_files(plain.path() / "mq")) {
        plain.write("mq/" + name, text);
    }
    const std::string source = "source '" + (plain.path() / "mq/env.csh").string() + "'\n";
    for (const auto& start : starts) {
        EXPECT_EQ(run({"tcsh", "-fc"},
                      source + source + "printf '%s|%s\\n' \"$PATH\" \"$LD_LIBRARY_PATH\"", start),
                  expected(plain.path() / "mq", start));
    }
}

TEST_F(Shells, BlocksAreReadByTheShellsThemselves) {
    ProfileOptions options{home.path(), {}, {}, [](std::string_view) { return true; }};
    home.write(".bashrc", "# dos\r\n");
    for (const auto& file : profile_files(options)) {
        const auto added = add_profile_block(file, prefix);
        ASSERT_TRUE(added) << added.error().text();
    }
    const Start start{"/usr/bin:/bin", library_path_unset};
    const std::string want = expected(prefix, start);
    EXPECT_EQ(run({"sh", "-c"}, std::string(". \"$HOME/.profile\"; ") + print_posix, start), want);
    EXPECT_EQ(run({"bash", "-lc"}, print_posix, start).substr(0, want.find(':')),
              want.substr(0, want.find(':')))
        << "the host's /etc/profile may set PATH first";
    EXPECT_EQ(run({"bash", "-c"}, std::string(". \"$HOME/.bashrc\"; ") + print_posix, start), want);
    if (command_exists("zsh")) {
        EXPECT_EQ(run({"zsh", "-c"}, print_posix, start), want);
    }
    if (command_exists("fish")) {
        EXPECT_EQ(
            run({"fish", "-c"}, "printf '%s|%s\\n' (string join : $PATH) $LD_LIBRARY_PATH", start),
            want);
    }
}
