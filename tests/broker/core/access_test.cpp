#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::Version;
using testing::ElementsAre;
using testing::HasSubstr;

/// `check_retain_source`: p has left retained messages behind and lost its right to write.
struct RetainSource : testing::Test {
    World world;
    bool may_write = true;

    RetainSource() {
        world.limits.check_retain_source = true;
        world.access.on_write_of = [this](std::string_view client_id, std::string_view topic) {
            return may_write || client_id != "p" || topic == "still";
        };
    }
    void publishes(std::initializer_list<const char*> topics) {
        Client& publisher = world.client();
        publisher.connects("p", true, 0);
        for (const char* topic : topics) {
            publisher.publishes(topic, "x", 0, 0, true);
        }
        publisher.sends(mqtt::Disconnect{});
    }
    Lines retained() {
        Client& client = world.client();
        client.connects("c");
        Lines lines = client.subscribes("#");
        lines.erase(lines.begin());
        return lines;
    }
};

TEST_F(RetainSource, WhoMayStillWriteIsHeard) {
    publishes({"a"});
    EXPECT_THAT(retained(), ElementsAre(HasSubstr("topic=\"a\"")));
}

TEST_F(RetainSource, WhoMayWriteNoMoreIsNot) {
    publishes({"a", "still"});
    may_write = false;
    EXPECT_THAT(retained(), ElementsAre(HasSubstr("topic=\"still\"")));
    may_write = true;
    EXPECT_EQ(retained().size(), 2U);
}

TEST_F(RetainSource, IsNotAskedUnlessConfigured) {
    world.limits.check_retain_source = false;
    publishes({"a"});
    may_write = false;
    EXPECT_EQ(retained().size(), 1U);
}

TEST_F(RetainSource, OneClientIsAskedForOnce) {
    publishes({"a", "b", "c", "d"});
    const int before = world.access.grants;
    EXPECT_EQ(retained().size(), 4U);
    EXPECT_EQ(world.access.grants, before + 2);  // of the subscriber, and of p
}

TEST_F(RetainSource, SysTopicsHaveNone) {
    world.limits.sys_interval = 10;
    world.access.on_write = [](std::string_view) { return false; };
    Client& client = world.client();
    client.connects("c");
    world.passes(std::chrono::seconds(11));
    EXPECT_GT(client.subscribes("$SYS/#").size(), 5U);
    may_write = true;
    world.access.on_write = nullptr;
    publishes({"$SYS/broker/connection/p/state"});
    may_write = false;
    client.reads();
    EXPECT_EQ(client.subscribes("$SYS/broker/connection/#").size(), 2U);
}

TEST_F(RetainSource, IsThatOfAWillToo) {
    Client& mortal = world.client();
    mqtt::Connect packet;
    packet.client_id = "p";
    packet.will = mqtt::Will{};
    packet.will->topic = "gone";
    packet.will->retain = true;
    packet.will->payload = mqtt::Bytes(reinterpret_cast<const std::uint8_t*>("x"), 1);
    mortal.sends(packet);
    mortal.breaks();
    EXPECT_EQ(retained().size(), 1U);
    may_write = false;
    EXPECT_EQ(retained().size(), 0U);
}

TEST(RetainSourceOf, TheOtherShardIsKnown) {
    World world{2};
    world.limits.check_retain_source = true;
    Client& publisher = world.client(Version::v5, 0);
    publisher.connects("p");
    for (const char* topic : {"a", "b", "c", "d", "e", "f"}) {
        publisher.publishes(topic, "x", 0, 0, true);
    }
    world.access.on_write_of = [](std::string_view client_id, std::string_view topic) {
        return client_id != "p" || topic == "a";
    };
    Client& client = world.client(Version::v5, 1);
    client.connects("c");
    EXPECT_THAT(client.subscribes("+"), ElementsAre(HasSubstr("SUBACK"), HasSubstr("\"a\"")));
}

TEST(RetainSourceOf, WhatARestartHasKeptIsKnown) {
    World world{1, true};
    world.limits.check_retain_source = true;
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("a", "x", 0, 0, true);
    world.crashes();
    world.access.on_write_of = [](std::string_view client_id, std::string_view) {
        return client_id != "p";
    };
    Client& client = world.client();
    client.connects("c");
    EXPECT_EQ(client.subscribes("#").size(), 1U);
}

TEST(RetainSourceOf, TheListenerIsKnownAfterARestart) {
    World world{1, true};
    world.limits.check_retain_source = true;
    world.realms.names = {"1883", "1884"};
    ListenerSettings other;
    other.realm = 1;
    Client& publisher = world.client_at(other);
    publisher.connects("p");
    publisher.publishes("a", "x", 0, 0, true);
    world.realms.names = {"1884", "1885", "1883"};
    world.crashes();
    world.listener.realm = 2;
    std::size_t closed = no_realm;
    world.access.on_realm = [&](std::size_t realm) { return realm != closed; };
    Client& client = world.client();
    client.connects("c");
    EXPECT_EQ(client.subscribes("#").size(), 2U);
    closed = 0;
    EXPECT_EQ(client.subscribes("#").size(), 1U);
}

/// `acl_refuse_subscribe`
struct RefuseSubscribe : testing::Test {
    World world;
    RefuseSubscribe() {
        world.limits.acl_refuse_subscribe = true;
        world.access.on_subscribe = [](std::string_view filter) { return filter != "secret/#"; };
    }
};

TEST_F(RefuseSubscribe, AFilterThatCanGiveNothingIsRefused) {
    const std::map<Version, std::string> codes = {
        {Version::v3_1, "0x80"}, {Version::v3_1_1, "0x80"}, {Version::v5, "0x87"}};
    for (const auto& [version, code] : codes) {
        Client& client = world.client(version);
        client.connects("c");
        EXPECT_THAT(client.subscribes("secret/#"),
                    ElementsAre("SUBACK packet_id=1 reason_codes=" + code));
        EXPECT_THAT(client.subscribes("open/#"),
                    ElementsAre("SUBACK packet_id=1 reason_codes=0x00"));
    }
}

TEST_F(RefuseSubscribe, InASharedSubscriptionTheFilterProperCounts) {
    Client& client = world.client();
    client.connects("c");
    EXPECT_THAT(client.subscribes("$share/g/secret/#"),
                ElementsAre("SUBACK packet_id=1 reason_codes=0x87"));
}

TEST_F(RefuseSubscribe, ARefusedFilterIsNoSubscription) {
    Client& client = world.client();
    client.connects("c");
    client.publishes("secret/x", "x", 0, 0, true);
    EXPECT_EQ(client.subscribes("secret/#").size(), 1U);
    EXPECT_EQ(world.broker().stats().subscriptions, 0U);
}

TEST_F(RefuseSubscribe, WithoutItFiltersAreTaken) {
    world.limits.acl_refuse_subscribe = false;
    Client& client = world.client();
    client.connects("c");
    EXPECT_THAT(client.subscribes("secret/#"), ElementsAre("SUBACK packet_id=1 reason_codes=0x00"));
}

}  // namespace
}  // namespace mq::broker::test
