#include "broker/core/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// Enhanced authentication, MQTT 5.0 §4.12, with a method that a test can play by hand.
namespace mq::broker::test {
namespace {

using mqtt::ReasonCode;
using mqtt::Version;
using std::chrono::seconds;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

mqtt::Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::vector<std::uint8_t> data_of(std::string_view text) {
    return {text.begin(), text.end()};
}

mqtt::Connect connect(std::string_view client_id, std::optional<std::string_view> method = "TEST",
                      std::string_view data = "hello") {
    mqtt::Connect packet;
    packet.client_id = client_id;
    packet.session_expiry_interval = 100;
    packet.authentication_method = method;
    if (!data.empty() && method) {
        packet.authentication_data = bytes_of(data);
    }
    return packet;
}

mqtt::Auth auth(ReasonCode code, std::string_view data,
                std::optional<std::string_view> method = "TEST") {
    mqtt::Auth packet;
    packet.reason_code = code;
    packet.authentication_method = method;
    packet.authentication_data = bytes_of(data);
    return packet;
}

const auto goes_on = ReasonCode::continue_authentication;
const auto again = ReasonCode::reauthenticate;

/// The client says "hello" and then "user NAME"; whoever is not eve is let in. "later" is answered
/// by the test.
class TestExchange final : public AuthExchange {
 public:
    explicit TestExchange(std::vector<std::string>& heard) : heard_(heard) {}
    std::optional<AuthStep> step(mqtt::Bytes data) override {
        const std::string text(data.begin(), data.end());
        heard_.push_back(text);
        if (text == "later") {
            return std::nullopt;
        }
        if (text == "hello") {
            return AuthStep{goes_on, data_of("who?"), ""};
        }
        if (text == "user eve" || !text.starts_with("user ")) {
            return AuthStep{ReasonCode::not_authorized, {}, {}};
        }
        return AuthStep{ReasonCode::success, data_of("welcome"), text.substr(5)};
    }

 private:
    std::vector<std::string>& heard_;
};

class AuthenticationTest : public testing::Test {
 protected:
    AuthenticationTest() {
        world.access.on_authenticate =
            [this](const AuthRequest& request) -> std::unique_ptr<AuthExchange> {
            requests.push_back(std::string(request.client_id) + (request.again ? " again" : ""));
            if (request.method != "TEST" || !offered) {
                return nullptr;
            }
            return std::make_unique<TestExchange>(heard);
        };
        world.access.on_login = [](const LoginRequest&) {
            return std::optional(ReasonCode::success);
        };
    }

    /// A client that is in as bob.
    Client& bob() {
        Client& client = world.client();
        client.sends(connect("a"));
        client.sends(auth(goes_on, "user bob"));
        EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("AUTH"), HasSubstr("CONNACK")));
        return client;
    }

    World world;
    std::vector<std::string> requests;
    std::vector<std::string> heard;
    bool offered = true;
};

TEST_F(AuthenticationTest, GoesOnByAuthPacketsUntilConnack) {
    // [MQTT-4.12.0-2]
    // [MQTT-4.12.0-5]
    Client& client = world.client();
    client.sends(connect("a"));
    EXPECT_THAT(client.reads(), ElementsAre("AUTH reason_code=0x18 authentication_method=\"TEST\" "
                                            "authentication_data=\"who?\""));
    EXPECT_EQ(world.broker().stats().connections, 0U);
    client.sends(auth(goes_on, "user bob"));
    EXPECT_THAT(client.reads(),
                ElementsAre("CONNACK reason_code=0x00 return_code=0x00 receive_maximum=20 "
                            "topic_alias_maximum=10 authentication_method=\"TEST\" "
                            "authentication_data=\"welcome\""));
    EXPECT_THAT(heard, ElementsAre("hello", "user bob"));
    EXPECT_THAT(requests, ElementsAre("a"));
    EXPECT_EQ(world.broker().stats().connections, 1U);
    EXPECT_TRUE(world.log.has("u'bob'")) << "who has proved to be bob is bob";
}

