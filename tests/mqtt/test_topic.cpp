#include "mqtt/topic.hpp"

#include <gtest/gtest.h>

namespace mq::mqtt {
namespace {

using namespace std::string_literals;

struct Judged {
    std::string text;
    bool name;    ///< valid as a topic name
    bool filter;  ///< valid as a topic filter
};

const std::vector<Judged>& judged() {
    static const std::vector<Judged> table = {
        {"", false, false},
        {"a", true, true},
        {"/", true, true},
        {"//", true, true},
        {"a/", true, true},
        {"/a", true, true},
        {"a//b", true, true},
        {"a b/c", true, true},
        {"$SYS/broker/uptime", true, true},
        {"\xC3\xA9/\xE2\x82\xAC", true, true},
        {"a\0b"s, false, false},
        {"abcdefghijk\0"s, false, false},
        {"#", false, true},
        {"/#", false, true},
        {"a/#", false, true},
        {"a/b/c/d/e/f/g/#", false, true},
        {"a#", false, false},
        {"a/b#", false, false},
        {"#/", false, false},
        {"#/a", false, false},
        {"a/#/b", false, false},
        {"##", false, false},
        {"a/#b", false, false},
        {"+", false, true},
        {"+/", false, true},
        {"/+", false, true},
        {"+/+", false, true},
        {"a/+/b", false, true},
        {"+/#", false, true},
        {"a+", false, false},
        {"+a", false, false},
        {"a/+b/c", false, false},
        {"a/b+/c", false, false},
        {"++", false, false},
        {"+#", false, false},
        {"$share/g/a", true, true},
        {std::string(65535, 'a'), true, true},
        {std::string(65536, 'a'), false, false},
        {std::string(200, '/'), true, true},    // 201 levels
        {std::string(201, '/'), false, false},  // 202 levels
        {std::string(1000, 'a') + std::string(200, '/'), true, true},
        {std::string(1000, 'a') + std::string(201, '/'), false, false},
    };
    return table;
}

TEST(Topic, names_are_judged) {
    for (const Judged& row : judged()) {
        EXPECT_EQ(is_valid_topic_name(row.text), row.name) << row.text.substr(0, 80);
    }
}

TEST(Topic, filters_are_judged) {
    for (const Judged& row : judged()) {
        EXPECT_EQ(is_valid_topic_filter(row.text), row.filter) << row.text.substr(0, 80);
    }
}

/// Each place of the words of eight bytes, with the neighbours of the forbidden bytes around it.
TEST(Topic, a_forbidden_byte_is_seen_wherever_it_stands) {
    for (const char forbidden : {'+', '#', '\0'}) {
        for (std::size_t size = 1; size < 34; ++size) {
            for (std::size_t at = 0; at < size; ++at) {
                for (const char filling : {'a', '"', '$', '*', ',', '\x01', '\xAB', '\xA3'}) {
                    std::string topic(size, filling);
                    ASSERT_TRUE(is_valid_topic_name(topic));
                    topic[at] = forbidden;
                    ASSERT_FALSE(is_valid_topic_name(topic)) << size << " bytes, at " << at;
                }
            }
        }
    }
}

struct Pair {
    std::string_view filter;
    std::string_view topic;
    bool match;
};

constexpr Pair pairs[] = {
    {"a", "a", true},
    {"a", "b", false},
    {"a", "A", false},
    {"a", "ab", false},
    {"ab", "a", false},
    {"a", "/a", false},
    {"a", "a/", false},
    {"a/", "a", false},
    {"a/", "a/", true},
    {"/", "/", true},
    {"a/b", "a/b", true},
    {"a/b", "a/b/c", false},
    {"a/b/c", "a/b", false},
    {"a//b", "a//b", true},
    {"a//b", "a/b", false},
    // One level.
    {"+", "a", true},
    {"+", "a/b", false},
    {"+", "/a", false},
    {"/+", "/a", true},
    {"+/+", "/a", true},
    {"+/+", "a/b", true},
    {"+/+", "/", true},
    {"+/+", "a", false},
    {"a/+", "a", false},
    {"a/+", "a/", true},
    {"a/+", "a/b", true},
    {"a/+", "a/b/c", false},
    {"a/+/c", "a/b/c", true},
    {"a/+/c", "a//c", true},
    {"a/+/c", "a/b/d", false},
    {"a/+/+/d", "a/b/c/d", true},
    {"+/b", "a/b", true},
    {"+/b", "a/c", false},
    // All below, the parent included.
    {"#", "a", true},
    {"#", "/", true},
    {"#", "a/b/c", true},
    {"a/#", "a", true},
    {"a/#", "a/", true},
    {"a/#", "a/b", true},
    {"a/#", "a/b/c", true},
    {"a/#", "ab", false},
    {"a/#", "b", false},
    {"a/b/#", "a", false},
    {"a/b/#", "a/b", true},
    {"/#", "/", true},
    {"/#", "/a", true},
    {"/#", "a", false},
    {"+/#", "a", true},
    {"+/#", "a/b/c", true},
    {"a/+/#", "a", false},
    {"a/+/#", "a/b", true},
    {"a/+/#", "a/b/c/d", true},
    {"+/b/#", "a/b", true},
    // Topics that begin with $. [MQTT-4.7.2-1] [MQTT311-4.7.2-1]
    {"#", "$SYS/uptime", false},
    {"+", "$SYS", false},
    {"+/uptime", "$SYS/uptime", false},
    {"+/#", "$SYS/uptime", false},
    {"$SYS/#", "$SYS/uptime", true},
    {"$SYS/#", "$SYS", true},
    {"$SYS/+", "$SYS/uptime", true},
    {"$SYS/uptime", "$SYS/uptime", true},
    {"a/#", "a/$SYS", true},
    {"a/+", "a/$SYS", true},
    {"/#", "/$SYS", true},
    // No normalisation. [MQTT-4.7.3-4] [MQTT311-4.7.3-4]
    {"\xC3\xA9", "e\xCC\x81", false},
    {"\xC3\xA9/+", "\xC3\xA9/x", true},
};

TEST(Topic, filters_match) {
    for (const Pair& pair : pairs) {
        ASSERT_TRUE(is_valid_topic_filter(pair.filter)) << pair.filter;
        ASSERT_TRUE(is_valid_topic_name(pair.topic)) << pair.topic;
        EXPECT_EQ(matches(pair.filter, pair.topic), pair.match)
            << pair.filter << " and " << pair.topic;
    }
}

struct Shared {
    std::string text;
    bool claims;  ///< to be shared
    std::string share_name;
    std::string filter;  ///< empty when the text is not a valid shared filter
};

const std::vector<Shared>& shared() {
    static const std::vector<Shared> table = {
        {"$share/group/a/b", true, "group", "a/b"},
        {"$share/g/#", true, "g", "#"},
        {"$share/g/+", true, "g", "+"},
        {"$share/g//", true, "g", "/"},
        {"$share/g//a", true, "g", "/a"},
        {"$share/g/$SYS/x", true, "g", "$SYS/x"},
        {"$share/\xC3\xA9 x/a", true, "\xC3\xA9 x", "a"},
        {"$share", true, "", ""},
        {"$share/", true, "", ""},
        {"$share//a", true, "", ""},
        {"$share/g", true, "", ""},
        {"$share/g/", true, "", ""},
        {"$share/+/a", true, "", ""},
        {"$share/#/a", true, "", ""},
        {"$share/g+/a", true, "", ""},
        {"$share/g#/a", true, "", ""},
        {"$share/g/a#", true, "", ""},
        {"$share/g/a/#/b", true, "", ""},
        {"$share/g/" + std::string(65526, 'a'), true, "g", std::string(65526, 'a')},
        {"$share/g/" + std::string(65527, 'a'), true, "", ""},
        {"$shared/g/a", false, "", ""},
        {"$SHARE/g/a", false, "", ""},
        {"share/g/a", false, "", ""},
        {"$shar", false, "", ""},
        {"/$share/g/a", false, "", ""},
        {"", false, "", ""},
    };
    return table;
}

TEST(Topic, shared_filters_are_told_by_their_prefix) {
    for (const Shared& row : shared()) {
        EXPECT_EQ(is_shared_filter(row.text), row.claims) << row.text.substr(0, 80);
    }
}

TEST(Topic, shared_filters_have_two_parts) {
    for (const Shared& row : shared()) {
        const auto parts = parse_shared_filter(row.text);
        ASSERT_EQ(parts.has_value(), !row.filter.empty()) << row.text.substr(0, 80);
        if (parts) {
            EXPECT_EQ(parts->share_name, row.share_name);
            EXPECT_EQ(parts->filter, row.filter);
        }
    }
}

}  // namespace
}  // namespace mq::mqtt
