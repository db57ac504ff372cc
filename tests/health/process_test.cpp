#include "installer/health/process.hpp"

#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

using namespace mq::installer;
using mq::test::Home;

TEST(BrokerProcesses, AreFoundByTheirProgramFile) {
    const Home home;
    const auto broker = home.path() / "versions/1.0.0/bin/mqbroker";
    std::filesystem::create_directories(broker.parent_path());
    std::filesystem::copy_file("/bin/sleep", broker);
    const pid_t pid = ::fork();
    ASSERT_GE(pid, 0);
    if (pid == 0) {
        ::execl(broker.c_str(), broker.c_str(), "1000", nullptr);
        ::_exit(127);
    }
    while (!is_broker_of(home.path(), pid) && ::waitpid(pid, nullptr, WNOHANG) == 0) {
        ::usleep(1000);
    }
    EXPECT_THAT(broker_processes(home.path()), testing::ElementsAre(pid));
    std::filesystem::remove(broker);
    EXPECT_TRUE(is_broker_of(home.path(), pid)) << "also when its file is gone";
    EXPECT_FALSE(is_broker_of(home.path() / "versions", pid));
    EXPECT_FALSE(is_broker_of(home.path(), ::getpid()));
    EXPECT_FALSE(is_broker_of(home.path(), 0));
    ::kill(pid, SIGKILL);
    ::waitpid(pid, nullptr, 0);
    EXPECT_THAT(broker_processes(home.path()), testing::IsEmpty());
}
