#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::Version;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr const char* topic = "$CONTROL/broker/v1";

/// Somebody answers, and c may do everything.
struct ControlTopic : testing::Test {
    World world;
    ControlTopic() { world.control.response = "yes"; }
    Client& subscriber(std::string_view filter = "$CONTROL/#", std::string_view id = "s") {
        Client& client = world.client();
        client.connects(id);
        client.subscribes(filter);
        return client;
    }
};

TEST_F(ControlTopic, ARequestIsAnsweredAtItsResponseTopic) {
    Client& client = world.client();
    client.connects("c");
    client.subscribes("$CONTROL/broker/v1/response", qos(2));
    client.publishes(topic, "request", 1, 7);
    EXPECT_THAT(world.control.asked, ElementsAre("$CONTROL/broker/v1 request c"));
    EXPECT_THAT(client.reads(),
                ElementsAre("PUBLISH topic=\"$CONTROL/broker/v1/response\" qos=0 payload=\"yes\"",
                            "PUBACK packet_id=7 reason_code=0x00"));
}

TEST_F(ControlTopic, NobodyElseGetsARequest) {
    Client& other = subscriber("$CONTROL/broker/v1");
    Client& client = world.client();
    client.connects("c");
    client.publishes(topic, "secret", 1, 1);
    EXPECT_THAT(other.reads(), IsEmpty());
}

TEST_F(ControlTopic, ARequestIsNeverRetained) {
    Client& client = world.client();
    client.connects("c");
    client.publishes(topic, "secret", 1, 1, true);
    EXPECT_EQ(world.control.asked.size(), 1U);
    Client& later = world.client();
    later.connects("later");
    EXPECT_THAT(later.subscribes("$CONTROL/#"), ElementsAre(HasSubstr("SUBACK")));
}

TEST_F(ControlTopic, AtQos2ARequestIsAskedOnce) {
    Client& client = world.client();
    client.connects("c");
    client.publishes(topic, "r", 2, 3);
    client.publishes(topic, "r", 2, 3);
    EXPECT_EQ(world.control.asked.size(), 1U);
    EXPECT_THAT(client.reads(), ElementsAre("PUBREC packet_id=3 reason_code=0x00",
                                            "PUBREC packet_id=3 reason_code=0x00"));
}

TEST_F(ControlTopic, WhereNobodyAnswersThePublisherIsTold) {
    world.control.response = std::nullopt;
    Client& other = subscriber();
    Client& client = world.client();
    client.connects("c");
    client.publishes("$CONTROL/broker/v1/response", "forged", 1, 1);
    EXPECT_THAT(client.reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x90"));
    EXPECT_THAT(other.reads(), IsEmpty());
    Client& old = world.client(Version::v3_1_1);
    old.connects("old");
    old.publishes(topic, "x", 1, 1);
    EXPECT_THAT(old.reads(), ElementsAre(HasSubstr("PUBACK packet_id=1")));
}

TEST_F(ControlTopic, WhoHasNoRuleMayNotAsk) {
    world.access.on_write = [](std::string_view asked) { return asked != topic; };
    Client& client = world.client();
    client.connects("c");
    client.publishes(topic, "r", 1, 1);
    EXPECT_THAT(client.reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x87"));
    EXPECT_THAT(world.control.asked, IsEmpty());
}

TEST_F(ControlTopic, WithoutAnyRulesNobodyMayAskOrRead) {
    Client& allowed = world.client();
    allowed.connects("allowed");
    world.access.no_rules = true;
    Client& other = subscriber();
    other.publishes(topic, "r", 1, 1);
    EXPECT_THAT(other.reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x87"));
    EXPECT_THAT(world.control.asked, IsEmpty());
    allowed.publishes(topic, "r");
    EXPECT_EQ(world.control.asked.size(), 1U);
    EXPECT_THAT(other.reads(), IsEmpty());
    other.subscribes("a");
    other.publishes("a", "everything else is allowed");
    EXPECT_EQ(other.reads().size(), 1U);
}

TEST_F(ControlTopic, WithoutAnyRulesAFilterOfItIsRefusedWhereFiltersAre) {
    world.limits.acl_refuse_subscribe = true;
    world.access.no_rules = true;
    Client& client = world.client();
    client.connects("c");
    EXPECT_THAT(client.subscribes("$CONTROL/#"),
                ElementsAre("SUBACK packet_id=1 reason_codes=0x87"));
    EXPECT_THAT(client.subscribes("$share/g/$CONTROL/#"),
                ElementsAre("SUBACK packet_id=1 reason_codes=0x87"));
    EXPECT_THAT(client.subscribes("$CONTROLS/#"),
                ElementsAre("SUBACK packet_id=1 reason_codes=0x00"));
}

TEST_F(ControlTopic, AWillIsNoRequest) {
    Client& client = world.client();
    mqtt::Connect packet;
    packet.client_id = "c";
    packet.will = mqtt::Will{};
    packet.will->topic = topic;
    client.sends(packet);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("reason_code=0x87")));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST_F(ControlTopic, OfAMountPointIsAPlainTopic) {
    world.listener.mount_point = "m/";
    Client& client = world.client();
    client.connects("c");
    client.subscribes(topic);
    client.publishes(topic, "plain");
    EXPECT_THAT(world.control.asked, IsEmpty());
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("topic=\"$CONTROL/broker/v1\"")));
}

TEST_F(ControlTopic, TheResponseGoesToAllShards) {
    World two{2};
    two.control.response = "yes";
    Client& other = two.client(Version::v5, 1);
    other.connects("other");
    other.subscribes("$CONTROL/#");
    Client& client = two.client(Version::v5, 0);
    client.connects("c");
    client.publishes(topic, "r");
    EXPECT_THAT(other.reads(), ElementsAre(HasSubstr("v1/response")));
}

}  // namespace
}  // namespace mq::broker::test
