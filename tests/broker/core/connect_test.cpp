#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

mqtt::Connect connect(Version version, std::string_view client_id, bool clean_start = true) {
    mqtt::Connect packet;
    packet.version = version;
    packet.client_id = client_id;
    packet.clean_start = clean_start;
    return packet;
}

TEST(Connect, AnAcceptedClientGetsConnackWithWhatTheServerAllows) {
    World world;
    world.limits.max_packet_size = 2000;
    EXPECT_THAT(world.client().connects("a"),
                ElementsAre("CONNACK reason_code=0x00 return_code=0x00 receive_maximum=20 "
                            "maximum_packet_size=2000 topic_alias_maximum=10"));
    EXPECT_THAT(world.client(Version::v3_1_1).connects("b"),
                ElementsAre("CONNACK reason_code=0x00 return_code=0x00"));
    EXPECT_THAT(world.client(Version::v3_1).connects("c"),
                ElementsAre("CONNACK reason_code=0x00 return_code=0x00"));
}

TEST(Connect, AnEmptyClientIdIsAssignedInV5AndInCleanSessionsOfV311) {
    World world;
    EXPECT_THAT(world.client().connects(""),
                ElementsAre(HasSubstr("assigned_client_identifier=\"auto-")));
    EXPECT_THAT(world.client(Version::v3_1_1).connects(""),
                ElementsAre(HasSubstr("return_code=0x00")));
    Client& kept = world.client(Version::v3_1_1);
    EXPECT_THAT(kept.connects("", false), ElementsAre(HasSubstr("return_code=0x02")));
    EXPECT_TRUE(kept.closed_by_broker());
    EXPECT_THAT(world.client(Version::v3_1).connects(""),
                ElementsAre(HasSubstr("return_code=0x02")));
}

TEST(Connect, TwoAssignedClientIdsDiffer) {
    World world;
    EXPECT_NE(world.client().connects(""), world.client().connects(""));
    EXPECT_EQ(world.broker().stats().connections, 2U);
}

TEST(Connect, EmptyUserNameIsNone) {
    World world;
    std::string seen;
    world.access.on_login = [&](const LoginRequest& request) {
        seen = std::string(request.user_name.value_or("none")) +
               (request.password ? " with password" : "");
        return mqtt::ReasonCode::success;
    };
    mqtt::Connect packet = connect(Version::v3_1_1, "c");
    packet.user_name = "";
    const std::uint8_t password[] = {'x'};
    packet.password = password;
    world.client(Version::v3_1_1).sends(packet);
    EXPECT_EQ(seen, "none");
    EXPECT_TRUE(world.log.has("as c (p4, c1, k0)."));
}

TEST(Connect, NameThatTlsHasShownIsTheUserName) {
    World world;
    world.listener.use_identity_as_username = true;
    std::string seen;
    world.access.on_login = [&](const LoginRequest& request) {
        seen = std::string(request.user_name.value_or("none")) +
               (request.password ? " with password" : "");
        return mqtt::ReasonCode::success;
    };
    mqtt::Connect packet = connect(Version::v5, "c");
    packet.user_name = "berta";
    const std::uint8_t password[] = {'x'};
    packet.password = password;
    world.client_at(world.listener, Version::v5, "anna").sends(packet);
    EXPECT_EQ(seen, "anna");
    EXPECT_TRUE(world.log.has("as c (p5, c1, k0, u'anna')."));
}

TEST(Connect, ClientWithoutTheNameThatTlsShouldShowIsRefused) {
    World world;
    world.listener.use_identity_as_username = true;
    for (const auto& identity : {std::optional<std::string>(), std::optional<std::string>("")}) {
        Client& client = world.client_at(world.listener, Version::v3_1_1, identity);
        EXPECT_THAT(client.connects("c"), ElementsAre(HasSubstr("return_code=0x04")));
        EXPECT_TRUE(client.closed_by_broker());
    }
}

TEST(Connect, TheFirstPacketMustBeConnect) {
    World world;
    Client& client = world.client();
    client.sends(mqtt::Pingreq{});
    EXPECT_TRUE(client.closed_by_broker());
    EXPECT_THAT(client.reads(), IsEmpty());
}

TEST(Connect, ASecondConnectIsAProtocolError) {
    World world;
    Client& client = world.client();
    client.connects("a");
    client.sends(connect(Version::v5, "a"));
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x82"));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST(Connect, AnUnknownProtocolLevelIsAnswered) {
    World world;
    Client& client = world.client(Version::v3_1_1);
    const mqtt::Buffer bytes{0x10, 13, 0, 4, 'M', 'Q', 'T', 'T', 9, 2, 0, 0, 0, 1, 'a'};
    client.sends_bytes(bytes);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("return_code=0x01")));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST(Connect, ARefusedLoginIsToldAndClosed) {
    World world;
    world.access.on_login = [](const LoginRequest&) { return mqtt::ReasonCode::not_authorized; };
    EXPECT_THAT(world.client().connects("a"), ElementsAre(HasSubstr("reason_code=0x87")));
    EXPECT_THAT(world.client(Version::v3_1_1).connects("b"),
                ElementsAre(HasSubstr("return_code=0x05")));
    EXPECT_EQ(world.broker().stats().sessions, 0U);
}