TEST_F(AuthenticationTest, ConnackHasItsPropertiesInOneOrder) {
    world.listener.max_qos = mqtt::QoS::at_least_once;
    world.limits.max_keepalive = 60;
    world.limits.max_packet_size = 2000;
    world.limits.retain_available = false;
    Client& client = world.client();
    client.sends(connect("", "TEST", "user bob"));
    const mqtt::Buffer connack = client.reads_bytes();
    ASSERT_GT(connack.size(), 5U);
    std::vector<unsigned> order;
    for (std::size_t at = 5; at < connack.size();) {
        const unsigned id = connack[at];
        order.push_back(id);
        const bool counted = id == 0x12 || id == 0x15 || id == 0x16;
        const bool one_byte = id == 0x25 || id == 0x24;
        at += counted      ? 3U + connack[at + 1] * 256U + connack[at + 2]
              : one_byte   ? 2U
              : id == 0x27 ? 5U
                           : 3U;
    }
    EXPECT_THAT(order, ElementsAre(0x13, 0x22, 0x12, 0x15, 0x16, 0x25, 0x27, 0x21, 0x24));
}

TEST_F(AuthenticationTest, OneMessageMayBeEnough) {
    Client& client = world.client();
    client.sends(connect("a", "TEST", "user bob"));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x00")));
}

TEST_F(AuthenticationTest, AMethodThatIsNotOfferedIsRefused) {
    // [MQTT-4.12.0-1]
    Client& client = world.client();
    client.sends(connect("a", "OTHER"));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x8C")));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST_F(AuthenticationTest, APolicyWithoutMethodsOffersNone) {
    // [MQTT-4.12.0-1]
    world.access.on_authenticate = nullptr;
    Client& client = world.client();
    client.sends(connect("a"));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x8C")));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST_F(AuthenticationTest, ARefusalEndsTheConnection) {
    // [MQTT-4.12.0-4]
    Client& client = world.client();
    client.sends(connect("a"));
    client.sends(auth(goes_on, "user eve"));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("AUTH"), HasSubstr("reason_code=0x87")));
    EXPECT_TRUE(client.closed_by_broker());
    EXPECT_EQ(world.broker().stats().sessions, 0U);
}

TEST_F(AuthenticationTest, TheUserNameOfConnectMustBeTheSame) {
    for (const std::string_view name : {"bob", "ann"}) {
        Client& client = world.client();
        mqtt::Connect packet = connect("a");
        packet.user_name = name;
        client.sends(packet);
        client.reads();
        client.sends(auth(goes_on, "user bob"));
        EXPECT_THAT(client.reads(),
                    ElementsAre(HasSubstr(name == "bob" ? "CONNACK reason_code=0x00"
                                                        : "CONNACK reason_code=0x87")));
    }
}

TEST_F(AuthenticationTest, TheProvedNameBecomesTheClientIdWhereTheListenerWantsThat) {
    world.listener.use_username_as_clientid = true;
    Client& client = world.client();
    client.sends(connect("a"));
    client.sends(auth(goes_on, "user bob"));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("AUTH"), HasSubstr("CONNACK")));
    EXPECT_TRUE(world.log.has("as bob (p5"));
}

TEST_F(AuthenticationTest, OnlyAuthAndDisconnectMayComeBeforeConnack) {
    // [MQTT-3.1.2-30]
    mqtt::Publish publish;
    publish.topic = "t";
    for (const mqtt::Packet& packet :
         {mqtt::Packet(mqtt::Pingreq{}), mqtt::Packet(publish), mqtt::Packet(connect("a"))}) {
        Client& client = world.client();
        client.sends(connect("a"));
        client.reads();
        client.sends(packet);
        EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x82")));
        EXPECT_TRUE(client.closed_by_broker());
    }
    Client& gone = world.client();
    gone.sends(connect("a"));
    gone.reads();
    gone.sends(disconnect(ReasonCode::success));
    EXPECT_THAT(gone.reads(), IsEmpty());
    EXPECT_TRUE(gone.closed_by_broker());
    EXPECT_THAT(heard, ElementsAre("hello", "hello", "hello", "hello"));
}

TEST_F(AuthenticationTest, AuthPacketsThatDoNotFitAreProtocolErrors) {
    for (const mqtt::Auth& packet : {auth(goes_on, "user bob", "OTHER"), auth(again, "user bob"),
                                     auth(ReasonCode::success, "user bob"), mqtt::Auth{}}) {
        // [MQTT-4.12.0-5]
        Client& client = world.client();
        client.sends(connect("a"));
        client.reads();
        client.sends(packet);
        EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x82")));
        EXPECT_TRUE(client.closed_by_broker());
    }
    EXPECT_EQ(world.broker().stats().sessions, 0U);
}

