#include "installer/plan/runner.hpp"

#include "tests/support/home.hpp"

#include <gtest/gtest.h>

#include <csignal>
#include <cstdlib>
#include <sys/wait.h>
#include <unistd.h>

namespace mq::installer {
namespace {

using test::Home;

constexpr int steps_before_commit = 4;

/// A plan that writes the files s1 to s4, each in two halves, so that a kill can leave a half; then
/// commits by writing `committed`, and clean-up removes `scratch`.
class World {
 public:
    explicit World(const Home& home) : home_(home) {}

    int fail_at = 0;      ///< step that fails half-way, from 1; 0: none
    int cannot_undo = 0;  ///< step that cannot be undone
    bool forward_only = false;
    std::vector<std::string> events;

    [[nodiscard]] std::filesystem::path journal() const { return home_.path() / "journal"; }

    Plan plan() {
        Plan plan{"install", {{"to", "1"}}, {}, forward_only};
        for (int number = 1; number <= steps_before_commit; ++number) {
            plan.steps.push_back(file_step(number));
        }
        Step commit{"commit", "commit",
                    [this] {
                        home_.write("committed", "yes");
                        home_.write("scratch", "left");
                        return Outcome<void>{};
                    },
                    [this] {
                        std::filesystem::remove(home_.path() / "committed");
                        std::filesystem::remove(home_.path() / "scratch");
                        return Outcome<void>{};
                    },
                    true};
        plan.steps.push_back(commit);
        plan.steps.push_back({"clean-up",
                              "clean-up",
                              [this] {
                                  std::filesystem::remove(home_.path() / "scratch");
                                  return Outcome<void>{};
                              },
                              {}});
        return plan;
    }

    [[nodiscard]] bool is_old() const {
        bool old = !home_.has("committed") && !home_.has("scratch");
        for (int number = 1; number <= steps_before_commit; ++number) {
            old = old && !home_.has(name_of(number)) && !home_.has(name_of(number) + ".half");
        }
        return old;
    }
    [[nodiscard]] bool is_new() const {
        bool now = home_.has("committed") && !home_.has("scratch");
        for (int number = 1; number <= steps_before_commit; ++number) {
            now = now && home_.has(name_of(number)) && !home_.has(name_of(number) + ".half");
        }
        return now;
    }

 private:
    static std::string name_of(int number) { return "s" + std::to_string(number); }

    Step file_step(int number) {
        const std::string name = name_of(number);
        return {name, "write " + name,
                [this, number, name]() -> Outcome<void> {
                    events.push_back("do " + name);
                    home_.write(name + ".half", "half");
                    if (number == fail_at) {
                        return Problem{name + " fails", ""};
                    }
                    home_.write(name, "whole");
                    std::filesystem::remove(home_.path() / (name + ".half"));
                    return {};
                },
                [this, number, name]() -> Outcome<void> {
                    events.push_back("undo " + name);
                    if (number == cannot_undo) {
                        return Problem{name + " cannot be undone", ""};
                    }
                    std::filesystem::remove(home_.path() / (name + ".half"));
                    std::filesystem::remove(home_.path() / name);
                    return {};
                }};
    }

