#include "broker/core/mount_point.hpp"
#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::Version;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

mqtt::Connect connect(Version version, std::string_view client_id,
                      std::optional<std::string_view> user_name = {}) {
    mqtt::Connect packet;
    packet.version = version;
    packet.client_id = client_id;
    packet.user_name = user_name;
    return packet;
}

TEST(AcceptedVersions, OthersAreToldInTheirOwnForm) {
    World world;
    world.listener.accept_protocol_versions = 0;
    const std::map<Version, std::string> answers = {
        {Version::v3_1, "20020001"}, {Version::v3_1_1, "20020001"}, {Version::v5, "2003008400"}};
    for (const auto& [version, answer] : answers) {
        Client& client = world.client(version);
        client.sends(connect(version, "a"));
        EXPECT_EQ(client.reads_hex(), answer);
        EXPECT_TRUE(client.closed_by_broker());
    }
    EXPECT_EQ(world.broker().stats().sessions, 0U);
}

TEST(AcceptedVersions, EachBitIsOneLevel) {
    for (unsigned bit = 0; bit < 3; ++bit) {
        World world;
        world.listener.accept_protocol_versions = static_cast<std::uint8_t>(1U << bit);
        for (const Version version : {Version::v3_1, Version::v3_1_1, Version::v5}) {
            Client& client = world.client(version);
            client.sends(connect(version, "a"));
            EXPECT_EQ(client.open(), static_cast<unsigned>(version) == 3 + bit);
        }
    }
}

struct UserNameAsClientId : testing::Test {
    World world;
    UserNameAsClientId() { world.listener.use_username_as_clientid = true; }

    std::string answer_to(const mqtt::Connect& packet) {
        Client& client = world.client(packet.version);
        client.sends(packet);
        return client.reads_hex();
    }
};

TEST_F(UserNameAsClientId, TheSessionIsTheUsers) {
    mqtt::Connect packet = connect(Version::v5, "anything", "anna");
    packet.session_expiry_interval = 100;
    EXPECT_EQ(answer_to(packet), "200900000622000A210014");
    EXPECT_TRUE(world.log.has(" as anna (p5, c1, k0, u'anna')."));
    packet.client_id = "other";
    packet.clean_start = false;
    EXPECT_EQ(answer_to(packet), "200901000622000A210014");
    EXPECT_EQ(world.broker().stats().sessions, 1U);
}

TEST_F(UserNameAsClientId, NobodyTakesOverAnothersSession) {
    Client& anna = world.client();
    anna.sends(connect(Version::v5, "same", "anna"));
    Client& otto = world.client();
    otto.sends(connect(Version::v5, "same", "otto"));
    EXPECT_TRUE(anna.open());
    EXPECT_TRUE(otto.open());
}

TEST_F(UserNameAsClientId, WithoutAUserNameNobodyComesIn) {
    EXPECT_EQ(answer_to(connect(Version::v5, "a")), "2003008700");
    EXPECT_EQ(answer_to(connect(Version::v5, "a", "")), "2003008700");
    EXPECT_EQ(answer_to(connect(Version::v3_1_1, "a")), "20020005");
}

TEST_F(UserNameAsClientId, WhoSentNoClientIdIsToldTheName) {
    EXPECT_EQ(answer_to(connect(Version::v5, "", "anna")), "201000000D22000A120004616E6E61210014");
    EXPECT_EQ(answer_to(connect(Version::v3_1_1, "", "anna")), "20020000");
    mqtt::Connect kept = connect(Version::v3_1_1, "", "anna");
    kept.clean_start = false;
    EXPECT_EQ(answer_to(kept), "20020002");
}

TEST_F(UserNameAsClientId, ACertificatesNameCounts) {
    world.listener.use_identity_as_username = true;
    Client& client = world.client_at(world.listener, Version::v5, "of the certificate");
    client.sends(connect(Version::v5, "a", "claimed"));
    EXPECT_TRUE(world.log.has(" as of the certificate (p5, c1, k0, u'of the certificate')."));
}

