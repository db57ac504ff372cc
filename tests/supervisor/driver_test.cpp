#include "supervisor/driver.hpp"

#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>

using namespace mq::supervisor;
using mq::test::Home;
using testing::HasSubstr;

namespace {

/// A stand-in for supervisorctl: prints and returns what the files `ACTION` of its folder say, and
/// notes each call. `ACTION.2` answers the second call and so on, where it is there.
constexpr const char* stand_in = R"sh(#!/bin/sh
dir=$(dirname "$0")
echo "$* (in $(pwd))" >> "$dir/calls"
count=$(cat "$dir/$1.count" 2>/dev/null || echo 0)
count=$((count + 1))
echo $count > "$dir/$1.count"
file=$dir/$1.$count
[ -e "$file" ] || file=$dir/$1
[ -e "$file" ] || exit 0
tail -n +2 "$file"
exit "$(head -n 1 "$file")"
)sh";

class SupervisordDriverTest : public testing::Test {
 protected:
    SupervisordDriverTest() { home.write("bin/supervisorctl", stand_in, true); }

    void answer(const std::string& action, int exit_code, const std::string& output) const {
        home.write("bin/" + action, std::to_string(exit_code) + "\n" + output);
    }
    [[nodiscard]] std::string calls() const {
        return home.has("bin/calls") ? home.read("bin/calls") : "";
    }

    [[nodiscard]] std::unique_ptr<Driver> driver(const std::string& name = "supervisord") const {
        auto made = make_driver(
            {home.path(), name, "'" + (home.path() / "bin/supervisorctl").string() + "'"});
        EXPECT_TRUE(made) << made.error().text();
        return std::move(*made);
    }
    [[nodiscard]] Service service() const {
        Service made;
        made.command = {home.path() / "mqhome/current/bin/mqbroker", "-c",
                        home.path() / "mqhome/etc/mosquitto.conf"};
        made.directory = home.path() / "mqhome";
        made.log_file = home.path() / "logs/mqhome.log";
        return made;
    }

    Home home{"a user %"};
    const std::string ini = "etc/services.d/mqhome.ini";
};

void expect_problem(const mq::Outcome<void>& outcome, int exit_code, const std::string& what) {
    ASSERT_FALSE(outcome);
    EXPECT_EQ(outcome.error().exit_code, exit_code) << outcome.error().text();
    EXPECT_THAT(outcome.error().text(), HasSubstr(what));
}

}  // namespace

TEST_F(SupervisordDriverTest, InstallWritesTheFileAndTellsTheManager) {
    answer("reread", 0, "mqhome: available\n");
    answer("update", 0, "mqhome: added process group\n");
    answer("status", 0, "mqhome   STARTING\n");
    answer("pid", 0, "77\n");
    const auto done = driver()->install(service());
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_THAT(home.read(ini), HasSubstr("\n[program:mqhome]\n"));
    EXPECT_TRUE(home.has("logs"));
    EXPECT_EQ(calls(),
              "reread (in /)\nupdate mqhome (in /)\nstatus mqhome (in /)\npid mqhome (in /)\n");
    EXPECT_EQ(driver()->file_state(service()), FileState::ours);
}

TEST_F(SupervisordDriverTest, ARefusedFileIsTakenAwayWithItsDirectories) {
    answer("reread", 1,
           "ERROR: CANT_REREAD: bad in section 'program:mqhome' (file: '" +
               (home.path() / ini).string() + "')\n");
    expect_problem(driver()->install(service()), 7, "refused");
    EXPECT_FALSE(home.has("etc"));
    EXPECT_FALSE(home.has("logs"));
}

TEST_F(SupervisordDriverTest, ARefusedChangePutsTheOldFileBack) {
    answer("status", 0, "mqhome RUNNING pid 5, uptime 0:00:09\n");
    ASSERT_TRUE(driver()->install(service()));
    const std::string before = home.read(ini);
    answer("reread", 1, "ERROR: CANT_REREAD: no\n");
    Service other = service();
    other.directory = "/elsewhere";
    expect_problem(driver()->install(other), 7, "is as it was");
    EXPECT_EQ(home.read(ini), before);
}

TEST_F(SupervisordDriverTest, ABrokenFileOfAnotherProgramIsNamed) {
    answer("reread", 1,
           "ERROR: CANT_REREAD: invalid literal for int() with base 10: '30s' in section "
           "'program:b' (file: '/home/u/etc/services.d/b.ini')\n");
    const auto done = driver()->install(service());
    expect_problem(done, 7, "/home/u/etc/services.d/b.ini, a file of another program");
    EXPECT_THAT(done.error().next, HasSubstr("Correct or move away /home/u/etc/services.d/b.ini"));
    EXPECT_FALSE(home.has(ini));
}

TEST_F(SupervisordDriverTest, AManagerThatDoesNotIncludeOurFolderIsReported) {
    answer("reread", 0, "No config updates to processes\n");
    answer("update", 1, "ERROR: no such group: mqhome\n");
    answer("status", 4, "mqhome: ERROR (no such group)\n");
    expect_problem(driver()->install(service()), 7, "must include");
    EXPECT_FALSE(home.has("etc"));
}