TEST(Connect, NothingIsTakenWhileTheLoginIsChecked) {
    World world;
    world.access.on_login = [](const LoginRequest&) { return std::nullopt; };
    Client& client = world.client();
    client.sends(connect(Version::v5, "a"));
    client.sends(mqtt::Pingreq{});
    EXPECT_THAT(client.reads(), IsEmpty());
    world.broker().login_done(client.id(), mqtt::ReasonCode::success, world.now());
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("CONNACK"), "PINGRESP"));
}

TEST(Connect, ALoginThatAnswersAfterTheClientHasGoneIsPassedOver) {
    World world;
    world.access.on_login = [](const LoginRequest&) { return std::nullopt; };
    Client& client = world.client();
    client.sends(connect(Version::v5, "a"));
    const ConnectionId id = client.id();
    client.breaks();
    world.broker().login_done(id, mqtt::ReasonCode::success, world.now());
    EXPECT_EQ(world.broker().stats().connections, 0U);
}

TEST(Connect, TakeOverTellsTheOldConnection) {
    World world;
    Client& first = world.client();
    first.connects("a");
    Client& second = world.client();
    EXPECT_THAT(second.connects("a", false), ElementsAre(HasSubstr("CONNACK session_present")));
    EXPECT_THAT(first.reads(), ElementsAre("DISCONNECT reason_code=0x8E"));
    EXPECT_TRUE(first.closed_by_broker());
    EXPECT_EQ(world.broker().stats().sessions, 1U);
}

TEST(Connect, KeepAliveEndsASilentConnectionAfterOneAndAHalfTimes) {
    World world;
    Client& client = world.client();
    mqtt::Connect packet = connect(Version::v5, "a");
    packet.keep_alive = 10;
    client.sends(packet);
    client.reads();
    world.passes(seconds(14));
    client.sends(mqtt::Pingreq{});
    world.passes(seconds(14));
    EXPECT_THAT(client.reads(), ElementsAre("PINGRESP"));
    world.passes(seconds(2));
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x8D"));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST(Connect, KeepAliveZeroNeverEnds) {
    World world;
    Client& client = world.client();
    client.connects("a");
    world.passes(std::chrono::hours(24));
    EXPECT_TRUE(client.open());
}

TEST(Connect, ServerKeepAliveIsToldAndHolds) {
    World world;
    world.limits.max_keepalive = 20;
    Client& client = world.client();
    EXPECT_THAT(client.connects("a"), ElementsAre(HasSubstr("server_keep_alive=20")));
    world.passes(seconds(31));
    EXPECT_TRUE(client.closed_by_broker());
    EXPECT_THAT(world.client(Version::v3_1_1).connects("b"),
                ElementsAre(HasSubstr("return_code=0x02")));
}

TEST(Connect, WhoSendsNoConnectIsClosedAfterTheTimeout) {
    World world;
    Client& client = world.client();
    world.passes(seconds(world.limits.connect_timeout + 1));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST(Connect, APacketAboveTheLimitEndsTheConnection) {
    World world;
    world.limits.max_packet_size = 100;
    Client& client = world.client();
    client.connects("a");
    client.publishes("t", std::string(200, 'x'));
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x95"));
}

TEST(Connect, GarbageEndsOnlyItsOwnConnection) {
    World world;
    Client& good = world.client();
    good.connects("good");
    Client& bad = world.client();
    bad.sends_bytes(mqtt::Buffer(300, 0xFF));
    EXPECT_TRUE(bad.closed_by_broker());
    good.sends(mqtt::Pingreq{});
    EXPECT_THAT(good.reads(), ElementsAre("PINGRESP"));
}

TEST(Connect, TheLogTellsWhoConnectedAndHowItEnded) {
    World world;
    Client& client = world.client();
    client.connects("a", true, 0);
    EXPECT_TRUE(world.log.has("New client connected from 192.0.2.1:40000 as a (p5, c1, k0)."));
    client.breaks();
    EXPECT_TRUE(
        world.log.has("Client a [192.0.2.1:40000] disconnected: connection closed by client."));
}

TEST(Connect, NoMoreSessionsThanTheLimit) {
    World world;
    world.limits.global_max_clients = 1;
    world.client().connects("a");
    EXPECT_THAT(world.client().connects("b"), ElementsAre(HasSubstr("reason_code=0x89")));
    EXPECT_THAT(world.client().connects("a"), ElementsAre(HasSubstr("reason_code=0x00")));
}

TEST(Connect, ShutDownTellsEverybody) {
    World world;
    Client& client = world.client();
    client.connects("a");
    Client& old = world.client(Version::v3_1_1);
    old.connects("b");
    world.broker().shut_down(world.now());
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x8B"));
    EXPECT_THAT(old.reads(), IsEmpty());
    EXPECT_TRUE(old.closed_by_broker());
}

TEST(Connect, UsersWhosePasswordHasChangedAreDropped) {
    World world;
    Client& client = world.client();
    mqtt::Connect packet = connect(Version::v5, "a");
    packet.user_name = "anna";
    client.sends(packet);
    client.reads();
    Client& other = world.client();
    other.connects("b");
    world.broker().review_clients(
        [](const Connection& each) -> std::optional<mqtt::ReasonCode> {
            return each.session != nullptr && each.session->user_name.view() == "anna"
                       ? std::optional(mqtt::ReasonCode::not_authorized)
                       : std::nullopt;
        },
        world.now());
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x87"));
    EXPECT_TRUE(other.open());
}

}  // namespace
}  // namespace mq::broker::test