TEST(MountPoint, StandsBeforeTheFilterProper) {
    EXPECT_EQ(mount_filter("m/", "a/#"), "m/a/#");
    EXPECT_EQ(mount_filter("m/", "$share/g/a/#"), "$share/g/m/a/#");
    EXPECT_EQ(mount_filter("", "$share/g/a"), "$share/g/a");
    std::string room;
    EXPECT_EQ(mount_topic("m/", "$share/g/a", room), "m/$share/g/a");
    EXPECT_EQ(mount_topic("", "a", room), "a");
}

TEST(MountPoint, IsTakenOffWhatLiesBelowIt) {
    const auto unmounted = [](std::string_view topic) {
        return unmount_topic("m/", topic) ? std::string(topic) : "none";
    };
    EXPECT_EQ(unmounted("m/a"), "a");
    EXPECT_EQ(unmounted("m/"), "none");
    EXPECT_EQ(unmounted("a"), "none");
    EXPECT_EQ(unmounted("mm/a"), "none");
}

struct Mounted : testing::Test {
    World world;
    ListenerSettings inner;
    Client* inside = nullptr;
    Client* outside = nullptr;

    Mounted() {
        inner.mount_point = "m/";
        inside = &world.client_at(inner);
        inside->connects("inside");
        outside = &world.client();
        outside->connects("outside");
    }
};

TEST_F(Mounted, TopicsOfItsClientsLieBelowIt) {
    outside->subscribes("#");
    inside->publishes("a/b", "x");
    EXPECT_THAT(outside->reads(), ElementsAre("PUBLISH topic=\"m/a/b\" qos=0 payload=\"x\""));
}

TEST_F(Mounted, ItsClientsDoNotSeeIt) {
    inside->subscribes("#", qos(1), 7);
    outside->publishes("m/a/b", "x", 1, 1);
    outside->publishes("a/b", "not below", 1, 2);
    EXPECT_THAT(inside->reads(), ElementsAre("PUBLISH topic=\"a/b\" qos=1 packet_id=1 "
                                             "payload=\"x\" subscription_identifier=7"));
    inside->publishes("own", "x");
    EXPECT_THAT(inside->reads(), ElementsAre(HasSubstr("topic=\"own\"")));
}

TEST_F(Mounted, SharedSubscriptionsLieBelowItInTheirGroup) {
    inside->subscribes("$share/g/t");
    outside->subscribes("$share/g/m/t");
    outside->publishes("m/t", "1");
    outside->publishes("m/t", "2");
    EXPECT_THAT(inside->reads(), ElementsAre("PUBLISH topic=\"t\" qos=0 payload=\"1\""));
    EXPECT_THAT(outside->reads(), ElementsAre("PUBLISH topic=\"m/t\" qos=0 payload=\"2\""));
}

TEST_F(Mounted, UnsubscribingFindsWhatWasSubscribed) {
    inside->subscribes("t");
    inside->subscribes("$share/g/t");
    EXPECT_THAT(inside->unsubscribes("t"), ElementsAre(HasSubstr("reason_codes=0x00")));
    EXPECT_THAT(inside->unsubscribes("$share/g/t"), ElementsAre(HasSubstr("reason_codes=0x00")));
    outside->publishes("m/t", "x");
    EXPECT_THAT(inside->reads(), IsEmpty());
}

TEST_F(Mounted, RetainedMessagesAreFoundBelowIt) {
    outside->publishes("m/t", "below", 0, 0, true);
    outside->publishes("t", "beside", 0, 0, true);
    EXPECT_THAT(
        inside->subscribes("t"),
        ElementsAre(HasSubstr("SUBACK"), "PUBLISH topic=\"t\" qos=0 retain payload=\"below\""));
}

TEST_F(Mounted, WillsLieBelowIt) {
    outside->subscribes("#");
    Client& mortal = world.client_at(inner);
    mqtt::Connect packet = connect(Version::v5, "mortal");
    packet.will = mqtt::Will{};
    packet.will->topic = "gone";
    mortal.sends(packet);
    mortal.breaks();
    EXPECT_THAT(outside->reads(), ElementsAre("PUBLISH topic=\"m/gone\" qos=0 payload=\"\""));
}

