#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::QoS;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

struct AfterACrash : testing::Test {
    World world{1, true};
};

TEST_F(AfterACrash, SessionsSubscriptionsAndQueuedMessagesAreBack) {
    Client& away = world.client();
    away.connects("a", false);
    away.subscribes("t/#", qos(1), 9);
    away.subscribes("$share/g/s", qos(1));
    away.breaks();
    Client& publisher = world.client();
    publisher.connects("p", true, 0);
    publisher.publishes("t/1", "one", 1, 1);
    publisher.publishes("s", "shared", 1, 2);
    world.crashes();
    EXPECT_THAT(world.client().connects("a", false),
                ElementsAre(HasSubstr("session_present"),
                            "PUBLISH topic=\"t/1\" qos=1 packet_id=1 payload=\"one\" "
                            "subscription_identifier=9",
                            HasSubstr("\"shared\"")));
    Client& again = world.client();
    again.connects("p");
    again.publishes("t/2", "two", 1, 1);
    EXPECT_EQ(world.broker().stats().queued_messages, 3U);
}

TEST_F(AfterACrash, WhatWasInFlightKeepsItsIdentifierAndState) {
    Client& client = world.client();
    client.connects("a", false);
    client.subscribes("t", qos(2));
    Client& publisher = world.client();
    publisher.connects("p", true, 0);
    for (mqtt::PacketId id = 1; id <= 3; ++id) {
        publisher.publishes("t", std::to_string(id), 2, id);
    }
    client.sends(acknowledgement<mqtt::Pubrec>(1));
    client.sends(acknowledgement<mqtt::Pubrec>(2));
    client.sends(acknowledgement<mqtt::Pubcomp>(1));
    world.crashes();
    EXPECT_THAT(world.client().connects("a", false),
                ElementsAre(HasSubstr("session_present"), "PUBREL packet_id=2 reason_code=0x00",
                            "PUBLISH topic=\"t\" qos=2 dup packet_id=3 payload=\"3\""));
}

TEST_F(AfterACrash, AQoS2MessageIsNotTakenTwice) {
    Client& publisher = world.client();
    publisher.connects("p", false);
    publisher.publishes("t", "x", 2, 7);
    world.crashes();
    Client& watcher = world.client();
    watcher.connects("w");
    watcher.subscribes("t");
    Client& back = world.client();
    back.connects("p", false);
    back.publishes("t", "x", 2, 7);
    EXPECT_THAT(back.reads(), ElementsAre("PUBREC packet_id=7 reason_code=0x00"));
    EXPECT_THAT(watcher.reads(), IsEmpty());
}

TEST_F(AfterACrash, RetainedMessagesAreBackButNotSysTopics) {
    world.limits.sys_interval = 10;
    Client& publisher = world.client();
    publisher.connects("p", true, 0);
    publisher.publishes("a", "kept", 0, 0, true);
    publisher.publishes("b", "gone", 0, 0, true);
    publisher.publishes("b", "", 0, 0, true);
    world.passes(seconds(11));
    EXPECT_EQ(world.journal.retained.size(), 1U);
    world.crashes();
    Client& late = world.client();
    late.connects("late");
    EXPECT_THAT(late.subscribes("#"), ElementsAre(HasSubstr("SUBACK"), HasSubstr("\"kept\"")));
}

/// What is retained or queued for some time only.
struct AfterACrashWithExpiry : AfterACrash {
    void publishes(std::uint32_t expiry_seconds, bool retain) {
        mqtt::Publish packet;
        packet.topic = "t";
        packet.qos = QoS::at_least_once;
        packet.packet_id = 1;
        packet.retain = retain;
        packet.payload = mqtt::Bytes(reinterpret_cast<const std::uint8_t*>("x"), 1);
        packet.properties.message_expiry_interval = expiry_seconds;
        Client& publisher = world.client();
        publisher.connects("p", true, 0);
        publisher.sends(packet);
    }
    void crash_for(Duration down) {
        world.sleeps(down);
        world.crashes();
    }
    Lines retained() {
        Client& client = world.client();
        client.connects("r", true, 0);
        Lines lines = client.subscribes("t");
        lines.erase(lines.begin());
        return lines;
    }
};