TEST_F(AuthenticationTest, MalformedAuthEndsTheConnection) {
    // [MQTT-3.15.1-1]
    // [MQTT-3.15.2-1]
    for (const mqtt::Buffer& bytes :
         {mqtt::Buffer{0xF1, 2, 0x18, 0}, mqtt::Buffer{0xF0, 2, 0x17, 0}}) {
        Client& client = world.client();
        client.sends(connect("a"));
        client.reads();
        client.sends_bytes(bytes);
        EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x8")));
        EXPECT_TRUE(client.closed_by_broker());
    }
}

TEST_F(AuthenticationTest, WithoutAMethodThereIsNoAuth) {
    // [MQTT-4.12.0-6]
    // [MQTT-4.12.0-7]
    for (const ReasonCode code : {goes_on, again}) {
        Client& client = world.client();
        EXPECT_THAT(client.connects("a"), ElementsAre(Not(HasSubstr("authentication"))));
        client.sends(auth(code, "hello"));
        EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x82"));
        EXPECT_TRUE(client.closed_by_broker());
    }
    EXPECT_THAT(heard, IsEmpty());
}

TEST_F(AuthenticationTest, AuthOfAnOlderClientEndsTheConnection) {
    Client& client = world.client(Version::v3_1_1);
    client.connects("a");
    client.sends_bytes(mqtt::Buffer{0xF0, 0});
    EXPECT_TRUE(client.closed_by_broker());
}

TEST_F(AuthenticationTest, WhoIsTooSlowIsClosed) {
    Client& client = world.client();
    world.passes(seconds(20));
    client.sends(connect("a"));
    client.reads();
    world.passes(seconds(9));
    EXPECT_FALSE(client.closed_by_broker());
    world.passes(seconds(1));
    EXPECT_TRUE(client.closed_by_broker());
    EXPECT_TRUE(world.log.has("not authenticated within 30 seconds"));
}

TEST_F(AuthenticationTest, AnAnswerMayComeLater) {
    Client& client = world.client();
    client.sends(connect("a", "TEST", "later"));
    client.sends(auth(goes_on, "user bob"));
    EXPECT_THAT(client.reads(), IsEmpty());
    EXPECT_THAT(heard, ElementsAre("later")) << "nothing is taken before the answer";
    world.broker().authentication_done(client.id(), {goes_on, data_of("and?"), ""}, world.now());
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("data=\"and?\""), HasSubstr("CONNACK")));
    EXPECT_THAT(heard, ElementsAre("later", "user bob"));
    // An answer that nobody waits for is passed over.
    world.broker().authentication_done(client.id(), {ReasonCode::not_authorized, {}, {}},
                                       world.now());
    client.sends(mqtt::Pingreq{});
    EXPECT_THAT(client.reads(), ElementsAre("PINGRESP"));
}

TEST_F(AuthenticationTest, AnAnswerThatComesTooLateIsPassedOver) {
    Client& slow = world.client();
    slow.sends(connect("a", "TEST", "later"));
    const ConnectionId id = slow.id();
    world.passes(seconds(30));
    EXPECT_TRUE(slow.closed_by_broker());
    Client& left = world.client();
    left.sends(connect("a", "TEST", "later"));
    const ConnectionId left_id = left.id();
    left.breaks();
    for (const ConnectionId gone : {id, left_id}) {
        world.broker().authentication_done(gone, {ReasonCode::success, {}, "bob"}, world.now());
    }
    EXPECT_EQ(world.broker().stats().sessions, 0U);
}

