#include "broker/config/arguments.hpp"

#include <gmock/gmock.h>

#include <sstream>

namespace mq::broker {
namespace {

using Words = std::vector<std::string_view>;
using Action = Arguments::Action;

TEST(ArgumentsTest, ShortAndLongNames) {
    for (const Words& words :
         {Words{"-c", "a.conf", "-d", "-p", "1884", "-q", "-v"},
          Words{"--config-file", "a.conf", "--daemon", "--port", "1884", "--quiet", "--verbose"}}) {
        const auto arguments = parse_arguments(words);
        ASSERT_TRUE(arguments);
        EXPECT_EQ(arguments->config_files, std::vector<std::string>{"a.conf"});
        EXPECT_EQ(arguments->ports, std::vector<std::uint16_t>{1884});
        EXPECT_TRUE(arguments->daemon);
        EXPECT_TRUE(arguments->quiet);
        EXPECT_TRUE(arguments->verbose);
        EXPECT_EQ(arguments->action, Action::run);
    }
}

TEST(ArgumentsTest, Actions) {
    const struct {
        Words words;
        Action action;
    } cases[] = {
        {{}, Action::run},
        {{"-h"}, Action::help},
        {{"--help", "--nonsense"}, Action::help},
        {{"-v", "--version"}, Action::version},
        {{"--test-config", "-c", "a"}, Action::test_config},
        {{"-c", "a", "--test-config"}, Action::test_config},
    };
    for (const auto& each : cases) {
        const auto arguments = parse_arguments(each.words);
        ASSERT_TRUE(arguments);
        EXPECT_EQ(arguments->action, each.action);
    }
}

TEST(ArgumentsTest, ExplainAcl) {
    const auto of_user = parse_arguments(Words{"--explain-acl", "anna", "a/b", "-c", "f"});
    ASSERT_TRUE(of_user);
    EXPECT_EQ(of_user->action, Action::explain_acl);
    EXPECT_EQ(of_user->acl_question.user_name, "anna");
    EXPECT_EQ(of_user->acl_question.client_id, std::nullopt);
    EXPECT_EQ(of_user->acl_question.topic, "a/b");
    EXPECT_EQ(of_user->config_files, std::vector<std::string>{"f"});
    for (const std::string_view nobody : {"-", ""}) {
        const auto of_client = parse_arguments(Words{"--explain-acl", nobody, "-c1", "-t"});
        ASSERT_TRUE(of_client);
        EXPECT_EQ(of_client->acl_question.user_name, std::nullopt);
        EXPECT_EQ(of_client->acl_question.client_id, "-c1");
        EXPECT_EQ(of_client->acl_question.topic, "-t");
    }
}

TEST(ArgumentsTest, Mistakes) {
    const struct {
        Words words;
        const char* text;
    } cases[] = {
        {{"-x"}, "Error: Unknown option '-x'."},
        {{"--confg-file", "a"},
         "Error: Unknown option '--confg-file'. Did you mean '--config-file'?"},
        {{"extra"}, "Error: Unknown option 'extra'."},
        {{"-c"}, "Error: '-c' needs the path of a configuration file behind it."},
        {{"--port"}, "Error: '--port' needs a port behind it."},
        {{"-p", "0"}, "Error: Invalid port '0': it must be a number from 1 to 65535."},
        {{"-p", "65536"}, "Error: Invalid port '65536': it must be a number from 1 to 65535."},
        {{"-p", "18x"}, "Error: Invalid port '18x': it must be a number from 1 to 65535."},
        {{"--explain-acl", "anna"},
         "Error: '--explain-acl' needs a user name (- for none), if you like a client id, and a "
         "topic behind it."},
        {{"--explain-acl", "anna", "c", "t", "more"}, "Error: Unknown option 'more'."},
        {{"--tls-keylog"}, "Error: '--tls-keylog' needs the path of a file behind it."},
        {{"--tls-keylog", ""}, "Error: '--tls-keylog' needs the path of a file behind it."},
    };
    for (const auto& each : cases) {
        const auto arguments = parse_arguments(each.words);
        ASSERT_FALSE(arguments) << each.text;
        EXPECT_EQ(arguments.error().what, each.text);
        EXPECT_EQ(arguments.error().exit_code, 3);
    }
}

TEST(ArgumentsTest, TenPortsAndNoMore) {
    Words words;
    for (int i = 0; i < 10; ++i) {
        words.insert(words.end(), {"-p", "1884"});
    }
    EXPECT_TRUE(parse_arguments(words));
    words.insert(words.end(), {"-p", "1884"});
    EXPECT_EQ(parse_arguments(words).error().what, "Error: '-p' can be given 10 times at most.");
}

TEST(ArgumentsTest, QuietIsStrongerThanVerboseAndBothThanTheFile) {
    Arguments arguments;
    Config config;
    config.log.mask = log_mask(LogType::error);
    override_config(config, arguments);
    EXPECT_EQ(config.log.mask, log_mask(LogType::error));

    arguments.verbose = true;
    override_config(config, arguments);
    EXPECT_EQ(config.log.mask, log_mask_all);

    arguments.quiet = true;
    override_config(config, arguments);
    EXPECT_EQ(config.log.mask, 0);
    EXPECT_FALSE(config.log.to_stderr);
}

TEST(ArgumentsTest, UsageFitsAndSpeaksOfTheNameItWasCalledBy) {
    const std::string usage = usage_text("/home/a/mqhome/bin/mosquitto", "1.2.3");
    EXPECT_THAT(usage, testing::HasSubstr("mosquitto version 1.2.3\n"));
    EXPECT_THAT(usage, testing::HasSubstr("Usage: mosquitto [-c FILE]"));
    std::istringstream lines(usage);
    for (std::string line; std::getline(lines, line);) {
        EXPECT_LE(line.size(), 80U) << line;
    }
    const std::string version = version_text("mqbroker", "1.2.3");
    EXPECT_EQ(std::count(version.begin(), version.end(), '\n'), 3);
}

}  // namespace
}  // namespace mq::broker
