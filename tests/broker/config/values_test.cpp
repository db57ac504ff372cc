#include "broker/config/values.hpp"

#include "broker/config/words.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace mq::broker::config {
namespace {

std::optional<Value> read(const Argument& argument, std::string_view text) {
    const auto value = argument.read(argument, text);
    return value ? std::optional<Value>(*value) : std::nullopt;
}

TEST(Values, IntegersAreWrittenAsInC) {
    const struct {
        const char* text;
        std::optional<std::int64_t> number;
    } cases[] = {
        {"0", 0},
        {" 20", 20},
        {"20 ", 20},
        {"0x1F", 31},
        {"0X1f", 31},
        {"017", 15},
        {"+5", 5},
        {"-5", -5},
        {"2147483647", int_max},
        {"-2147483648", -int_max - 1},
        {"2147483648", std::nullopt},
        {"018", std::nullopt},
        {"12k", std::nullopt},
        {"", std::nullopt},
        {"-", std::nullopt},
        {"0x", std::nullopt},
        {"1.5", std::nullopt},
        {"--1", std::nullopt},
        {"+-1", std::nullopt},
        {"99999999999999999999", std::nullopt},
        {"12\t", std::nullopt},
    };
    for (const auto& each : cases) {
        const auto value = read(integer(-int_max - 1, int_max), each.text);
        ASSERT_EQ(value.has_value(), each.number.has_value()) << quoted(each.text);
        if (value) {
            EXPECT_EQ(value->number, *each.number) << quoted(each.text);
        }
    }
}

TEST(Values, IntegersKeepTheirRange) {
    EXPECT_FALSE(read(integer(1, 65535), "0"));
    EXPECT_FALSE(read(integer(1, 65535), "65536"));
    EXPECT_TRUE(read(integer(1, 65535), "65535"));
    EXPECT_EQ(read(raised_integer(5, 100), "-3")->number, 5);
    EXPECT_EQ(read(raised_integer(5, 100), "7")->number, 7);
    EXPECT_FALSE(read(raised_integer(5, 100), "101"));
}

TEST(Values, BooleansAreFourWords) {
    EXPECT_TRUE(read(boolean(), "true")->flag);
    EXPECT_TRUE(read(boolean(), "1")->flag);
    EXPECT_FALSE(read(boolean(), "false")->flag);
    EXPECT_FALSE(read(boolean(), "0")->flag);
    for (const char* text : {"True", "yes", "on", "2", "", "truefalse", "true\t"}) {
        EXPECT_FALSE(read(boolean(), text)) << quoted(text);
    }
}

TEST(Values, WordsBehindAValueAreNotedUnlessTheyAreAComment) {
    EXPECT_TRUE(read(boolean(), "true false")->surplus);
    EXPECT_FALSE(read(boolean(), "true # yes")->surplus);
    EXPECT_TRUE(read(integer(0, 9), "1 2")->surplus);
    EXPECT_FALSE(read(integer(0, 9), "1   ")->surplus);
}

TEST(Values, TextIsTheTrimmedRestOfTheLine) {
    EXPECT_EQ(read(text(), "  a path/with #1 \t ")->text, "a path/with #1");
    EXPECT_EQ(read(text(3), "abc")->text, "abc");
    EXPECT_FALSE(read(text(3), "abcd"));
    EXPECT_FALSE(read(text(), std::string(text_bytes_max + 1, 'x')));
    EXPECT_FALSE(read(text(), "caf\xE9"));
    EXPECT_TRUE(read(text(), "caf\xC3\xA9"));
}

TEST(Values, DurationsHaveAUnit) {
    const struct {
        const char* text;
        std::optional<std::int64_t> seconds;
    } cases[] = {
        {"30s", 30},          {"1h", 3600},        {"2d", 172800},       {"1w", 604800},
        {"1m", 2592000},      {"1y", 31536000},    {"0d", std::nullopt}, {"-1d", std::nullopt},
        {"14", std::nullopt}, {"d", std::nullopt}, {"1D", std::nullopt}, {"1 d", std::nullopt},
    };
    for (const auto& each : cases) {
        const auto value = read(duration(), each.text);
        ASSERT_EQ(value.has_value(), each.seconds.has_value()) << each.text;
        if (value) {
            EXPECT_EQ(value->number, *each.seconds) << each.text;
        }
    }
}

TEST(Values, EndpointIsPortAndPerhapsAddress) {
    EXPECT_EQ(read(endpoint(), "1883")->number, 1883);
    EXPECT_EQ(read(endpoint(), "1883 127.0.0.1")->rest, "127.0.0.1");
    EXPECT_EQ(read(endpoint(), "1883 # all of them")->rest, "");
    EXPECT_EQ(read(endpoint(), "0 /run/mq.sock")->rest, "/run/mq.sock");
    for (const char* text : {"0", "-1", "65536", "mqtt", "1883/tcp"}) {
        EXPECT_FALSE(read(endpoint(), text)) << text;
    }
}

TEST(Values, ArgumentsOfLinesThatAreOnlyCheckedSoFar) {
    const struct {
        Argument argument;
        const char* text;
        bool good;
    } cases[] = {
        {protocol_levels(), "3, 4,5", true},
        {protocol_levels(), "4 5", true},
        {protocol_levels(), "6", false},
        {protocol_levels(), ",", false},
        {hexadecimal(40), "0123456789abcdef0123456789ABCDEF01234567", true},
        {hexadecimal(40), "0123", false},
        {hexadecimal(0), "0123", true},
        {hexadecimal(0), "0x12", false},
        {hexadecimal(0), "123", false},
        {topic_prefix(), "house/one/", true},
        {topic_prefix(), "house/+/", false},
        {name_and_path(), "acl /lib/acl.so", true},
        {name_and_path(), "acl", false},
        {addresses(), "a.example b.example:1884 [::1]:1883", true},
        {addresses(), "a.example:0", false},
        {addresses(), "a.example:x", false},
        {addresses(), "\xFF", false},
        {bridge_topic(), "#", true},
        {bridge_topic(), "\"a b\" both 2 here/ there/", true},
        {bridge_topic(), "\"\" in 0 a b", true},
        {bridge_topic(), "\"a b", false},
        {bridge_topic(), "a sideways", false},
        {bridge_topic(), "a in 3", false},
        {bridge_topic(), "a in 2 x/# y", false},
        {restart_timeout(), "5", true},
        {restart_timeout(), "5 30", true},
        {restart_timeout(), "5 30 60", true},
        {restart_timeout(), "30 5", false},
        {restart_timeout(), "0", false},
        {restart_timeout(), "3601", false},
        {restart_timeout(), "5 7201", false},
        {keepalive_probes(), "60 10 3", true},
        {keepalive_probes(), "60 10", false},
        {keepalive_probes(), "60 0 3", false},
    };
    for (const auto& each : cases) {
        EXPECT_EQ(read(each.argument, each.text).has_value(), each.good) << each.text;
    }
}

TEST(Values, SecretsAreNotRepeated) {
    const Argument psk = hexadecimal(0);
    EXPECT_EQ(psk.read(psk, "secret").error().text.find("secret"), std::string::npos);
}

TEST(Values, QuotingHidesControlCharactersAndEndsSomewhere) {
    EXPECT_EQ(config::quoted("a\nb\x1b\x7f"), "'a?b\?\?'");
    EXPECT_EQ(config::quoted(std::string(100, 'x')).size(), 80 + 5);
}

}  // namespace
}  // namespace mq::broker::config
