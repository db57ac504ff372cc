#include "broker/auth/password_store.hpp"

#include "base/file.hpp"
#include "base/unique_fd.hpp"
#include "broker/auth/file_permissions.hpp"
#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <fcntl.h>
#include <fstream>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>

namespace mq::broker {
namespace {

namespace fs = std::filesystem;

void write(const fs::path& path, const std::string& text) {
    std::ofstream(path, std::ios::binary) << text;
}

std::size_t files_in(const fs::path& directory) {
    return static_cast<std::size_t>(
        std::distance(fs::directory_iterator(directory), fs::directory_iterator()));
}

Outcome<void> add_user(const fs::path& path, const std::string& user,
                       IfMissing if_missing = IfMissing::create) {
    return edit_password_file(path, if_missing, [&](PasswordFile& file) -> Outcome<void> {
        const auto set = file.set(user, PasswordHash::make("x").value());
        return set ? Outcome<void>{} : Outcome<void>{set.error()};
    });
}

TEST(PasswordStore, new_file_is_for_its_owner_only) {
    const test::Home home;
    ASSERT_TRUE(add_user(home.path() / "pwfile", "bob"));
    struct stat facts {};
    ASSERT_EQ(::stat((home.path() / "pwfile").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0600U);
    EXPECT_EQ(load_password_file(home.path() / "pwfile")->list().size(), 1U);
    EXPECT_EQ(files_in(home.path()), 1U) << "nothing else is left behind";
}

TEST(PasswordStore, existing_file_keeps_its_mode_and_its_other_lines) {
    const test::Home home;
    write(home.path() / "pwfile", "# mine\r\nbroken\r\na:b");
    ASSERT_EQ(::chmod((home.path() / "pwfile").c_str(), 0640), 0);
    ASSERT_TRUE(add_user(home.path() / "pwfile", "bob"));
    struct stat facts {};
    ASSERT_EQ(::stat((home.path() / "pwfile").c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 07777U, 0640U);
    EXPECT_THAT(read_file(home.path() / "pwfile").value(),
                testing::StartsWith("# mine\r\nbroken\r\na:b\r\nbob:$7$"));
}

TEST(PasswordStore, links_are_followed_also_to_a_file_that_is_not_there_yet) {
    const test::Home home;
    fs::create_directory(home.path() / "etc");
    fs::create_symlink("etc/pwfile", home.path() / "link");
    ASSERT_TRUE(add_user(home.path() / "link", "bob"));
    ASSERT_TRUE(add_user(home.path() / "link", "eve"));
    EXPECT_TRUE(fs::is_symlink(home.path() / "link"));
    EXPECT_EQ(load_password_file(home.path() / "etc" / "pwfile")->list().size(), 2U);
}

TEST(PasswordStore, missing_file_is_a_problem_unless_it_may_be_created) {
    const test::Home home;
    const auto edited = add_user(home.path() / "pwfile", "bob", IfMissing::fail);
    ASSERT_FALSE(edited);
    EXPECT_EQ(edited.error().what,
              "there is no password file " + (home.path() / "pwfile").string());
    EXPECT_FALSE(add_user(home.path() / "nowhere" / "pwfile", "bob"));
    EXPECT_EQ(files_in(home.path()), 0U);
}

TEST(PasswordStore, refused_edit_leaves_everything_as_it_was) {
    const test::Home home;
    const auto refuse = [](PasswordFile& file) -> Outcome<void> {
        file.remove("a");
        return Problem{"no", ""};
    };
    EXPECT_FALSE(edit_password_file(home.path() / "new", IfMissing::create, refuse));
    EXPECT_EQ(files_in(home.path()), 0U) << "the file created for the lock is gone";
    write(home.path() / "pwfile", "a:b\n");
    EXPECT_FALSE(edit_password_file(home.path() / "pwfile", IfMissing::create, refuse));
    EXPECT_EQ(read_file(home.path() / "pwfile").value(), "a:b\n");
}

TEST(PasswordStore, unchanged_text_is_not_written_again) {
    const test::Home home;
    write(home.path() / "pwfile", "a:b\n");
    struct stat before {};
    struct stat after {};
    ASSERT_EQ(::stat((home.path() / "pwfile").c_str(), &before), 0);
    ASSERT_TRUE(edit_password_file(home.path() / "pwfile", IfMissing::fail,
                                   [](PasswordFile&) -> Outcome<void> { return {}; }));
    ASSERT_EQ(::stat((home.path() / "pwfile").c_str(), &after), 0);
    EXPECT_EQ(before.st_ino, after.st_ino);
}

TEST(PasswordStore, edits_at_the_same_time_are_all_kept) {
    const test::Home home;
    constexpr int editors = 4;
    constexpr int users_each = 25;
    std::vector<std::thread> threads;
    std::atomic<int> failed{0};
    for (int editor = 0; editor < editors; ++editor) {
        threads.emplace_back([&, editor] {
            for (int user = 0; user < users_each; ++user) {
                const auto name = "u" + std::to_string(editor) + "-" + std::to_string(user);
                failed += add_user(home.path() / "pwfile", name) ? 0 : 1;
            }
        });
    }
    for (auto& thread : threads) {
        thread.join();
    }
    EXPECT_EQ(failed, 0);
    EXPECT_EQ(load_password_file(home.path() / "pwfile")->list().size(),
              std::size_t{editors * users_each});
    EXPECT_EQ(files_in(home.path()), 1U);
}

TEST(PasswordStore, an_editor_that_holds_on_is_not_waited_for_for_ever) {
    const test::Home home;
    write(home.path() / "pwfile", "a:b\n");
    const UniqueFd holder(::open((home.path() / "pwfile").c_str(), O_RDONLY | O_CLOEXEC));
    ASSERT_EQ(::flock(holder.get(), LOCK_EX), 0);
    const auto edited = edit_password_file(
        home.path() / "pwfile", IfMissing::fail, [](PasswordFile&) -> Outcome<void> { return {}; },
        std::chrono::milliseconds(0));
    ASSERT_FALSE(edited);
    EXPECT_THAT(edited.error().what, testing::HasSubstr("another program is editing"));
}

TEST(PasswordStore, warns_of_a_file_that_is_open_to_others) {
    const test::Home home;
    write(home.path() / "pwfile", "");
    ::chmod((home.path() / "pwfile").c_str(), 0600);
    EXPECT_THAT(permission_warnings(home.path() / "pwfile"), testing::IsEmpty());
    for (const mode_t mode : {0604U, 0602U, 0601U}) {
        ::chmod((home.path() / "pwfile").c_str(), mode);
        EXPECT_THAT(permission_warnings(home.path() / "pwfile"),
                    testing::ElementsAre(testing::HasSubstr("open to every account")));
    }
}

TEST(PasswordStore, warns_of_a_file_of_another_account) {
    const test::Home home;
    write(home.path() / "pwfile", "");
    ::chmod((home.path() / "pwfile").c_str(), 0640);
    if (::chown((home.path() / "pwfile").c_str(), 12345, 12345) != 0) {
        GTEST_SKIP() << "only root can give a file away";
    }
    EXPECT_THAT(permission_warnings(home.path() / "pwfile"),
                testing::ElementsAre(testing::HasSubstr("belongs to user 12345"),
                                     testing::HasSubstr("open to group 12345")));
}

}  // namespace
}  // namespace mq::broker
