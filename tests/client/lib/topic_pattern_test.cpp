#include "client/lib/topic_pattern.hpp"

#include "mqtt/topic.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace mq::client {
namespace {

/// All filters of up to three levels over few words, `$` included.
std::vector<std::string> filters(bool wildcards) {
    const std::vector<std::string> words =
        wildcards ? std::vector<std::string>{"a", "b", "$x", "+", "#", ""}
                  : std::vector<std::string>{"a", "b", "$x", ""};
    std::vector<std::string> all;
    for (const auto& one : words) {
        all.push_back(one);
        for (const auto& two : words) {
            all.push_back(one + '/' + two);
            for (const auto& three : words) {
                all.push_back(one + '/' + two + '/' + three);
            }
        }
    }
    std::erase_if(all, [](const auto& filter) { return !mqtt::is_valid_topic_filter(filter); });
    return all;
}

TEST(TopicPattern, MatchesAsPlainFiltersDo) {
    for (const auto& filter : filters(true)) {
        for (const auto& topic : filters(false)) {
            EXPECT_EQ(matches_levels(split_levels(filter), topic), mqtt::matches(filter, topic))
                << filter << " " << topic;
        }
    }
}

/// What is covered matches wherever the narrow filter does. (The other way round there are pairs
/// like "#" and
/// "+/#", which say the same in two ways, and of which the second is not seen to cover the first.)
TEST(TopicPattern, CoveringIsNeverTooGenerous) {
    for (const auto& wide : filters(true)) {
        for (const auto& narrow : filters(true)) {
            if (!covers(split_levels(wide), split_levels(narrow))) {
                continue;
            }
            for (const auto& topic : filters(false)) {
                EXPECT_TRUE(!mqtt::matches(narrow, topic) || mqtt::matches(wide, topic))
                    << wide << " " << narrow << " " << topic;
            }
        }
    }
}

TEST(TopicPattern, EveryFilterCoversItself) {
    for (const auto& filter : filters(true)) {
        EXPECT_TRUE(covers(split_levels(filter), split_levels(filter))) << filter;
    }
}

TEST(TopicPattern, NamesThatWereFilledInAreNoWildcards) {
    const auto filter = replace_pattern("a/%u", {"id", "+"}, PatternNames::any_text);
    ASSERT_TRUE(filter);
    EXPECT_FALSE(matches_levels(*filter, "a/b"));
    EXPECT_FALSE(replace_pattern("a/%u", {"id", "+"}, PatternNames::one_plain_level));
    EXPECT_FALSE(replace_pattern("a/%c", {"", "name"}, PatternNames::any_text));
}

}  // namespace
}  // namespace mq::client
