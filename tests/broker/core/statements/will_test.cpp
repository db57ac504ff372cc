#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// §3.1.2.5 and §3.14.4, the will.
namespace mq::broker::test {
namespace {

using mqtt::QoS;
using mqtt::ReasonCode;
using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

/// A client with a will, and one that watches.
struct Mortal {
    World world;
    Version version;
    Client& watcher;
    mqtt::Connect packet;

    explicit Mortal(Version of) : version(of), watcher(connected(world, of, "w")) {
        watcher.subscribes("will", qos(2));
        packet.version = of;
        packet.client_id = "c";
        packet.clean_start = false;
        packet.will = mqtt::Will{};
        packet.will->topic = "will";
        packet.will->payload = bytes("bye");
        if (of == Version::v5) {
            packet.session_expiry_interval = 100;
        }
    }
    Client& connects() {
        Client& client = world.client(version);
        client.sends(packet);
        client.reads();
        return client;
    }
    Client& comes_back_without_will() {
        Client& client = world.client(version);
        client.connects("c", false);
        return client;
    }
};

TEST(Will, IsKeptAndPublishedWhenTheConnectionEnds) {
    for (const Version version : both_versions) {
        Mortal mortal(version);
        Client& client = mortal.connects();
        EXPECT_THAT(mortal.watcher.reads(), IsEmpty());
        client.breaks();
        // [MQTT-3.1.2-7] [MQTT-3.1.2-8] [MQTT311-3.1.2-8]
        EXPECT_THAT(mortal.watcher.reads(),
                    ElementsAre("PUBLISH topic=\"will\" qos=0 payload=\"bye\""));
        // [MQTT-3.1.2-10] [MQTT311-3.1.2-10]
        mortal.comes_back_without_will().breaks();
        mortal.world.passes(seconds(1000));
        EXPECT_THAT(mortal.watcher.reads(), IsEmpty());
    }
}

TEST(Will, IsDeletedByDisconnect) {
    for (const Version version : both_versions) {
        Mortal mortal(version);
        mortal.connects().sends(mqtt::Disconnect{});
        mortal.world.passes(seconds(1000));
        // [MQTT-3.14.4-3] [MQTT311-3.14.4-3] [MQTT-3.1.2-8] [MQTT-3.1.2-10] [MQTT311-3.1.2-10]
        EXPECT_THAT(mortal.watcher.reads(), IsEmpty());
        mortal.comes_back_without_will().breaks();
        EXPECT_THAT(mortal.watcher.reads(), IsEmpty());
    }
}

TEST(Will, ThatIsNotThereIsNotPublished) {
    for (const Version version : both_versions) {
        World world;
        Client& watcher = connected(world, version, "w");
        watcher.subscribes("#");
        connected(world, version, "c").breaks();
        // [MQTT311-3.1.2-12]
        EXPECT_THAT(watcher.reads(), IsEmpty());
    }
}

TEST(Will, GoesOutWithItsQoSAndFlag) {
    for (const Version version : both_versions) {
        for (unsigned level = 0; level <= 2; ++level) {
            for (const bool retain : {false, true}) {
                Mortal mortal(version);
                mortal.packet.will->qos = static_cast<QoS>(level);
                mortal.packet.will->retain = retain;
                mortal.connects().breaks();
                // [MQTT-3.1.2-9] [MQTT311-3.1.2-9]
                EXPECT_THAT(mortal.watcher.reads(),
                            ElementsAre(HasSubstr("qos=" + std::to_string(level))));
                // [MQTT-3.1.2-14] [MQTT-3.1.2-15] [MQTT311-3.1.2-16] [MQTT311-3.1.2-17]
                EXPECT_EQ(mortal.world.broker().stats().retained_messages, retain ? 1U : 0U);
            }
        }
    }
}

TEST(Will, WaitsForItsDelay) {
    Mortal mortal(Version::v5);
    mortal.packet.will->delay_interval = 10;
    mortal.connects().breaks();
    mortal.world.passes(seconds(9));
    // [MQTT-3.1.2-8]
    EXPECT_THAT(mortal.watcher.reads(), IsEmpty());
    mortal.world.passes(seconds(2));
    EXPECT_EQ(mortal.watcher.reads().size(), 1U);
}

TEST(Will, DoesNotWaitLongerThanTheSession) {
    Mortal mortal(Version::v5);
    mortal.packet.session_expiry_interval = 5;
    mortal.packet.will->delay_interval = 1000;
    mortal.connects().breaks();
    mortal.world.passes(seconds(6));
    // [MQTT-3.1.2-8]
    EXPECT_EQ(mortal.watcher.reads().size(), 1U);
}

TEST(Will, IsNotSentWhenTheSessionGoesOnInTime) {
    Mortal mortal(Version::v5);
    mortal.packet.will->delay_interval = 10;
    mortal.connects().breaks();
    mortal.world.passes(seconds(5));
    mortal.comes_back_without_will();
    mortal.world.passes(seconds(1000));
    // [MQTT-3.1.3-9] [MQTT-3.1.2-8]
    EXPECT_THAT(mortal.watcher.reads(), IsEmpty());
}

TEST(Will, KeepsItsProperties) {
    Mortal mortal(Version::v5);
    mqtt::Buffer user;
    mqtt::append_user_property({"z", "1"}, user);
    mqtt::append_user_property({"a", "2"}, user);
    mqtt::append_user_property({"z", "3"}, user);
    mortal.packet.will->properties.user_properties = mqtt::UserProperties(user);
    mortal.packet.will->properties.content_type = "text";
    mortal.connects().breaks();
    // [MQTT-3.1.3-10] [MQTT-3.1.2-9]
    EXPECT_THAT(mortal.watcher.reads(),
                ElementsAre("PUBLISH topic=\"will\" qos=0 payload=\"bye\" content_type=\"text\" "
                            "user_property=\"z\"=\"1\" user_property=\"a\"=\"2\" "
                            "user_property=\"z\"=\"3\""));
}

}  // namespace
}  // namespace mq::broker::test