TEST_F(SupervisordDriverTest, AForeignFileUnderOurNameIsLeftAlone) {
    home.write(ini, "[program:mqhome]\ncommand=/bin/true\n");
    expect_problem(driver()->install(service()), 12, "was not written by mqinstall");
    EXPECT_EQ(home.read(ini), "[program:mqhome]\ncommand=/bin/true\n");
    EXPECT_EQ(driver()->file_state(service()), FileState::foreign);
    EXPECT_TRUE(driver()->remove("mqhome"));
    EXPECT_TRUE(home.has(ini));
    EXPECT_EQ(calls(), "");
}

TEST_F(SupervisordDriverTest, AnEditedFileIsKept) {
    answer("status", 0, "mqhome RUNNING pid 5, uptime 0:00:09\n");
    ASSERT_TRUE(driver()->install(service()));
    const std::string edited = home.read(ini) + "priority=5\n";
    home.write(ini, edited);
    EXPECT_EQ(driver()->file_state(service()), FileState::edited);
    Service other = service();
    other.directory = "/elsewhere";
    EXPECT_TRUE(driver()->install(other));
    EXPECT_EQ(home.read(ini), edited);
}

TEST_F(SupervisordDriverTest, RemoveStopsForgetsAndLeavesNoDirectory) {
    answer("status", 0, "mqhome RUNNING pid 5, uptime 0:00:09\n");
    ASSERT_TRUE(driver()->install(service()));
    home.write("bin/status.2", "0\nmqhome RUNNING pid 5, uptime 0:00:09\n");
    home.write("bin/status.3", "3\nmqhome STOPPED Nov 22 05:10 PM\n");
    home.write("bin/status.4", "4\nmqhome: ERROR (no such group)\n");
    answer("stop", 0, "mqhome: stopped\n");
    home.write("bin/calls", "");
    const auto done = driver()->remove("mqhome");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_FALSE(home.has("etc"));
    EXPECT_EQ(
        calls(),
        "status mqhome (in /)\nstop mqhome (in /)\nstatus mqhome (in /)\nremove mqhome (in /)\n"
        "reread (in /)\nstatus mqhome (in /)\n");
}

TEST_F(SupervisordDriverTest, RemoveKeepsDirectoriesThatWereThere) {
    home.write("etc/services.d/other.ini", "");
    answer("status", 0, "mqhome RUNNING pid 5, uptime 0:00:09\n");
    ASSERT_TRUE(driver()->install(service()));
    answer("status", 4, "mqhome: ERROR (no such group)\n");
    ASSERT_TRUE(driver()->remove("mqhome"));
    EXPECT_FALSE(home.has(ini));
    EXPECT_TRUE(home.has("etc/services.d/other.ini"));
    EXPECT_TRUE(driver()->remove("mqhome")) << "a second time";
}

TEST_F(SupervisordDriverTest, RemoveKeepsAnEditedFileBeside) {
    answer("status", 0, "mqhome RUNNING pid 5, uptime 0:00:09\n");
    ASSERT_TRUE(driver()->install(service()));
    home.write(ini, home.read(ini) + "priority=5\n");
    answer("status", 4, "mqhome: ERROR (no such group)\n");
    ASSERT_TRUE(driver()->remove("mqhome"));
    EXPECT_FALSE(home.has(ini));
    EXPECT_THAT(home.read(ini + ".edited"), HasSubstr("priority=5"));
}

struct StartCase {
    const char* start;
    int exit_code;
    const char* status;
    int problem;  // 0: none
    const char* what;
};

class StartTest : public SupervisordDriverTest, public testing::WithParamInterface<StartCase> {};

TEST_P(StartTest, BelievesTheStateWordOnly) {
    answer("start", GetParam().exit_code, GetParam().start);
    answer("status", 0, GetParam().status);
    const auto done = driver()->start("mqhome");
    if (GetParam().problem == 0) {
        EXPECT_TRUE(done) << done.error().text();
    } else {
        expect_problem(done, GetParam().problem, GetParam().what);
    }
}

INSTANTIATE_TEST_SUITE_P(
    Outputs, StartTest,
    testing::Values(
        StartCase{"mqhome: started\n", 0, "mqhome RUNNING pid 5, uptime 0:00:05\n", 0, ""},
        StartCase{"mqhome: ERROR (already started)\n", 0, "mqhome RUNNING pid 5, uptime 0:01:05\n",
                  0, ""},
        StartCase{"mqhome: started\n", 0, "mqhome FATAL Exited too quickly\n", 7,
                  "does not start: fatal, Exited too quickly"},
        StartCase{"mqhome: ERROR (spawn error)\n", 7, "mqhome FATAL Exited too quickly\n", 7,
                  "does not start"},
        StartCase{"mqhome: ERROR (no such file)\n", 1, "mqhome FATAL can't find command '/x'\n", 7,
                  "can't find command"},
        StartCase{"mqhome: ERROR (no such process)\n", 1, "mqhome: ERROR (no such group)\n", 7,
                  "does not know mqhome"},
        StartCase{"unix:///run/supervisor.sock no such file\n", 4, "", 4, "cannot be reached"},
        StartCase{"unix:///run/supervisor.sock refused connection\n", 4, "", 4,
                  "cannot be reached"},
        StartCase{"Server requires authentication\n", 1, "", 4, "cannot be reached"}));

