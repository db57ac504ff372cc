#include "broker/core/filter_subscribers.hpp"
#include "broker/core/pointer_table.hpp"
#include "broker/core/session.hpp"
#include "broker/core/shared_groups.hpp"
#include "broker/core/small_text.hpp"
#include "broker/core/topic_tree.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace mq::broker {
namespace {

/// All keys fall into few homes, so that they stand in each other's way.
struct Crowded {
    static int key(const int& number) { return number; }
    static std::size_t hash(int number) { return static_cast<std::size_t>(number % 5); }
};

TEST(PointerTable, HoldsWhatASetHolds) {
    std::vector<int> numbers(300);
    for (std::size_t i = 0; i < numbers.size(); ++i) {
        numbers[i] = static_cast<int>(i);
    }
    PointerTable<int, Crowded> table;
    std::set<int> expected;
    std::mt19937 random(1);
    for (std::size_t step = 0; step < 20'000; ++step) {
        // Grows and shrinks in waves, down to nothing.
        const std::size_t span = 1 + step / 10 % numbers.size();
        int& number = numbers[random() % span];
        if (expected.insert(number).second) {
            ASSERT_EQ(table.find(number), nullptr);
            table.insert(number);
        } else {
            ASSERT_EQ(table.find(number), &number);
            table.erase(number);
            expected.erase(number);
        }
        ASSERT_EQ(table.size(), expected.size());
        if (step % 100 == 0) {
            std::set<int> found;
            for (const int* each : table) {
                found.insert(*each);
            }
            ASSERT_EQ(found, expected);
        }
    }
}

/// Spreads a little, so that there are runs of slots with gaps between them.
struct Spread {
    static int key(const int& number) { return number; }
    static std::size_t hash(int number) { return static_cast<std::size_t>(number) * 7 / 3; }
};

TEST(PointerTable, AWalkVisitsAllThatStaysWhileOthersComeAndGo) {
    std::vector<int> numbers(300);
    std::iota(numbers.begin(), numbers.end(), 0);
    std::mt19937 random(7);
    for (int round = 0; round < 200; ++round) {
        PointerTable<int, Spread> table;
        std::set<int> there;
        for (int& number : numbers) {
            if (number % 3 == 0 || random() % 2 == 0) {
                table.insert(number);
                there.insert(number);
            }
        }
        PointerTable<int, Spread>::Walk walk;
        std::set<int> visited;
        for (bool over = false; !over;) {
            std::size_t slots = 1 + random() % 9;
            over = table.walk(
                walk, slots, [&](const int& number) { visited.insert(number); },
                [&] { visited.clear(); });
            for (int i = 0; i < 20; ++i) {
                int& number = numbers[random() % numbers.size()];
                if (number % 3 == 0) {
                    continue;  // it stays
                }
                if (there.insert(number).second) {
                    table.insert(number);
                } else {
                    there.erase(number);
                    table.erase(number);
                }
            }
        }
        for (int number = 0; number < 300; number += 3) {
            ASSERT_TRUE(visited.contains(number)) << number;
        }
    }
}

TEST(PointerTable, AWalkOverNothingOrOneIsOverAtOnce) {
    PointerTable<int, Spread> table;
    int visits = 0;
    const auto walk_all = [&] {
        PointerTable<int, Spread>::Walk walk;
        std::size_t slots = 5;
        return table.walk(
            walk, slots, [&](int&) { ++visits; }, [] {});
    };
    EXPECT_TRUE(walk_all());
    int one = 1;
    table.insert(one);
    EXPECT_TRUE(walk_all());
    EXPECT_EQ(visits, 1);
}

TEST(PointerTable, IsEmptyAgainAfterClear) {
    int one = 1;
    int two = 2;
    PointerTable<int, Crowded> table;
    table.insert(one);
    table.clear();
    EXPECT_TRUE(table.empty());
    table.insert(one);
    table.insert(two);
    table.clear();
    EXPECT_EQ(table.find(1), nullptr);
    EXPECT_EQ(table.begin(), table.end());
}

std::vector<const Session*> sessions_of(const FilterSubscribers& filter) {
    std::vector<const Session*> sessions;
    for (const Subscriber& subscriber : filter.subscribers()) {
        sessions.push_back(subscriber.session);
    }
    return sessions;
}

TEST(FilterSubscribers, KeepsSessionsInTheOrderOfTheirComing) {
    Session a;
    Session b;
    Session c;
    FilterSubscribers filter;
    EXPECT_TRUE(filter.empty());
    EXPECT_FALSE(filter.set({&a, 1, {}}));
    EXPECT_TRUE(filter.set({&a, 2, {}}));
    EXPECT_EQ(filter.subscribers().front().identifier, 2U);
    EXPECT_FALSE(filter.set({&b, 3, {}}));
    EXPECT_FALSE(filter.set({&c, 4, {}}));
    EXPECT_TRUE(filter.set({&b, 5, {}}));
    EXPECT_EQ(sessions_of(filter), (std::vector<const Session*>{&a, &b, &c}));
    EXPECT_EQ(filter.subscribers()[1].identifier, 5U);
    filter.remove(a);
    EXPECT_FALSE(filter.contains(a));
    filter.remove(c);
    EXPECT_EQ(sessions_of(filter), (std::vector<const Session*>{&b}));
    EXPECT_EQ(filter.subscribers().front().identifier, 5U);
    filter.remove(b);
    EXPECT_TRUE(filter.empty());
}

TEST(FilterSubscribers, GroupsStandBesideSessions) {
    Session session;
    SharedGroup one;
    SharedGroup two;
    FilterSubscribers filter;
    filter.add(one);
    EXPECT_FALSE(filter.empty());
    EXPECT_TRUE(filter.subscribers().empty());
    filter.set({&session, 0, {}});
    filter.add(two);
    EXPECT_TRUE(filter.contains(session));
    filter.remove(one);
    EXPECT_EQ(filter.groups().size(), 1U);
    EXPECT_EQ(filter.groups().front(), &two);
    filter.remove(session);
    EXPECT_FALSE(filter.empty());
    filter.remove(two);
    EXPECT_TRUE(filter.empty());
}

TEST(SmallText, TellsNoneFromEmpty) {
    EXPECT_FALSE(SmallText().present());
    EXPECT_EQ(SmallText().view(), "");
    EXPECT_TRUE(SmallText("").present());
    EXPECT_EQ(SmallText("").view(), "");
    EXPECT_EQ(SmallText("anna").view(), "anna");
    const std::string large(100'000, 'x');
    EXPECT_EQ(SmallText(large).view(), large);
}

TEST(TopicTree, LabelsOfAllLengthsAreKept) {
    TopicTree tree;
    Session session;
    bool existed = false;
    for (std::size_t size = 0; size < 40; ++size) {
        const std::string label(size, 'l');
        const std::string filter = "a/" + label + "/b";
        EXPECT_EQ(TopicTree::filter(tree.subscribe(filter, {&session, 0, {}}, existed)), filter);
        EXPECT_FALSE(existed);
        Route route;
        tree.match(filter, route);
        EXPECT_EQ(route.subscribers.size(), 1U) << filter;
    }
}

TEST(TopicTree, FindsWildcardsAsLongAsTheyAreThere) {
    TopicTree tree;
    Session session;
    bool existed = false;
    const auto matches = [&](std::string_view topic) {
        Route route;
        tree.match(topic, route);
        return route.subscribers.size();
    };
    tree.subscribe("a/b/c", {&session, 0, {}}, existed);
    TopicTree::Node& any = tree.subscribe("a/+/c", {&session, 0, {}}, existed);
    TopicTree::Node& rest = tree.subscribe("a/#", {&session, 0, {}}, existed);
    EXPECT_EQ(matches("a/b/c"), 3U);
    tree.remove(any, session);
    EXPECT_EQ(matches("a/b/c"), 2U);
    tree.remove(rest, session);
    EXPECT_EQ(matches("a/b/c"), 1U);
    tree.subscribe("a/+/c", {&session, 0, {}}, existed);
    EXPECT_EQ(matches("a/b/c"), 2U);
}

TEST(RouteCache, StandsAsideWhereItIsOfNoUse) {
    TopicTree tree;
    Session session;
    bool existed = false;
    tree.subscribe("t/#", {&session, 0, {}}, existed);
    RouteCache cache;
    const Interest interest(1);
    const auto ask = [&](std::size_t number) {
        EXPECT_EQ(cache.find("t/" + std::to_string(number), tree, interest).subscribers.size(), 1U);
    };
    for (std::size_t i = 0; i <= RouteCache::topics_max; ++i) {
        ask(i);
    }
    EXPECT_EQ(cache.size(), 0U);
    for (std::size_t i = 1; i < RouteCache::pause_max; ++i) {
        ask(1);
    }
    EXPECT_EQ(cache.size(), 0U);
    ask(1);
    EXPECT_EQ(cache.size(), 1U);
    for (std::size_t i = 0; i < RouteCache::topics_max; ++i) {
        ask(1);
    }
    for (std::size_t i = 0; i <= RouteCache::topics_max; ++i) {
        ask(i);
    }
    EXPECT_GT(cache.size(), 0U);  // it has been of use, and goes on
}

TEST(RouteCache, ForgetsWhenSubscriptionsHereOrElsewhereChange) {
    TopicTree tree;
    Session session;
    bool existed = false;
    RouteCache cache;
    Interest interest(2);
    EXPECT_TRUE(cache.find("t", tree, interest).subscribers.empty());
    TopicTree::Node& node = tree.subscribe("t", {&session, 0, {}}, existed);
    EXPECT_EQ(cache.find("t", tree, interest).subscribers.size(), 1U);
    tree.remove(node, session);
    EXPECT_TRUE(cache.find("t", tree, interest).subscribers.empty());
    Interest other(2);
    interest.note(1, other.add("t"));
    EXPECT_EQ(cache.find("t", tree, interest).shards, 0b10U);
    interest.note(1, other.remove("t"));
    EXPECT_EQ(cache.find("t", tree, interest).shards, 0U);
}

}  // namespace
}  // namespace mq::broker