TEST_F(AuthenticationTest, AuthIsNotSentBeyondTheClientsPacketSize) {
    // [MQTT-3.1.2-24]
    Client& client = world.client();
    mqtt::Connect packet = connect("a");
    packet.maximum_packet_size = 10;
    client.sends(packet);
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x95")));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST_F(AuthenticationTest, IsDoneOnceForASessionThatMoves) {
    World two(2);
    two.access.on_authenticate = world.access.on_authenticate;
    Client& first = two.client(Version::v5, 0);
    first.sends(connect("a", "TEST", "user bob"));
    EXPECT_THAT(first.reads(), ElementsAre(HasSubstr("CONNACK reason_code=0x00")));
    Client& second = two.client(Version::v5, 1);
    mqtt::Connect packet = connect("a", "TEST", "user bob");
    packet.clean_start = false;
    second.sends(packet);
    EXPECT_THAT(second.reads(),
                ElementsAre(testing::AllOf(HasSubstr("session_present"),
                                           HasSubstr("authentication_method=\"TEST\""),
                                           HasSubstr("authentication_data=\"welcome\""))));
    EXPECT_THAT(heard, ElementsAre("user bob", "user bob"));
}

TEST_F(AuthenticationTest, AgainOnAnOpenConnectionWhileTrafficGoesOn) {
    // [MQTT-4.12.1-1]
    // [MQTT-4.12.0-5]
    Client& client = bob();
    client.subscribes("t");
    client.sends(auth(again, "hello"));
    client.publishes("t", "between");
    EXPECT_THAT(client.reads(), ElementsAre("AUTH reason_code=0x18 authentication_method=\"TEST\" "
                                            "authentication_data=\"who?\"",
                                            HasSubstr("payload=\"between\"")));
    client.sends(auth(goes_on, "user bob"));
    EXPECT_THAT(client.reads(), ElementsAre("AUTH reason_code=0x00 authentication_method=\"TEST\" "
                                            "authentication_data=\"welcome\""));
    EXPECT_THAT(requests, ElementsAre("a", "a again"));
    client.sends(auth(again, "user bob"));
    EXPECT_THAT(client.reads(), ElementsAre(HasSubstr("AUTH reason_code=0x00")))
        << "as often as the client likes";
}

TEST_F(AuthenticationTest, AnAnswerToTheSecondTimeMayComeLater) {
    Client& client = bob();
    client.sends(auth(again, "later"));
    client.sends(mqtt::Pingreq{});
    EXPECT_THAT(client.reads(), ElementsAre("PINGRESP"));
    world.broker().authentication_done(client.id(), {ReasonCode::success, {}, "bob"}, world.now());
    EXPECT_THAT(client.reads(),
                ElementsAre("AUTH reason_code=0x00 authentication_method=\"TEST\""));
    client.sends(auth(again, "later"));
    client.sends(auth(goes_on, "more"));
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x82"))
        << "the client does not wait for its turn";
}

TEST_F(AuthenticationTest, AgainFailsWithDisconnect) {
    // [MQTT-4.12.1-2]
    Client& client = bob();
    client.sends(auth(again, "hello"));
    client.reads();
    client.sends(auth(goes_on, "user eve"));
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x87"));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST_F(AuthenticationTest, AgainAsAnotherUserFails) {
    // [MQTT-4.12.1-2]
    Client& client = bob();
    client.sends(auth(again, "user ann"));
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x87"));
    EXPECT_TRUE(client.closed_by_broker());
}

TEST_F(AuthenticationTest, AgainByAMethodThatIsNoLongerOfferedFails) {
    // [MQTT-4.12.1-2]
    Client& client = bob();
    offered = false;
    client.sends(auth(again, "hello"));
    EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x87"))
        << "DISCONNECT has no code 0x8C";
    EXPECT_TRUE(client.closed_by_broker());
}

TEST_F(AuthenticationTest, AgainNeedsTheSameMethodAndItsTurn) {
    // [MQTT-4.12.1-1]
    for (const mqtt::Auth& packet :
         {auth(again, "hello", "OTHER"), auth(goes_on, "hello"), auth(ReasonCode::success, "x")}) {
        Client& client = bob();
        client.sends(packet);
        EXPECT_THAT(client.reads(), ElementsAre("DISCONNECT reason_code=0x82"));
        EXPECT_TRUE(client.closed_by_broker());
    }
    Client& twice = bob();
    twice.sends(auth(again, "hello"));
    twice.reads();
    twice.sends(auth(again, "hello"));
    EXPECT_THAT(twice.reads(), ElementsAre("DISCONNECT reason_code=0x82"));
}

}  // namespace
}  // namespace mq::broker::test
