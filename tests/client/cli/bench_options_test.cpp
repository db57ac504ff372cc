#include "client/cli/bench_options.hpp"

#include "client/cli/environment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>
#include <vector>

namespace mq::cli {
namespace {

/// Without the options file and the variables of whoever runs the tests.
Outcome<BenchOptions> read(std::vector<std::string> words) {
    ::setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    for (const Variable& variable : environment_variables()) {
        ::unsetenv(variable.name);
    }
    words.insert(words.begin(), "mqbench");
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    return read_bench_options(static_cast<int>(arguments.size()), arguments.data());
}

TEST(BenchOptions, ThePatternStandsAnywhere) {
    for (const auto& words : {std::vector<std::string>{"fan-in", "-n", "5", "-q", "1"},
                              std::vector<std::string>{"-n", "5", "fan-in", "-q", "1"},
                              std::vector<std::string>{"-n", "5", "-q", "1", "fan-in"}}) {
        const auto options = read(words);
        ASSERT_TRUE(options) << options.error().text();
        EXPECT_EQ(options->pattern, BenchPattern::fan_in);
        EXPECT_EQ(options->broker.load_clients, 5);
        EXPECT_EQ(options->broker.qos, 1);
    }
    EXPECT_EQ(read({"1:1"})->pattern, BenchPattern::pairs);
}

TEST(BenchOptions, SayWhoPublishesWhereAndWhoReceivesIt) {
    const auto roles = [](const char* pattern) {
        const auto options = read({pattern, "-n", "3", "-t", "load"});
        EXPECT_TRUE(options) << pattern;
        return std::to_string(options->publishers()) + " " + std::to_string(options->receivers()) +
               " " + std::to_string(options->receivers_of_each()) + " " + options->topic(1) + " " +
               options->filter(1);
    };
    EXPECT_EQ(roles("pub"), "3 0 0 load/1 load/#");
    EXPECT_EQ(roles("sub"), "0 3 1 load/1 load");
    EXPECT_EQ(roles("pairs"), "3 3 1 load/1 load/1");
    EXPECT_EQ(roles("fan-in"), "3 1 1 load/1 load/#");
    EXPECT_EQ(roles("fan-out"), "1 3 3 load/1 load/0");
    EXPECT_EQ(roles("connect"), "0 0 0 load/1 load/#");
}

TEST(BenchOptions, MistakesAreTold) {
    const auto problem = [](const std::vector<std::string>& words) {
        const auto options = read(words);
        return options ? std::string("none") : options.error().what;
    };
    EXPECT_EQ(problem({}), "the pattern is missing: pub, sub, pairs, fan-in, fan-out or connect");
    EXPECT_EQ(problem({"nonsense"}), "'nonsense' is neither an option nor a pattern");
    EXPECT_EQ(problem({"pairs", "pub"}), "unknown option 'pub'");
    EXPECT_EQ(problem({"pairs", "-t", "a/#"}), "-t: 'a/#' is no beginning of a topic");
    EXPECT_EQ(problem({"sub", "-t", "a/#"}), "none");
    EXPECT_NE(problem({"pairs", "--size", "31"}).find("--size"), std::string::npos);
    EXPECT_NE(problem({"pairs", "-n"}).find("needs a value"), std::string::npos);
}

TEST(BenchOptions, HelpNeedsNoPattern) {
    const auto options = read({"--help"});
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->broker.help);
}

}  // namespace
}  // namespace mq::cli