TEST_F(Mounted, TheResponseTopicIsLeftAlone) {
    outside->subscribes("#");
    mqtt::Publish packet;
    packet.topic = "t";
    packet.properties.response_topic = "answer";
    inside->sends(packet);
    EXPECT_THAT(outside->reads(), ElementsAre(HasSubstr("response_topic=\"answer\"")));
}

TEST_F(Mounted, AliasesStandForTopicsAsTheClientSeesThem) {
    Client& client = world.client_at(inner);
    mqtt::Connect packet = connect(Version::v5, "alias");
    packet.topic_alias_maximum = 5;
    client.sends(packet);
    client.reads();
    client.subscribes("#");
    outside->publishes("m/t", "1");
    outside->publishes("m/t", "2");
    EXPECT_THAT(client.reads(),
                ElementsAre("PUBLISH topic=\"t\" qos=0 payload=\"1\" topic_alias=1",
                            "PUBLISH topic=\"\" qos=0 payload=\"2\" topic_alias=1"));
    mqtt::Publish publish;
    publish.topic = "t";
    publish.topic_alias = 2;
    client.sends(publish);
    publish.topic = "";
    client.sends(publish);
    EXPECT_EQ(client.reads().size(), 2U);
}

TEST_F(Mounted, RulesNameWholeTopics) {
    world.access.on_write = [](std::string_view topic) { return topic == "m/open"; };
    world.access.on_read = [](std::string_view topic) { return topic == "m/open"; };
    outside->subscribes("#");
    inside->publishes("open", "x", 1, 1);
    EXPECT_THAT(inside->reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x00"));
    inside->publishes("closed", "x", 1, 2);
    EXPECT_THAT(inside->reads(), ElementsAre("PUBACK packet_id=2 reason_code=0x87"));
}

TEST_F(Mounted, WhatBeginsWithADollarIsOrdinaryBelowIt) {
    outside->subscribes("m/#");
    inside->publishes("$SYS/x", "x", 1, 1);
    EXPECT_THAT(inside->reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x00"));
    EXPECT_THAT(outside->reads(), ElementsAre(HasSubstr("topic=\"m/$SYS/x\"")));
}

TEST_F(Mounted, ATopicThatGrowsTooLongIsNotTaken) {
    const std::string topic(65534, 'a');
    inside->publishes(topic, "x", 1, 1);
    EXPECT_THAT(inside->reads(), ElementsAre("PUBACK packet_id=1 reason_code=0x90"));
    EXPECT_THAT(inside->subscribes(topic), ElementsAre("SUBACK packet_id=1 reason_codes=0x8F"));
    EXPECT_TRUE(inside->open());
}

TEST(MountPointAndTime, TheSessionKeepsItsSubscriptionsOverACrash) {
    World world{1, true};
    ListenerSettings inner;
    inner.mount_point = "m/";
    Client& away = world.client_at(inner);
    away.connects("away", false);
    away.subscribes("t", qos(1));
    away.breaks();
    world.crashes();
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("m/t", "x", 1, 1);
    EXPECT_THAT(world.client_at(inner).connects("away", false),
                ElementsAre(HasSubstr("session_present"), HasSubstr("topic=\"t\" qos=1")));
}

TEST(MountPointAndTime, WhatIsNotBelowTheNewListenersIsPassedOver) {
    World world;
    Client& before = world.client();
    before.connects("c", false);
    before.subscribes("t", qos(1));
    before.breaks();
    Client& publisher = world.client();
    publisher.connects("p");
    publisher.publishes("t", "x", 1, 1);
    ListenerSettings inner;
    inner.mount_point = "m/";
    EXPECT_THAT(world.client_at(inner).connects("c", false),
                ElementsAre(HasSubstr("session_present")));
    EXPECT_EQ(world.broker().stats().queued_messages, 0U);
}

}  // namespace
}  // namespace mq::broker::test