    const Home& home_;
};

/// Runs the plan in a child that kills itself at `where`. True when it did.
bool run_killed(const Home& home, const std::string& where, int fail_at = 0) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::setenv("MQINSTALL_TEST_KILL_AFTER", where.c_str(), 1);
        World world(home);
        world.fail_at = fail_at;
        [[maybe_unused]] const auto run = run_plan(world.plan(), world.journal(), {});
        ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

Run recover(World& world) {
    const auto record = Journal::read(world.journal());
    EXPECT_TRUE(record && *record && !(*record)->finished);
    return recover_plan(world.plan(), **record, world.journal(), {});
}

TEST(Runner, PerformsEveryStepInOrder) {
    const Home home;
    World world(home);
    EXPECT_TRUE(run_plan(world.plan(), world.journal(), {}));
    EXPECT_TRUE(world.is_new());
    EXPECT_EQ(world.events, (std::vector<std::string>{"do s1", "do s2", "do s3", "do s4"}));
    EXPECT_TRUE((*Journal::read(world.journal()))->finished);
}

TEST(Runner, UndoesWhatWasBegunWhenAStepFails) {
    for (int step = 1; step <= steps_before_commit; ++step) {
        const Home home;
        World world(home);
        world.fail_at = step;
        const auto run = run_plan(world.plan(), world.journal(), {});
        ASSERT_FALSE(run);
        EXPECT_EQ(run.error().step, "s" + std::to_string(step));
        EXPECT_EQ(run.error().left, Leftover::nothing);
        EXPECT_TRUE(world.is_old()) << step;
        EXPECT_TRUE((*Journal::read(world.journal()))->finished);
    }
}

TEST(Runner, UndoesInReverseOrder) {
    const Home home;
    World world(home);
    world.fail_at = 3;
    ASSERT_FALSE(run_plan(world.plan(), world.journal(), {}));
    EXPECT_EQ(world.events, (std::vector<std::string>{"do s1", "do s2", "do s3", "undo s3",
                                                      "undo s2", "undo s1"}));
}

TEST(Runner, TellsWhatCannotBeUndoneAndUndoesTheRest) {
    const Home home;
    World world(home);
    world.fail_at = 3;
    world.cannot_undo = 2;
    const auto run = run_plan(world.plan(), world.journal(), {});
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().left, Leftover::undo_failed);
    EXPECT_NE(run.error().undo_problem.find("s2 cannot be undone"), std::string::npos);
    EXPECT_FALSE(home.has("s1"));
    EXPECT_FALSE((*Journal::read(world.journal()))->finished);
    world.cannot_undo = 0;
    EXPECT_TRUE(recover(world));
    EXPECT_TRUE(world.is_old());
}

TEST(Runner, UndoesWhenInterrupted) {
    const Home home;
    World world(home);
    RunEvents events;
    int asked = 0;
    events.interrupted = [&] { return ++asked == 3; };
    const auto run = run_plan(world.plan(), world.journal(), events);
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().problem.exit_code, 130);
    EXPECT_TRUE(world.is_old());
}

TEST(Runner, LeavesAPlanThatGoesForwardUnfinishedWhenAStepFails) {
    const Home home;
    World world(home);
    world.forward_only = true;
    world.fail_at = 3;
    const auto run = run_plan(world.plan(), world.journal(), {});
    ASSERT_FALSE(run);
    EXPECT_EQ(run.error().left, Leftover::unfinished);
    EXPECT_TRUE(home.has("s2"));
    world.fail_at = 0;
    EXPECT_TRUE(recover(world));
    EXPECT_TRUE(world.is_new());
}

TEST(Recovery, AfterAKillAtAnyStepEndsInTheOldOrTheNewState) {
    for (int step = 1; step <= steps_before_commit + 2; ++step) {
        for (const char* when : {"before", "after"}) {
            const Home home;
            const std::string where = std::to_string(step) + ":" + when;
            ASSERT_TRUE(run_killed(home, where)) << where;
            World world(home);
            EXPECT_TRUE(recover(world)) << where;
            const bool committed = step > steps_before_commit + 1 ||
                                   (step == steps_before_commit + 1 && when[0] == 'a');
            EXPECT_TRUE(committed ? world.is_new() : world.is_old()) << where;
            EXPECT_TRUE((*Journal::read(world.journal()))->finished) << where;
        }
    }
}

TEST(Recovery, AfterAKillWhileUndoingGoesOnUndoing) {
    for (int count = 1; count <= 3; ++count) {
        const Home home;
        ASSERT_TRUE(run_killed(home, std::to_string(count) + ":undone", 3)) << count;
        World world(home);
        EXPECT_TRUE(recover(world));
        EXPECT_TRUE(world.is_old()) << count;
    }
}

TEST(Recovery, OfAPlanThatGoesForwardFinishesIt) {
    for (int step = 1; step <= steps_before_commit + 2; ++step) {
        const Home home;
        ASSERT_TRUE(run_killed(home, std::to_string(step) + ":before"));
        World world(home);
        world.forward_only = true;
        EXPECT_TRUE(recover(world));
        EXPECT_TRUE(world.is_new()) << step;
    }
}

}  // namespace
}  // namespace mq::installer
