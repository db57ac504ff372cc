#include "base/file.hpp"

#include "base/unique_fd.hpp"
#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace mq {
namespace {

namespace fs = std::filesystem;
using testing::HasSubstr;

struct stat facts_of(const fs::path& path) {
    struct stat facts {};
    EXPECT_EQ(::lstat(path.c_str(), &facts), 0) << path;
    return facts;
}

unsigned mode_of(const fs::path& path) {
    return facts_of(path).st_mode & 07777U;
}

std::vector<std::string> names_in(const fs::path& directory) {
    std::vector<std::string> names;
    for (const auto& entry : fs::directory_iterator(directory)) {
        names.push_back(entry.path().filename());
    }
    std::sort(names.begin(), names.end());
    return names;
}

class FileTest : public testing::Test {
 protected:
    const test::Home home_;
    const fs::path file_ = home_.path() / "file";
};

using ReadFile = FileTest;
using ReplaceFile = FileTest;
using LinkTarget = FileTest;

TEST_F(ReadFile, refuses_a_pipe_instead_of_waiting_for_a_writer) {
    ASSERT_EQ(::mkfifo(file_.c_str(), 0600), 0);
    EXPECT_EQ(read_file(file_).error().what,
              "cannot read " + file_.string() + ": it is a pipe and no file");
}

TEST_F(ReadFile, gives_all_bytes) {
    for (const std::string& content :
         {std::string(), std::string("a\0\r\n\xFF", 5), std::string(50'000, 'x')}) {
        home_.write("file", content);
        EXPECT_EQ(read_file(file_).value(), content);
    }
}

TEST_F(ReadFile, refuses_more_than_the_limit) {
    home_.write("file", std::string(100, 'x'));
    EXPECT_TRUE(read_file(file_, 100));
    const auto read = read_file(file_, 99);
    ASSERT_FALSE(read);
    EXPECT_THAT(read.error().what, HasSubstr("larger than 99 bytes"));
}

TEST_F(ReadFile, names_the_path_and_the_reason) {
    EXPECT_EQ(read_file(file_).error().what,
              "cannot open " + file_.string() + ": No such file or directory");
    EXPECT_EQ(read_file(home_.path()).error().what,
              "cannot read " + home_.path().string() + ": Is a directory");
}

TEST_F(ReplaceFile, new_file_has_the_mode_that_is_asked_for) {
    const mode_t old_mask = ::umask(077);
    ASSERT_TRUE(replace_file(file_, "one"));
    ASSERT_TRUE(replace_file(home_.path() / "public", "two", 0644));
    ::umask(old_mask);
    EXPECT_EQ(read_file(file_).value(), "one");
    EXPECT_EQ(mode_of(file_), 0600U);
    EXPECT_EQ(mode_of(home_.path() / "public"), 0644U) << "whatever the umask";
}

TEST_F(ReplaceFile, existing_file_keeps_its_mode_and_is_another_file) {
    home_.write("file", "old");
    ASSERT_EQ(::chmod(file_.c_str(), 0640), 0);
    const auto old = facts_of(file_);
    ASSERT_TRUE(replace_file(file_, "new", 0600));
    EXPECT_EQ(mode_of(file_), 0640U);
    EXPECT_NE(facts_of(file_).st_ino, old.st_ino) << "never written in place";
    EXPECT_EQ(read_file(file_).value(), "new");
    EXPECT_THAT(names_in(home_.path()), testing::ElementsAre("file"));
}

TEST_F(ReplaceFile, existing_file_keeps_its_owner) {
    home_.write("file", "old");
    if (::chown(file_.c_str(), 12345, 23456) != 0) {
        GTEST_SKIP() << "only root can give a file away";
    }
    ASSERT_TRUE(replace_file(file_, "new"));
    EXPECT_EQ(facts_of(file_).st_uid, 12345U);
    EXPECT_EQ(facts_of(file_).st_gid, 23456U);
}

TEST_F(ReplaceFile, other_names_of_the_old_file_keep_the_old_content) {
    home_.write("file", "old");
    fs::create_hard_link(file_, home_.path() / "other");
    ASSERT_TRUE(replace_file(file_, "new"));
    EXPECT_EQ(home_.read("other"), "old");
}

TEST_F(ReplaceFile, writes_through_links) {
    fs::create_directory(home_.path() / "etc");
    home_.write("etc/real", "old");
    fs::create_symlink("etc/real", home_.path() / "relative");
    fs::create_symlink(home_.path() / "relative", home_.path() / "absolute");
    ASSERT_TRUE(replace_file(home_.path() / "absolute", "new"));
    EXPECT_TRUE(fs::is_symlink(home_.path() / "absolute"));
    EXPECT_TRUE(fs::is_symlink(home_.path() / "relative"));
    EXPECT_EQ(home_.read("etc/real"), "new");
    EXPECT_THAT(names_in(home_.path() / "etc"), testing::ElementsAre("real"));
}

TEST_F(ReplaceFile, dangling_link_gets_its_target) {
    fs::create_directory(home_.path() / "etc");
    fs::create_symlink("etc/real", home_.path() / "link");
    ASSERT_TRUE(replace_file(home_.path() / "link", "new"));
    EXPECT_TRUE(fs::is_symlink(home_.path() / "link"));
    EXPECT_EQ(home_.read("etc/real"), "new");
}

TEST_F(ReplaceFile, file_in_the_current_directory_needs_no_path) {
    const fs::path before = fs::current_path();
    fs::current_path(home_.path());
    const auto replaced = replace_file("file", "new");
    fs::current_path(before);
    ASSERT_TRUE(replaced) << replaced.error().what;
    EXPECT_EQ(home_.read("file"), "new");
}

TEST_F(ReplaceFile, missing_directory_is_a_problem_that_names_the_path) {
    const fs::path path = home_.path() / "nowhere" / "file";
    const auto replaced = replace_file(path, "new");
    ASSERT_FALSE(replaced);
    EXPECT_THAT(replaced.error().what, HasSubstr(path.string()));
    EXPECT_THAT(replaced.error().what, HasSubstr("No such file or directory"));
    EXPECT_THAT(names_in(home_.path()), testing::IsEmpty());
}

TEST_F(ReplaceFile, directory_is_not_replaced) {
    fs::create_directory(file_);
    EXPECT_FALSE(replace_file(file_, "new"));
    EXPECT_TRUE(fs::is_directory(file_));
    EXPECT_THAT(names_in(home_.path()), testing::ElementsAre("file"));
}

TEST_F(ReplaceFile, directory_that_must_not_be_written_leaves_the_file) {
    if (::geteuid() == 0) {
        GTEST_SKIP() << "root may write everywhere";
    }
    home_.write("file", "old");
    fs::permissions(home_.path(), fs::perms::owner_read | fs::perms::owner_exec);
    const auto replaced = replace_file(file_, "new");
    fs::permissions(home_.path(), fs::perms::owner_all);
    ASSERT_FALSE(replaced);
    EXPECT_THAT(replaced.error().what, HasSubstr("Permission denied"));
    EXPECT_EQ(home_.read("file"), "old");
}

/// Files may not grow beyond this while the object lives.
class FileSizeLimit {
 public:
    explicit FileSizeLimit(rlim_t bytes) {
        std::signal(SIGXFSZ, SIG_IGN);
        ::getrlimit(RLIMIT_FSIZE, &old_);
        const rlimit limit{bytes, old_.rlim_max};
        ::setrlimit(RLIMIT_FSIZE, &limit);
    }
    ~FileSizeLimit() { ::setrlimit(RLIMIT_FSIZE, &old_); }
    FileSizeLimit(const FileSizeLimit&) = delete;
    FileSizeLimit& operator=(const FileSizeLimit&) = delete;

 private:
    rlimit old_{};
};

TEST_F(ReplaceFile, write_that_fails_half_way_leaves_the_old_file_and_no_litter) {
    home_.write("file", "old");
    Outcome<void> replaced;
    {
        const FileSizeLimit limit(1000);
        replaced = replace_file(file_, std::string(5000, 'x'));
    }
    ASSERT_FALSE(replaced);
    EXPECT_THAT(replaced.error().what, HasSubstr("File too large"));
    EXPECT_EQ(home_.read("file"), "old");
    EXPECT_THAT(names_in(home_.path()), testing::ElementsAre("file"));
}

/// A file system of 64 KiB; gone with the object.
class TinyFileSystem {
 public:
    explicit TinyFileSystem(fs::path place) : place_(std::move(place)) {
        error_ = ::mount("none", place_.c_str(), "tmpfs", 0, "size=64k") == 0 ? 0 : errno;
    }
    ~TinyFileSystem() {
        if (error_ == 0) {
            ::umount2(place_.c_str(), MNT_DETACH);
        }
    }
    TinyFileSystem(const TinyFileSystem&) = delete;
    TinyFileSystem& operator=(const TinyFileSystem&) = delete;

    [[nodiscard]] int error() const { return error_; }

 private:
    fs::path place_;
    int error_;
};

TEST_F(ReplaceFile, full_file_system_leaves_the_old_file_and_no_litter) {
    const TinyFileSystem tiny(home_.path());
    if (tiny.error() != 0) {
        GTEST_SKIP() << "cannot mount a small tmpfs here: " << std::strerror(tiny.error());
    }
    ASSERT_TRUE(replace_file(file_, std::string(10'000, 'a')));
    const auto replaced = replace_file(file_, std::string(100'000, 'b'));
    ASSERT_FALSE(replaced);
    EXPECT_THAT(replaced.error().what, HasSubstr("No space left on device"));
    EXPECT_EQ(read_file(file_).value(), std::string(10'000, 'a'));
    EXPECT_THAT(names_in(home_.path()), testing::ElementsAre("file"));
    EXPECT_TRUE(replace_file(file_, std::string(10'000, 'c'))) << "there is room for that";
}

TEST_F(ReplaceFile, readers_see_the_old_or_the_new_file_only) {
    const std::string contents[] = {std::string(30'000, 'a'), std::string(20'000, 'b')};
    home_.write("file", contents[0]);
    std::atomic<bool> stop{false};
    std::thread writer([&] {
        for (std::size_t i = 0; !stop; ++i) {
            EXPECT_TRUE(replace_file(file_, contents[i % 2]));
        }
    });
    for (int i = 0; i < 500; ++i) {
        const std::string seen = read_file(file_).value();
        EXPECT_TRUE(seen == contents[0] || seen == contents[1]) << seen.size() << " bytes";
    }
    stop = true;
    writer.join();
}

TEST_F(ReplaceFile, killed_writer_leaves_the_old_or_the_new_file) {
    const std::string contents[] = {std::string(200'000, 'a'), std::string(100'000, 'b')};
    for (int round = 0; round < 20; ++round) {
        home_.write("file", contents[0]);
        int ready[2];
        ASSERT_EQ(::pipe(ready), 0);
        const pid_t writer = ::fork();
        if (writer == 0) {
            for (std::size_t i = 1;; ++i) {
                if (!replace_file(file_, contents[i % 2]) || ::write(ready[1], "x", 1) != 1) {
                    ::_exit(1);
                }
            }
        }
        const UniqueFd ready_to_read(ready[0]);
        const UniqueFd ready_to_write(ready[1]);
        char mark = 0;
        ASSERT_EQ(::read(ready_to_read.get(), &mark, 1), 1);
        ::kill(writer, SIGKILL);
        ::waitpid(writer, nullptr, 0);
        const std::string seen = read_file(file_).value();
        ASSERT_TRUE(seen == contents[0] || seen == contents[1]) << seen.size() << " bytes";
    }
}

TEST_F(LinkTarget, ends_at_what_is_no_link) {
    home_.write("file", "");
    fs::create_symlink("file", home_.path() / "one");
    fs::create_symlink("one", home_.path() / "two");
    fs::create_symlink("nothing", home_.path() / "dangling");
    EXPECT_EQ(link_target(file_), file_);
    EXPECT_EQ(link_target(home_.path() / "two"), file_);
    EXPECT_EQ(link_target(home_.path() / "dangling"), home_.path() / "nothing");
    EXPECT_EQ(link_target(home_.path() / "missing"), home_.path() / "missing");
}

TEST_F(LinkTarget, circle_yields_its_first_link) {
    fs::create_symlink("b", home_.path() / "a");
    fs::create_symlink("a", home_.path() / "b");
    EXPECT_EQ(link_target(home_.path() / "a"), home_.path() / "a");
    EXPECT_FALSE(read_file(home_.path() / "a"));
    EXPECT_FALSE(replace_file(home_.path() / "a", "new"));
    EXPECT_TRUE(fs::is_symlink(home_.path() / "a"));
}

TEST(SyncDirectory, missing_directory_is_a_problem) {
    const test::Home home;
    EXPECT_TRUE(sync_directory(home.path()));
    const auto synced = sync_directory(home.path() / "nowhere");
    ASSERT_FALSE(synced);
    EXPECT_THAT(synced.error().what, HasSubstr((home.path() / "nowhere").string()));
}

}  // namespace
}  // namespace mq