TEST_F(AfterACrashWithExpiry, ARetainedMessageGrowsOld) {
    publishes(60, true);
    crash_for(seconds(20));
    world.passes(seconds(10));
    EXPECT_THAT(retained(), ElementsAre(HasSubstr("message_expiry_interval=30")));
    world.passes(seconds(31));
    EXPECT_THAT(retained(), IsEmpty());
    EXPECT_THAT(world.journal.retained, IsEmpty());
}

TEST_F(AfterACrashWithExpiry, ARetainedMessageThatIsOverIsNotBack) {
    publishes(60, true);
    crash_for(seconds(61));
    EXPECT_EQ(world.broker().stats().retained_messages, 0U);
    EXPECT_THAT(world.journal.retained, IsEmpty());
}

TEST_F(AfterACrashWithExpiry, TheSweepFindsARetainedMessageOfBefore) {
    world.limits.retain_expiry_interval = 1;
    publishes(90, true);
    crash_for(seconds(20));
    world.passes(seconds(61));
    EXPECT_EQ(world.broker().stats().retained_messages, 1U);
    world.passes(seconds(60));
    EXPECT_EQ(world.broker().stats().retained_messages, 0U);
    EXPECT_THAT(world.journal.retained, IsEmpty());
}

TEST_F(AfterACrashWithExpiry, AQueuedMessageGrowsOld) {
    for (const auto& [down, waits] : {std::pair(20, true), std::pair(61, false)}) {
        Client& away = world.client();
        away.connects("a", false);
        away.subscribes("t", qos(1));
        away.breaks();
        publishes(60, false);
        crash_for(seconds(down));
        Client& back = world.client();
        const Lines lines = back.connects("a", false);
        EXPECT_EQ(lines.size(), waits ? 2U : 1U);
        if (waits) {
            EXPECT_THAT(lines.back(), HasSubstr("message_expiry_interval=40"));
            back.sends(acknowledgement<mqtt::Puback>(1));
        }
        EXPECT_THAT(world.journal.find("a")->entries, IsEmpty());
    }
}

TEST_F(AfterACrash, AnExpiredSessionIsNotBack) {
    Client& away = world.client();
    away.connects("a", false, 60);
    away.breaks();
    world.journal.find("a")->session.expires = world.now() - seconds(1);
    world.crashes();
    EXPECT_EQ(world.broker().stats().sessions, 0U);
    EXPECT_TRUE(world.journal.sessions.empty());
}

TEST_F(AfterACrash, ASessionThatWasConnectedExpiresFromTheRestart) {
    world.client().connects("a", false, 60);
    world.crashes();
    world.passes(seconds(59));
    EXPECT_EQ(world.broker().stats().sessions, 1U);
    world.passes(seconds(2));
    EXPECT_EQ(world.broker().stats().sessions, 0U);
    EXPECT_TRUE(world.journal.sessions.empty());
}

TEST_F(AfterACrash, NothingOfAcknowledgedMessagesIsKept) {
    Client& client = world.client();
    client.connects("a", false);
    client.subscribes("t", qos(2));
    Client& publisher = world.client();
    publisher.connects("p", true, 0);
    publisher.publishes("t", "1", 1, 1);
    publisher.publishes("t", "2", 2, 2);
    client.sends(acknowledgement<mqtt::Puback>(1));
    client.sends(acknowledgement<mqtt::Pubrec>(2));
    client.sends(acknowledgement<mqtt::Pubcomp>(2));
    EXPECT_TRUE(world.journal.find("a")->entries.empty());
    EXPECT_EQ(world.journal.find("p"), nullptr);
}

TEST_F(AfterACrash, ACleanStartLeavesNothingOfTheOldSession) {
    Client& away = world.client();
    away.connects("a", false);
    away.subscribes("t", qos(1));
    away.breaks();
    world.client().connects("a", true, 0);
    EXPECT_EQ(world.journal.find("a"), nullptr);
}

