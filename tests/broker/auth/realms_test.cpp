#include "broker/auth/realms.hpp"

#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

/// Listeners of a configuration with an ACL file each.
struct RealmsTest : testing::Test {
    mq::test::Home home;
    Realms realms;

    struct Place {
        std::uint16_t port = 1883;
        std::string host{};
        std::string acl_file{};
    };
    Config config(std::initializer_list<Place> places, bool per_listener = true) {
        Config made;
        made.per_listener_settings = per_listener;
        for (const Place& place : places) {
            ListenerConfig& listener = made.listeners.emplace_back();
            listener.port = place.port;
            listener.host = place.host;
            if (!place.acl_file.empty()) {
                home.write(place.acl_file, "topic read " + place.acl_file + "\n");
                listener.security.acl_file = (home.path() / place.acl_file).string();
            }
        }
        return made;
    }
    void use(std::initializer_list<Place> places, bool per_listener = true) {
        Realms::Loaded loaded = realms.load(config(places, per_listener));
        EXPECT_TRUE(loaded.problems.empty());
        realms.use(std::move(loaded));
    }
    /// The ACL file that holds for what came by this place; "nothing" without any rights.
    std::string rules(std::string_view place) {
        const std::size_t number = realms.find(place);
        if (number == no_realm || realms.list()[number] == nullptr) {
            return "nothing";
        }
        const std::string& file = realms.list()[number]->config.acl_file;
        return file.substr(file.rfind('/') + 1);
    }
    std::string kept(std::string_view place) {
        realms.keep(place);
        return rules(place);
    }
};

TEST_F(RealmsTest, AListenerIsKnownByItsPlace) {
    use({{1883, "", "a"}, {1884, "::1", "b"}});
    EXPECT_EQ(kept("1883"), "a");
    EXPECT_EQ(kept("1884 ::1"), "b");
    EXPECT_EQ(realms.name(realms.find("1884 ::1")), "1884 ::1");
    EXPECT_EQ(realms.name(no_realm), "");
}

TEST_F(RealmsTest, AnotherAddressOfTheSamePortWillDo) {
    use({{1883, "", "a"}, {1884, "::1", "b"}});
    EXPECT_EQ(kept("1884"), "b");
    EXPECT_EQ(kept("1883 127.0.0.1"), "a");
    EXPECT_EQ(realms.name(realms.find("1884")), "1884 ::1");
}

TEST_F(RealmsTest, TwoListenersOfTheSamePortDoNotTellWhich) {
    use({{1883, "127.0.0.1", "a"}, {1883, "::1", "b"}});
    EXPECT_EQ(kept("1883"), "nothing");
}

TEST_F(RealmsTest, AListenerThatIsGoneLeavesNoRights) {
    use({{1883, "", "a"}});
    EXPECT_EQ(kept("1884"), "nothing");
    EXPECT_EQ(kept("0 /run/socket"), "nothing");
    EXPECT_EQ(rules("never kept"), "nothing");
}

TEST_F(RealmsTest, AListenerThatIsGoneLeavesWhatHoldsForAll) {
    use({{1883, "", "a"}, {1885, "", "a"}}, false);
    EXPECT_EQ(kept("1884"), "a");
    EXPECT_EQ(kept(""), "a");
    use({{1883, "", "c"}}, false);
    EXPECT_EQ(rules("1884"), "c");
}

TEST_F(RealmsTest, WhatWasNotNotedMattersOnlyWhereListenersDiffer) {
    use({{1883, "", "a"}, {1884, "", "a"}});
    EXPECT_EQ(kept(""), "a");
    use({{1883, "", "a"}, {1884, "", "b"}});
    EXPECT_EQ(rules(""), "nothing");
}

TEST_F(RealmsTest, AReloadBringsBackAListenerWithItsRules) {
    use({{1883, "", "a"}});
    EXPECT_EQ(kept("1884"), "nothing");
    const std::size_t before = realms.find("1884");
    use({{1883, "", "a"}, {1884, "", "b"}});
    EXPECT_EQ(rules("1884"), "b");
    EXPECT_EQ(realms.find("1884"), before);
}

TEST_F(RealmsTest, AReloadTakesAListenerAndLeavesWhatHeldLast) {
    use({{1883, "", "a"}, {1884, "", "b"}});
    use({{1883, "", "a"}});
    EXPECT_EQ(rules("1884"), "b");
}

TEST_F(RealmsTest, AReloadMayPutAListenerWhereAnotherOneStoodIn) {
    use({{1883, "127.0.0.1", "a"}});
    EXPECT_EQ(kept("1883 ::1"), "a");
    use({{1883, "127.0.0.1", "a"}, {1883, "::1", "b"}});
    EXPECT_EQ(rules("1883 ::1"), "b");
    EXPECT_EQ(rules("1883 127.0.0.1"), "a");
}

TEST_F(RealmsTest, KeepsSoManyAndNoMore) {
    use({{1883, "", "a"}});
    for (std::size_t i = 0; i < 2 * Realms::kept_max; ++i) {
        realms.keep("0 /" + std::to_string(i));
    }
    EXPECT_EQ(realms.list().size(), Realms::kept_max);
    EXPECT_EQ(realms.find("0 /" + std::to_string(2 * Realms::kept_max - 1)), no_realm);
}

}  // namespace
}  // namespace mq::broker::test
