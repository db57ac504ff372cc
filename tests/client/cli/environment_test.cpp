#include "client/cli/environment.hpp"

#include "client/cli/option_parser.hpp"

#include <gtest/gtest.h>

#include <cstdlib>
#include <map>

namespace mq::cli {
namespace {

using Words = std::vector<std::string>;

/// Variables that are there for one test only; those of whoever runs the tests are not there.
class Environment : public testing::Test {
 protected:
    void SetUp() override { clear(); }
    void TearDown() override { clear(); }

    static void clear() {
        for (const Variable& variable : environment_variables()) {
            ::unsetenv(variable.name);
        }
    }

    static void set(const std::map<std::string, std::string>& values) {
        for (const auto& [name, value] : values) {
            ::setenv(name.c_str(), value.c_str(), 1);
        }
    }

    static Options completed(Program program, const Words& words) {
        Options options(program);
        EXPECT_TRUE(parse_options(options, words));
        const auto done = apply_environment(options);
        EXPECT_TRUE(done) << done.error().what;
        return options;
    }

    static std::string problem(Program program, const Words& words = {}) {
        Options options(program);
        EXPECT_TRUE(parse_options(options, words));
        return apply_environment(options).error().what;
    }
};

TEST_F(Environment, SaysWhatOptionsDoNot) {
    set({{"MQTT_HOST", "h"},
         {"MQTT_PORT", "1884"},
         {"MQTT_USERNAME", "anna"},
         {"MQTT_PASSWORD", "pw"},
         {"MQTT_CLIENT_ID", "me"},
         {"MQTT_CAFILE", "/dev/null"}});
    const Options said = completed(program_sub, {});
    EXPECT_EQ(said.host, "h");
    EXPECT_EQ(said.port, 1884);
    EXPECT_EQ(said.user, "anna");
    EXPECT_EQ(said.password->view(), "pw");
    EXPECT_EQ(said.id, "me");
    EXPECT_EQ(said.cafile, "/dev/null");
    const Options other = completed(program_sub, {"-h", "x", "-p", "1", "-u", "berta", "-P", "b",
                                                  "-i", "id", "--cafile", "file"});
    EXPECT_EQ(other.host, "x");
    EXPECT_EQ(other.port, 1);
    EXPECT_EQ(other.user, "berta");
    EXPECT_EQ(other.password->view(), "b");
    EXPECT_EQ(other.id, "id");
    EXPECT_EQ(other.cafile, "file");
}

TEST_F(Environment, NeverContradictsAnOption) {
    set({{"MQTT_HOST", "h"}, {"MQTT_CLIENT_ID", "me"}, {"MQTT_CAFILE", "/dev/null"}});
    EXPECT_FALSE(completed(program_pub, {"-I", "prefix"}).id);
    EXPECT_EQ(completed(program_pub, {"--psk", "aa"}).cafile, "");
    EXPECT_EQ(completed(program_pub, {"--capath", "folder"}).cafile, "");
    const Options local = completed(program_pub, {"--unix", "socket"});
    EXPECT_EQ(local.host, "");
    EXPECT_FALSE(local.tls());
}

TEST_F(Environment, AUrlSaysAllAtOnceAndNeedsNoTopic) {
    set({{"MQTT_URL", "wss://anna:pw@h"}});
    const Options said = completed(program_pub, {"-t", "own"});
    EXPECT_EQ(said.host, "h");
    EXPECT_EQ(said.port, 8883);
    EXPECT_EQ(said.user, "anna");
    EXPECT_EQ(said.password->view(), "pw");
    EXPECT_TRUE(said.websockets);
    EXPECT_TRUE(said.tls());
    EXPECT_EQ(said.topics, Words{"own"});
    for (const char* const url : {"mqtt://h", "mqtt://h/"}) {
        set({{"MQTT_URL", url}});
        EXPECT_TRUE(completed(program_sub, {}).topics.empty());
    }
}

TEST_F(Environment, ATopicOfTheUrlIsForThoseWhoNameNone) {
    set({{"MQTT_URL", "mqtt://h/a/b"}});
    for (const auto program : {program_pub, program_sub, program_rr}) {
        EXPECT_EQ(completed(program, {}).topics, Words{"a/b"});
        EXPECT_EQ(completed(program, {"-t", "own"}).topics, Words{"own"});
    }
    EXPECT_TRUE(completed(program_bench, {}).topics.empty());
}

TEST_F(Environment, AUrlKeepsToItsBrokerAndItsUser) {
    set({{"MQTT_URL", "mqtts://anna:pw@h:1885"}});
    for (const Words& words :
         {Words{"-h", "x"}, Words{"-L", "mqtt://x/t"}, Words{"--unix", "socket"}}) {
        const Options other = completed(program_pub, words);
        EXPECT_NE(other.host, "h");
        EXPECT_NE(other.port, 1885);
        EXPECT_FALSE(other.user);
        EXPECT_FALSE(other.password);
        EXPECT_FALSE(other.tls());
    }
    EXPECT_FALSE(completed(program_pub, {"-u", "berta"}).password);
    EXPECT_EQ(completed(program_pub, {"-u", "berta"}).user, "berta");
    EXPECT_EQ(completed(program_pub, {"-P", "own"}).password->view(), "own");
    EXPECT_EQ(completed(program_pub, {"-P", "own"}).user, "anna");
    EXPECT_EQ(completed(program_pub, {"-p", "1"}).port, 1);
    set({{"MQTT_PORT", "2"}, {"MQTT_USERNAME", "carla"}});
    const Options both = completed(program_pub, {});
    EXPECT_EQ(both.host, "h");
    EXPECT_EQ(both.port, 2);
    EXPECT_EQ(both.user, "carla");
    EXPECT_EQ(completed(program_pub, {"-L", "mqtt://x/t"}).port, 1883);
}

TEST_F(Environment, AMistakeIsToldByTheNameOfTheVariable) {
    const struct {
        const char* name;
        const char* value;
        const char* part;
    } cases[] = {
        {"MQTT_PORT", "tcp://10.0.0.1:1883", "0 to 65535"},
        {"MQTT_USERNAME", "\xff", "UTF-8"},
        {"MQTT_CLIENT_ID", "\xff", "UTF-8"},
        {"MQTT_CAFILE", "/nonexistent", "/nonexistent: No such file"},
        {"MQTT_URL", "http://x", "must begin with"},
        {"MQTT_URL", "mqtt://x/#", "is no topic"},
        {"MQTT_URL", "mqtt://x:0", "the port"},
    };
    for (const auto& each : cases) {
        clear();
        set({{each.name, each.value}});
        const std::string what = problem(program_pub);
        EXPECT_EQ(what.find(std::string(each.name) + ": "), 0U) << what;
        EXPECT_NE(what.find(each.part), std::string::npos) << what;
    }
    clear();
    set({{"MQTT_PORT", "x"}, {"MQTT_URL", "x"}, {"MQTT_CLIENT_ID", "\xff"}});
    EXPECT_EQ(problem(program_pub, {"-h", "h", "-p", "1", "-i", "me"}), "");
}

TEST_F(Environment, AnEmptyVariableIsNone) {
    for (const Variable& variable : environment_variables()) {
        ::setenv(variable.name, "", 1);
    }
    const Options said = completed(program_pub, {});
    EXPECT_FALSE(said.says_which_broker());
    EXPECT_FALSE(said.password);
    EXPECT_FALSE(said.id);
}

TEST_F(Environment, LeavesMqctlWithTheBrokerOfItsAccount) {
    set({{"MQTT_URL", "mqtt://anna:pw@h"}, {"MQTT_CLIENT_ID", "me"}, {"MQTT_PORT", "x"}});
    EXPECT_FALSE(completed(program_ctl, {}).says_which_broker());
    ::unsetenv("MQTT_PORT");
    const Options remote = completed(program_ctl, {"-u", "berta"});
    EXPECT_EQ(remote.host, "h");
    EXPECT_EQ(remote.id, "me");
}

TEST_F(Environment, GivesTheManyClientsOfMqbenchNoIdentifier) {
    set({{"MQTT_HOST", "h"}, {"MQTT_CLIENT_ID", "me"}});
    EXPECT_EQ(completed(program_bench, {}).host, "h");
    EXPECT_FALSE(completed(program_bench, {}).id);
}

}  // namespace
}  // namespace mq::cli
