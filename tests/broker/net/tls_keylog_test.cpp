#include "broker/net/tls_keylog.hpp"

#include "tests/broker/net/certificates.hpp"
#include "tests/broker/net/running_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::broker::test {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

/// Where secrets may be written to, and where not.
class KeylogFile : public testing::Test {
 protected:
    [[nodiscard]] std::string content() const {
        std::ifstream file(path);
        return {std::istreambuf_iterator<char>(file), {}};
    }
    [[nodiscard]] unsigned mode() const {
        struct stat status {};
        EXPECT_EQ(::stat(path.c_str(), &status), 0);
        return status.st_mode & 07777U;
    }
    std::string problem() {
        const auto opened = TlsKeylog::open(path, log);
        return opened ? "none" : opened.error().what;
    }

    const Folder folder;
    const std::string path = folder.path("keys");
    ListLog log;
};

TEST_F(KeylogFile, IsMadeForTheOwnerAloneWithAWarning) {
    const auto opened = TlsKeylog::open(path, log);
    ASSERT_TRUE(opened);
    EXPECT_EQ(mode(), 0600U);
    EXPECT_THAT(log.lines(), ElementsAre(HasSubstr("TLS IS NOT PRIVATE")));
    (*opened)->write("CLIENT_RANDOM 1 2");
    (*opened)->write("CLIENT_RANDOM 3 4");
    EXPECT_EQ(content(), "CLIENT_RANDOM 1 2\nCLIENT_RANDOM 3 4\n");
}

TEST_F(KeylogFile, IsAppendedToAndTakenFromOthers) {
    folder.write("keys", "before\n");
    ASSERT_EQ(::chmod(path.c_str(), 0644), 0);
    const auto opened = TlsKeylog::open(path, log);
    ASSERT_TRUE(opened);
    (*opened)->write("behind");
    EXPECT_EQ(content(), "before\nbehind\n");
    EXPECT_EQ(mode(), 0600U);
}

TEST_F(KeylogFile, IsNoLinkAndNothingOdd) {
    const std::string target = folder.write("target", "");
    ASSERT_EQ(::symlink(target.c_str(), path.c_str()), 0);
    EXPECT_EQ(problem(), "Error: --tls-keylog " + path + " is no plain file.");
    std::filesystem::remove(path);
    ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0);
    EXPECT_EQ(problem(), "Error: --tls-keylog " + path + " is no plain file.");
    std::filesystem::remove(path);
    std::filesystem::create_directory(path);
    EXPECT_THAT(problem(), HasSubstr("Error: cannot write --tls-keylog " + path));
    EXPECT_THAT(log.lines(), testing::IsEmpty());
}

TEST_F(KeylogFile, WhatCannotBeWrittenIsSaidOnce) {
    const auto opened = TlsKeylog::open(path, log);
    ASSERT_TRUE(opened);
    log.forget();
    rlimit before{};
    ASSERT_EQ(::getrlimit(RLIMIT_FSIZE, &before), 0);
    const rlimit none{0, before.rlim_max};
    const auto handler = std::signal(SIGXFSZ, SIG_IGN);
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &none), 0);
    (*opened)->write("lost");
    (*opened)->write("lost");
    ASSERT_EQ(::setrlimit(RLIMIT_FSIZE, &before), 0);
    std::signal(SIGXFSZ, handler);
    EXPECT_THAT(log.lines(),
                ElementsAre("Error: cannot write --tls-keylog " + path + ": File too large."));
}

}  // namespace
}  // namespace mq::broker::test