TEST_F(SupervisordDriverTest, StartWaitsWhileTheManagerTriesAgain) {
    answer("start", 0, "mqhome: ERROR (already started)\n");
    home.write("bin/status.1", "0\nmqhome BACKOFF Exited too quickly\n");
    home.write("bin/status.2", "0\nmqhome STARTING\n");
    home.write("bin/status.3", "0\nmqhome RUNNING pid 5, uptime 0:00:05\n");
    EXPECT_TRUE(driver()->start("mqhome"));
}

TEST_F(SupervisordDriverTest, AFurtherTryIsNoStart) {
    answer("start", 0, "mqhome: ERROR (already started)\n");
    home.write("bin/status.1", "0\nmqhome STARTING\n");
    answer("status", 0, "mqhome FATAL Exited too quickly\n");
    expect_problem(driver()->start("mqhome"), 7, "does not start: fatal");
}

TEST_F(SupervisordDriverTest, StopOfWhatDoesNotRunIsNoProblem) {
    answer("stop", 0, "mqhome: ERROR (not running)\n");
    answer("status", 3, "mqhome STOPPED Not started\n");
    EXPECT_TRUE(driver()->stop("mqhome"));
}

TEST_F(SupervisordDriverTest, RestartStopsThenStarts) {
    answer("stop", 0, "mqhome: stopped\n");
    answer("start", 0, "mqhome: started\n");
    home.write("bin/status.1", "3\nmqhome STOPPED Nov 22 05:10 PM\n");
    answer("status", 0, "mqhome RUNNING pid 5, uptime 0:00:05\n");
    EXPECT_TRUE(driver()->restart("mqhome"));
    EXPECT_EQ(
        calls(),
        "stop mqhome (in /)\nstatus mqhome (in /)\nstart mqhome (in /)\nstatus mqhome (in /)\n");
}

TEST_F(SupervisordDriverTest, StatusAsksForThePidWhileStarting) {
    answer("status", 0, "mqhome STARTING\n");
    answer("pid", 0, "4711\n");
    const auto status = driver()->status("mqhome");
    ASSERT_TRUE(status);
    EXPECT_EQ(status->state, State::starting);
    EXPECT_EQ(status->pid, 4711);
}

TEST_F(SupervisordDriverTest, WaitUntilReturnsTheLastStatusWhenTimeIsUp) {
    answer("status", 0, "mqhome STARTING\n");
    const auto status = driver()->wait_until(
        "mqhome", [](const Status& s) { return s.state == State::running; },
        std::chrono::milliseconds(1));
    ASSERT_TRUE(status);
    EXPECT_EQ(status->state, State::starting);
}

TEST_F(SupervisordDriverTest, AutoTakesSupervisordWhereItAnswers) {
    answer("pid", 0, "4711\n");
    EXPECT_EQ(driver("auto")->name(), "supervisord");
    answer("pid", 4, "unix:///run/supervisor.sock no such file\n");
    EXPECT_EQ(driver("auto")->name(), "none");
}

TEST_F(SupervisordDriverTest, AutoTakesUberspaceWhereItsCommandIs) {
    home.write("path/uberspace", "#!/bin/sh\n", true);
    const std::string path = std::getenv("PATH");
    ::setenv("PATH", ((home.path() / "path").string() + ":" + path).c_str(), 1);
    const auto made = driver("auto");
    ::setenv("PATH", path.c_str(), 1);
    EXPECT_EQ(made->name(), "uberspace7");
    EXPECT_EQ(made->remaining_commands(service(), 1883, 9001).front(),
              "uberspace web backend set / --http --port 9001");
}

TEST(MakeDriver, RefusesAnUnknownName) {
    const auto made = make_driver({"/home/u", "systemd", "supervisorctl"});
    ASSERT_FALSE(made);
    EXPECT_EQ(made.error().exit_code, 2);
}

TEST(NoneDriver, RefusesToStartAndSaysHowToRunByHand) {
    const auto driver = std::move(*make_driver({"/home/u", "none", "supervisorctl"}));
    Service service;
    service.command = {"/home/a b/bin/mqbroker", "-c", "/home/a b/etc/mosquitto.conf"};
    expect_problem(driver->start("mqhome"), 7, "no service manager");
    EXPECT_TRUE(driver->install(service));
    EXPECT_EQ(driver->remaining_commands(service, 1883, 9001).front(),
              "'/home/a b/bin/mqbroker' -c '/home/a b/etc/mosquitto.conf'");
}
