#include "broker/core/interest.hpp"

#include <gtest/gtest.h>

#include <random>
#include <string>
#include <vector>

namespace mq::broker {
namespace {

TEST(Interest, SaysYesForTopicsOfItsFiltersOnly) {
    Interest interest(2);
    const auto told = [&](std::string_view filter) { interest.note(1, Interest(2).add(filter)); };
    told("a/b");
    told("c/+/d");
    told("e/#");
    EXPECT_TRUE(interest.wants(1, "a/b"));
    EXPECT_TRUE(interest.wants(1, "c/x/d"));
    EXPECT_TRUE(interest.wants(1, "c/x/y"));  // not said so exactly
    EXPECT_TRUE(interest.wants(1, "e/x/y"));
    EXPECT_TRUE(interest.wants(1, "e"));  // [MQTT-4.7.1-2]
    for (const auto topic : {"a", "a/", "a/b/", "a/bc", "d", "ee", "ex/y", "a/c", "$SYS/x"}) {
        EXPECT_FALSE(interest.wants(1, topic)) << topic;
    }
    told("#");
    EXPECT_TRUE(interest.wants(1, "d"));
    EXPECT_FALSE(interest.wants(1, "$d"));  // [MQTT-4.7.2-1]
    told("$SYS/broker/uptime");
    EXPECT_TRUE(interest.wants(1, "$SYS"));
    EXPECT_TRUE(interest.wants(1, "$SYS/broker/version"));
}

TEST(Interest, TellsWhatIsNewAndWhatIsGone) {
    Interest interest(2);
    using Kind = InterestNews::Kind;
    EXPECT_EQ(interest.add("a/+").kind, Kind::taken);
    EXPECT_EQ(interest.add("a/#").kind, Kind::none);
    EXPECT_EQ(interest.remove("a/+").kind, Kind::none);
    EXPECT_EQ(interest.remove("a/#").kind, Kind::freed);
}

TEST(Interest, CountsAsManyAsThereAre) {
    using Kind = InterestNews::Kind;
    for (const int filters : {254, 255, 256, 257, 1000}) {
        Interest interest(2);
        EXPECT_EQ(interest.add("a").kind, Kind::taken);
        for (int i = 1; i < filters; ++i) {
            EXPECT_EQ(interest.add("a").kind, Kind::none);
        }
        for (int i = 1; i < filters; ++i) {
            EXPECT_EQ(interest.remove("a").kind, Kind::none);
        }
        EXPECT_EQ(interest.remove("a").kind, Kind::freed);
    }
}

/// Filters that share places come and go in any order: what is there is wanted, and in the end
/// nothing is.
TEST(Interest, NeverForgetsAFilterThatIsThere) {
    constexpr int filters = 20'000;
    Interest own(2);
    Interest other(2);
    std::mt19937 random(1);
    std::vector<bool> there(filters);
    for (int i = 0; i < 100'000; ++i) {
        const std::size_t number = random() % filters;
        const std::string filter = "home/" + std::to_string(number);
        other.note(1, there[number] ? own.remove(filter) : own.add(filter));
        there[number] = !there[number];
    }
    for (std::size_t number = 0; number < filters; ++number) {
        const std::string filter = "home/" + std::to_string(number);
        if (there[number]) {
            EXPECT_TRUE(other.wants(1, filter));
            other.note(1, own.remove(filter));
        }
    }
    for (int number = 0; number < filters; ++number) {
        EXPECT_FALSE(other.wants(1, "home/" + std::to_string(number)));
    }
}

/// As above, with so many that the others are told of everything, and of places again.
TEST(Interest, TellsOfEverythingWhereThereIsMuch) {
    Interest own(2);
    Interest other(2);
    const auto filter = [](std::size_t number) { return "home/" + std::to_string(number); };
    std::size_t told = 0;
    for (std::size_t number = 0; number < 50'000; ++number) {
        const InterestNews news = own.add(filter(number));
        told += news.kind == InterestNews::Kind::none ? 0 : 1;
        other.note(1, news);
        ASSERT_TRUE(other.wants(1, filter(number)));
    }
    EXPECT_LT(told, Interest::places_told_max);
    EXPECT_TRUE(other.wants(1, "no/such/topic"));
    EXPECT_FALSE(other.wants(1, "$SYS"));
    other.note(1, own.add("$SYS/#"));
    EXPECT_TRUE(other.wants(1, "$SYS"));
    for (std::size_t number = 0; number < 49'900; ++number) {
        other.note(1, own.remove(filter(number)));
    }
    for (std::size_t number = 49'900; number < 50'000; ++number) {
        EXPECT_TRUE(other.wants(1, filter(number)));
    }
    EXPECT_TRUE(other.wants(1, "$SYS"));
    EXPECT_FALSE(other.wants(1, "no/such/topic"));
}

/// What the class says of its errors.
TEST(Interest, SeldomSaysYesInVain) {
    Interest own(2);
    Interest other(2);
    for (int number = 0; number < 10'000; ++number) {
        other.note(1, own.add("home/" + std::to_string(number) + "/state"));
    }
    int vain = 0;
    for (int number = 0; number < 10'000; ++number) {
        vain += other.wants(1, "home/" + std::to_string(number) + "/set") ? 1 : 0;
    }
    EXPECT_LT(vain, 900);
}

}  // namespace
}  // namespace mq::broker