/// A session that came by the second of two listeners, and whose client is away.
struct AfterACrashOfTwoListeners : AfterACrash {
    AfterACrashOfTwoListeners() {
        world.realms.names = {"1883", "1884"};
        second.realm = 1;
        Client& away = world.client_at(second);
        away.connects("a", false);
        away.subscribes("t", qos(1));
        away.breaks();
    }
    /// How many messages wait for it after the broker has come back with these realms, of which
    /// one allows nothing.
    std::size_t waiting(std::vector<std::string> names, std::size_t closed) {
        world.realms.names = std::move(names);
        world.access.on_realm = [closed](std::size_t realm) { return realm != closed; };
        world.crashes();
        ListenerSettings open;
        open.realm = 1;
        Client& publisher = world.client_at(open);
        publisher.connects("p", true, 0);
        publisher.publishes("t", "x", 1, 1);
        return world.journal.find("a")->entries.size();
    }
    ListenerSettings second;
};

TEST_F(AfterACrashOfTwoListeners, ASessionIsStoredWithItsListener) {
    EXPECT_EQ(world.journal.find("a")->session.realm, "1884");
}

TEST_F(AfterACrashOfTwoListeners, ASessionHasTheRulesOfItsListenerWhateverItsNumber) {
    EXPECT_EQ(waiting({"1884", "1885", "1883"}, 0), 0U);
    EXPECT_EQ(waiting({"1884", "1885", "1883"}, 2), 1U);
}

TEST_F(AfterACrashOfTwoListeners, ASessionWhoseListenerIsGoneHasNoRealm) {
    EXPECT_EQ(waiting({"1883", "1885"}, no_realm), 0U);
}

/// What another broker's snapshot may hold and ours never stores.
struct AfterATakeover : AfterACrash {
    static MessageRef message(std::string_view payload, QoS level, bool retain = false) {
        return MessageRef::create(
            "t", {}, {reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size()}, level,
            retain, {});
    }
};

TEST_F(AfterATakeover, AnAcceptedMessageGoesToItsSubscribersAndIsStored) {
    Client& away = world.client();
    away.connects("a", false);
    away.subscribes("t", qos(2));
    away.breaks();
    world.client().connects("p", false);
    world.crashes();
    const MessageRef kept = message("accepted", QoS::exactly_once, true);
    world.broker().restore(AcceptedMessage{"p", kept.published_by({"p", "anna", true})},
                           world.now());
    ASSERT_EQ(world.journal.find("a")->entries.size(), 1U);
    ASSERT_EQ(world.journal.retained.size(), 1U);
    EXPECT_EQ(world.journal.retained[0]->publisher().client_id, "p");
    EXPECT_EQ(world.journal.retained[0]->publisher().user_name, "anna");
    EXPECT_THAT(world.client().connects("a", false),
                ElementsAre(HasSubstr("session_present"), HasSubstr("payload=\"accepted\"")));
}

TEST_F(AfterATakeover, AnAcceptedMessageHeedsNoLocalAndTheRightToRead) {
    for (const char* name : {"publisher", "reader"}) {
        Client& client = world.client();
        client.connects(name, false);
        mqtt::SubscriptionOptions options = qos(2);
        options.no_local = true;
        client.subscribes("t", options);
        client.breaks();
    }
    world.crashes();
    const AcceptedMessage accepted{"publisher", message("x", QoS::exactly_once)};
    world.broker().restore(accepted, world.now());
    EXPECT_THAT(world.journal.find("publisher")->entries, IsEmpty());
    EXPECT_EQ(world.journal.find("reader")->entries.size(), 1U);
    world.access.on_read = [](std::string_view) { return false; };
    world.broker().restore(accepted, world.now());
    EXPECT_EQ(world.journal.find("reader")->entries.size(), 1U);
}

TEST_F(AfterATakeover, AQueuedMessageOfQoS0ComesOnce) {
    world.client().connects("a", false);
    EntryRecord entry;
    entry.number = world.journal.next_entry();
    entry.message = message("at most once", QoS::at_most_once);
    world.journal.entry_stored("a", entry);
    world.crashes();
    EXPECT_THAT(world.client().connects("a", false),
                ElementsAre(HasSubstr("session_present"), HasSubstr("payload=\"at most once\"")));
    EXPECT_THAT(world.journal.find("a")->entries, IsEmpty());
}

}  // namespace
}  // namespace mq::broker::test
