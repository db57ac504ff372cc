#include "installer/prefix/manifest.hpp"

#include "installer/prefix/lock.hpp"
#include "tests/support/home.hpp"

#include <gtest/gtest.h>

#include <sys/wait.h>
#include <unistd.h>

namespace mq::installer {
namespace {

using test::Home;

TEST(Manifest, ReadsWhatItWrites) {
    const Home home;
    const Layout layout{home.path()};
    home.write("state/x", "");
    Manifest manifest;
    manifest.version = "2.0.0";
    manifest.parent = "1.0.0";
    manifest.parents = {{"2.0.0", "1.0.0"}};
    manifest.driver = "supervisord";
    manifest.supervisorctl = "ctl -c 'a b'";
    manifest.service = false;
    manifest.port = 40132;
    manifest.ws_port = 9002;
    manifest.profile_files = {"/home/a/.profile"};
    manifest.files = {{"bin/mqbroker", "abc"}};
    ASSERT_TRUE(save_manifest(layout, manifest));
    const auto read = load_manifest(layout);
    ASSERT_TRUE(read) << read.error().text();
    EXPECT_EQ(read->version, manifest.version);
    EXPECT_EQ(read->parent, manifest.parent);
    EXPECT_EQ(read->parents, manifest.parents);
    EXPECT_EQ(read->driver, manifest.driver);
    EXPECT_EQ(read->supervisorctl, manifest.supervisorctl);
    EXPECT_EQ(read->service, manifest.service);
    EXPECT_EQ(read->port, manifest.port);
    EXPECT_EQ(read->ws_port, manifest.ws_port);
    EXPECT_EQ(read->profile_files, manifest.profile_files);
    EXPECT_EQ(read->files, manifest.files);
}

TEST(Manifest, IsMissingWithExitCode3) {
    const Home home;
    const auto read = load_manifest({home.path()});
    ASSERT_FALSE(read);
    EXPECT_EQ(read.error().exit_code, 3);
}

TEST(Manifest, MayHoldMoreThanThisVersionKnows) {
    const Home home;
    home.write("state/manifest.json", R"({"version":"9","shape":[1,{"round":true}]})");
    const auto read = load_manifest({home.path()});
    ASSERT_TRUE(read);
    EXPECT_EQ(read->version, "9");
}

TEST(Manifest, ThatIsDamagedIsAProblem) {
    const Home home;
    for (const char* text : {"", "{", "[]", "{}", R"({"version":5})"}) {
        home.write("state/manifest.json", text);
        EXPECT_FALSE(load_manifest({home.path()})) << text;
    }
}

TEST(Lock, KeepsASecondOneOutAndNamesItsOwner) {
    const Home home;
    const Layout layout{home.path() / "prefix"};
    const auto first = Lock::take(layout);
    ASSERT_TRUE(first) << first.error().text();
    const auto second = Lock::take(layout);
    ASSERT_FALSE(second);
    EXPECT_EQ(second.error().exit_code, 10);
    EXPECT_NE(second.error().what.find(std::to_string(::getpid())), std::string::npos);
}

TEST(Lock, EndsWithItsProcess) {
    const Home home;
    const Layout layout{home.path()};
    const pid_t child = ::fork();
    if (child == 0) {
        const auto lock = Lock::take(layout);
        ::_exit(lock ? 0 : 1);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    EXPECT_TRUE(Lock::take(layout));
}

}  // namespace
}  // namespace mq::installer
