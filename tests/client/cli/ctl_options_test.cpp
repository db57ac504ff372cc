#include "client/cli/ctl_options.hpp"

#include "client/cli/ctl_commands.hpp"
#include "client/cli/environment.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <sstream>

namespace mq::cli {
namespace {

/// Without the options file and the variables of whoever runs the tests.
Outcome<CtlOptions> read(std::vector<std::string> words) {
    ::setenv("XDG_CONFIG_HOME", "/nonexistent", 1);
    for (const Variable& variable : environment_variables()) {
        ::unsetenv(variable.name);
    }
    words.insert(words.begin(), "mqctl");
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    return read_ctl_options(static_cast<int>(arguments.size()), arguments.data());
}

int code_of(const std::vector<std::string>& words) {
    const auto options = read(words);
    return options ? 0 : options.error().exit_code;
}

TEST(CtlOptions, VerbsHaveTheirArguments) {
    auto options = read({"sessions", "delete", "c1", "--force", "--json"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->verb, CtlVerb::sessions_delete);
    EXPECT_EQ(options->client, "c1");
    EXPECT_TRUE(options->force);
    EXPECT_TRUE(options->broker.json);
    EXPECT_FALSE(options->broker.says_which_broker());
    options = read({"log", "level", "error", "debug"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->types.size(), 2U);
    options = read({"retained", "export", "a/#", "-f", "file"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->filter, "a/#");
    EXPECT_EQ(options->file, "file");
    options = read({"retained", "import", "file"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->file, "file");
}

TEST(CtlOptions, TheWayToTheBrokerStandsBeforeOrBehind) {
    for (const auto& words : {std::vector<std::string>{"-h", "host", "-p", "1", "listeners"},
                              std::vector<std::string>{"listeners", "-h", "host", "-p", "1"}}) {
        const auto options = read(words);
        ASSERT_TRUE(options);
        EXPECT_EQ(options->broker.host, "host");
        EXPECT_EQ(options->broker.port, 1);
        EXPECT_TRUE(options->broker.says_which_broker());
    }
    EXPECT_EQ(read({"-h", "a", "-h", "b", "listeners"})->broker.host, "b");
}

TEST(CtlOptions, MistakesHaveTheCodesOfMosquittoCtrl) {
    EXPECT_EQ(code_of({"nonsense"}), ctl_exit_unknown_module);
    EXPECT_EQ(code_of({"clients", "nonsense"}), ctl_exit_unknown_verb);
    EXPECT_EQ(code_of({"clients"}), ctl_exit_unknown_verb);
    EXPECT_EQ(code_of({"clients", "show"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"clients", "show", "a", "b"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"-q", "3", "listeners"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"-o", "/nonexistent/options", "listeners"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"--"}), ctl_exit_unknown_module);
    EXPECT_EQ(code_of({"--", "clients", "list"}), ctl_exit_unknown_module);
    EXPECT_EQ(code_of({"dynsec", "addRoleACL", "r", "-p", "x", "--any"}), 0);
}

TEST(CtlOptions, ThereIsOneWayToTheBroker) {
    for (const auto& words : {std::vector<std::string>{"--socket", "s", "-h", "host"},
                              std::vector<std::string>{"--prefix", "p", "-u", "user"},
                              std::vector<std::string>{"--socket", "s", "--prefix", "p"},
                              std::vector<std::string>{"-h", ""}}) {
        auto all = words;
        all.emplace_back("listeners");
        EXPECT_EQ(code_of(all), ctl_exit_arguments) << testing::PrintToString(all);
    }
    EXPECT_EQ(code_of({"--socket", "s", "listeners"}), 0);
}

TEST(CtlOptions, WhatIsNoUtf8IsNotSent) {
    EXPECT_EQ(code_of({"clients", "show", "\xFF"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"retained", "list", "\xFF"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"retained", "delete", "a/\xFF"}), ctl_exit_arguments);
}

TEST(CtlOptions, CommandsThatAreRefusedAreNotOffered) {
    const auto options = read({"nonsense"});
    ASSERT_FALSE(options);
    EXPECT_NE(options.error().what.find("broker"), std::string::npos);
    EXPECT_EQ(options.error().what.find("dynsec"), std::string::npos);
}

TEST(CtlOptions, AreThoseOfTheOtherClients) {
    auto options = read({"-L", "wss://u:p@host", "clients", "list", "--tls-version", "tlsv1.3"});
    ASSERT_TRUE(options);
    EXPECT_TRUE(options->broker.websockets);
    EXPECT_TRUE(options->broker.tls());
    EXPECT_EQ(options->broker.user, "u");
    EXPECT_EQ(options->broker.password->view(), "p");
    EXPECT_EQ(options->broker.version, MQTT_PROTOCOL_V5);
    EXPECT_EQ(options->broker.qos, 1);
    ::setenv("CTL_TEST_PASSWORD", "secret", 1);
    options = read({"listeners", "-u", "u", "--pw-env", "CTL_TEST_PASSWORD"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->broker.password->view(), "secret");
    EXPECT_EQ(code_of({"-t", "topic", "listeners"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"listeners", "more"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"--cert", "file", "listeners"}), ctl_exit_arguments);
}

TEST(CtlOptions, APasswordDisappearsFromTheCommandLine) {
    std::string words[] = {"mqctl", "-u", "u", "-P", "secret", "listeners"};
    std::vector<char*> arguments;
    for (std::string& word : words) {
        arguments.push_back(word.data());
    }
    ASSERT_TRUE(read_ctl_options(static_cast<int>(arguments.size()), arguments.data()));
    EXPECT_EQ(words[4], std::string(6, '\0'));
}

TEST(CtlOptions, OfACommandKeepTheirValues) {
    const auto options = read({"retained", "export", "-f", "-h"});
    ASSERT_TRUE(options);
    EXPECT_EQ(options->file, "-h");
    EXPECT_FALSE(options->broker.says_which_broker());
}

TEST(CtlOptions, HelpOfCommandsFitsEightyColumns) {
    std::istringstream text(ctl_commands_help());
    for (std::string line; std::getline(text, line);) {
        EXPECT_LE(line.size(), 80U) << line;
    }
}

TEST(CtlOptions, ASecondCommandIsOneTooMuch) {
    EXPECT_EQ(code_of({"clients", "list", "listeners"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"clients", "list", "show", "a"}), ctl_exit_arguments);
    EXPECT_EQ(code_of({"listeners", "sessions", "delete", "a"}), ctl_exit_arguments);
}

TEST(CtlOptions, DynsecKeepsItsArguments) {
    EXPECT_EQ(read({"dynsec", "clients", "list"})->verb, CtlVerb::dynsec);
}

TEST(CtlOptions, HelpIsGivenWhateverElseIsWrong) {
    EXPECT_EQ(read({"--help"})->verb, CtlVerb::help);
    EXPECT_EQ(read({"clients", "--help"})->verb, CtlVerb::help);
    EXPECT_EQ(read({"--version"})->verb, CtlVerb::version);
    EXPECT_EQ(read({})->verb, CtlVerb::help);
}

}  // namespace
}  // namespace mq::cli
