#include "base/problem.hpp"

#include <gtest/gtest.h>

#include <cerrno>
#include <stdexcept>

namespace mq {
namespace {

TEST(Problem, text_has_a_line_for_each_part_that_is_there) {
    EXPECT_EQ(Problem("it failed", "").text(), "it failed");
    EXPECT_EQ(Problem("it failed", "nothing was changed").text(), "it failed\nnothing was changed");
    EXPECT_EQ(Problem("it failed", "", "type this").text(), "it failed\ntype this");
    EXPECT_EQ(Problem("it failed", "nothing was changed", "type this").text(),
              "it failed\nnothing was changed\ntype this");
}

TEST(Problem, exit_code_is_1_unless_given) {
    EXPECT_EQ(Problem("a", "b").exit_code, 1);
    EXPECT_EQ(Problem("a", "b", "c", 13).exit_code, 13);
}

TEST(Problem, system_problem_names_the_error) {
    const Problem problem = system_problem("cannot open x", ENOENT, 6);
    EXPECT_EQ(problem.what, "cannot open x: No such file or directory");
    EXPECT_EQ(problem.exit_code, 6);
    EXPECT_EQ(system_problem("x", EACCES).exit_code, 1);
}

TEST(Problem, value_of_a_failed_outcome_throws_its_text) {
    const Outcome<int> failed = Problem("it failed", "", "type this");
    try {
        failed.value();
        FAIL() << "no exception";
    } catch (const std::runtime_error& error) {
        EXPECT_STREQ(error.what(), "it failed\ntype this");
    }
}

TEST(Problem, a_text_alone_is_a_value_and_no_problem) {
    const Outcome<std::string> outcome = std::string("text");
    ASSERT_TRUE(outcome);
    EXPECT_EQ(*outcome, "text");
    EXPECT_EQ(outcome.error().what, "");
}

}  // namespace
}  // namespace mq
