#include "broker/net/unix_socket.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

namespace mq::broker::test {
namespace {

namespace fs = std::filesystem;

class UnixSocketFile : public ::testing::Test {
 protected:
    UnixSocketFile() {
        std::string name = (fs::temp_directory_path() / "mqunix-XXXXXX").string();
        folder_ = ::mkdtemp(name.data());
        path_ = (folder_ / "s").string();
    }
    ~UnixSocketFile() override { fs::remove_all(folder_); }

    /// errno of a connection attempt; 0 when somebody listens.
    [[nodiscard]] int connect() const {
        const UniqueFd client(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        std::memcpy(address.sun_path, path_.c_str(), path_.size() + 1);
        const auto* generic = reinterpret_cast<const sockaddr*>(&address);
        return ::connect(client.get(), generic, sizeof address) == 0 ? 0 : errno;
    }
    [[nodiscard]] unsigned mode() const {
        struct stat status {};
        EXPECT_EQ(::lstat(path_.c_str(), &status), 0);
        return status.st_mode & 07777U;
    }
    [[nodiscard]] std::string problem() const {
        const auto made = listen_on_path(path_, 0600);
        return made ? "none" : made.error().text();
    }
    /// As a broker that was killed leaves it.
    void leave_socket() const {
        auto made = listen_on_path(path_, 0600);
        ASSERT_TRUE(made);
        fs::rename(path_, path_ + ".kept");
        made = Problem{"", ""};
        fs::rename(path_ + ".kept", path_);
        ASSERT_EQ(connect(), ECONNREFUSED);
    }

    fs::path folder_;
    std::string path_;
};

TEST_F(UnixSocketFile, ListensAndGoesAway) {
    {
        const auto made = listen_on_path(path_, 0660);
        ASSERT_TRUE(made) << made.error().text();
        EXPECT_EQ(connect(), 0);
    }
    EXPECT_FALSE(fs::exists(path_));
}

TEST_F(UnixSocketFile, HasExactlyTheModeWhateverTheUmask) {
    for (const mode_t mask : {0U, 022U, 077U}) {
        for (const std::uint16_t wanted : std::initializer_list<std::uint16_t>{0600, 0660, 0777}) {
            const mode_t before = ::umask(mask);
            const auto made = listen_on_path(path_, wanted);
            ::umask(before);
            ASSERT_TRUE(made);
            EXPECT_EQ(mode(), wanted) << mask;
        }
    }
}

TEST_F(UnixSocketFile, SocketOfAKilledBrokerIsReplaced) {
    leave_socket();
    const auto made = listen_on_path(path_, 0600);
    ASSERT_TRUE(made) << made.error().text();
    EXPECT_EQ(connect(), 0);
}

TEST_F(UnixSocketFile, SocketInUseIsLeftAlone) {
    const auto first = listen_on_path(path_, 0600);
    ASSERT_TRUE(first);
    EXPECT_NE(problem().find("another program listens there"), std::string::npos) << problem();
    EXPECT_EQ(connect(), 0);
}

TEST_F(UnixSocketFile, OtherFilesAreLeftAlone) {
    std::ofstream(path_) << "precious";
    EXPECT_NE(problem().find("no socket"), std::string::npos) << problem();
    EXPECT_EQ(fs::file_size(path_), 8U);
    fs::remove(path_);
    fs::create_directory(path_);
    EXPECT_NE(problem().find("no socket"), std::string::npos) << problem();
    fs::remove(path_);
    fs::create_symlink("elsewhere", path_);
    EXPECT_NE(problem().find("no socket"), std::string::npos) << problem();
    EXPECT_TRUE(fs::is_symlink(path_));
}

TEST_F(UnixSocketFile, SocketOfAnotherUserIsLeftAlone) {
    if (::geteuid() != 0) {
        GTEST_SKIP() << "only root can give a file away";
    }
    leave_socket();
    ASSERT_EQ(::lchown(path_.c_str(), 12345, 12345), 0);
    EXPECT_NE(problem().find("belongs to user 12345"), std::string::npos) << problem();
    EXPECT_TRUE(fs::exists(path_));
}

TEST_F(UnixSocketFile, MissingFolderIsNamed) {
    path_ = (folder_ / "missing" / "s").string();
    EXPECT_NE(problem().find(path_ + ": No such file or directory"), std::string::npos)
        << problem();
}

TEST_F(UnixSocketFile, PathHasALimit) {
    path_ = (folder_ / std::string(107 - folder_.string().size() - 1, 'x')).string();
    ASSERT_EQ(path_.size(), 107U);
    EXPECT_EQ(problem(), "none");
    path_ += 'x';
    EXPECT_NE(problem().find("107 bytes"), std::string::npos);
    path_.clear();
    EXPECT_NE(problem().find("107 bytes"), std::string::npos);
    path_ = std::string("\0abstract", 9);
    EXPECT_NE(problem().find("107 bytes"), std::string::npos);
}

TEST_F(UnixSocketFile, FileOfALaterBrokerStays) {
    auto first = listen_on_path(path_, 0600);
    ASSERT_TRUE(first);
    fs::remove(path_);
    const auto second = listen_on_path(path_, 0600);
    ASSERT_TRUE(second);
    EXPECT_FALSE(first->file.set_mode(0666));
    first = Problem{"", ""};
    EXPECT_EQ(connect(), 0);
    EXPECT_EQ(mode(), 0600U);
}

TEST(UnixSocket, OurOwnProcessIsTrustedAndWhatIsNoSocketIsNot) {
    int fds[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    const UniqueFd one(fds[0]);
    const UniqueFd other(fds[1]);
    EXPECT_TRUE(is_peer_trusted(one.get()));
    ASSERT_EQ(::pipe(fds), 0);
    const UniqueFd read_end(fds[0]);
    const UniqueFd write_end(fds[1]);
    EXPECT_FALSE(is_peer_trusted(read_end.get()));
    EXPECT_FALSE(is_peer_trusted(-1));
}

TEST(UnixSocket, ProcessIsNamed) {
    int fds[2] = {-1, -1};
    ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM, 0, fds), 0);
    const UniqueFd one(fds[0]);
    const UniqueFd other(fds[1]);
    EXPECT_EQ(describe_process(one.get()),
              "process " + std::to_string(::getpid()) + " of user " + std::to_string(::geteuid()));
}

}  // namespace
}  // namespace mq::broker::test
