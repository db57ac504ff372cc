#include "supervisor/command.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

using namespace mq::supervisor;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::IsEmpty;

TEST(SplitCommand, SplitsAtBlanksOutsideQuotes) {
    EXPECT_THAT(split_command("supervisorctl -c '/home/a b/etc/s.conf'  -u \"x y\" ''"),
                ElementsAre("supervisorctl", "-c", "/home/a b/etc/s.conf", "-u", "x y", ""));
    EXPECT_THAT(split_command("  "), IsEmpty());
}

TEST(SplitCommand, MakesAProgramWithAPathAbsolute) {
    EXPECT_EQ(split_command("bin/ctl x").front().front(), '/');
}

TEST(RunCommand, KeepsOutputAndExitCode) {
    const auto ran = run_command({"sh", "-c", "echo out; echo err >&2; exit 3"}, seconds(20));
    ASSERT_TRUE(ran) << ran.error().text();
    EXPECT_EQ(ran->exit_code, 3);
    EXPECT_EQ(ran->output, "out\nerr\n");
}

TEST(RunCommand, RunsInTheRootDirectoryWithoutInput) {
    const auto ran = run_command({"sh", "-c", "pwd; cat"}, seconds(20));
    ASSERT_TRUE(ran) << ran.error().text();
    EXPECT_EQ(ran->output, "/\n");
}

TEST(RunCommand, AMissingProgramIsAProblem) {
    const auto ran = run_command({"/no/such/program"}, seconds(20));
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().exit_code, 4);
    EXPECT_THAT(ran.error().what, testing::HasSubstr("/no/such/program: No such file"));
}

TEST(RunCommand, EndsAProgramThatTakesTooLong) {
    const auto ran = run_command({"sh", "-c", "sleep 1000 & wait"}, std::chrono::milliseconds(50));
    ASSERT_FALSE(ran);
    EXPECT_EQ(ran.error().exit_code, 4);
    EXPECT_THAT(ran.error().what, testing::HasSubstr("did not end within"));
}

TEST(CommandExists, LooksInPath) {
    EXPECT_TRUE(command_exists("sh"));
    EXPECT_TRUE(command_exists("/bin/sh"));
    EXPECT_FALSE(command_exists("no-such-program-here"));
    EXPECT_FALSE(
        command_exists("/etc"
                       "/passwd"));
}
