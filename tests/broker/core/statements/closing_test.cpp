#include "tests/broker/core/statements/talk.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

/// §3.12 to §3.14 and §4.13, PINGREQ, DISCONNECT and errors.
namespace mq::broker::test {
namespace {

using mqtt::ReasonCode;
using mqtt::Version;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

TEST(Ping, IsAnswered) {
    for (const Version version : both_versions) {
        // [MQTT-3.12.4-1] [MQTT311-3.12.4-1]
        EXPECT_EQ(answer(version, "C0 []"), "D000");
        EXPECT_EQ(answer(version, "C0 [] C0 []"), "D000D000");
    }
}

TEST(Disconnecting, IsNotToldBeforeConnack) {
    World world;
    world.access.on_login = [](const LoginRequest&) { return std::nullopt; };
    Client& waiting = world.client();
    EXPECT_EQ(says(waiting, "10 [ 'MQTT' 05 02 0000 [] 'c' ]"), "");
    world.broker().shut_down(world.now());
    // [MQTT-3.14.0-1]
    EXPECT_EQ(waiting.reads_hex(), "");
    EXPECT_TRUE(waiting.closed_by_broker());
    EXPECT_EQ(first_answer("10 [ 'MQTT' 05 03 0000 [] 'c' ]"), " closed");
}

TEST(Disconnecting, GivesListedCodes) {
    // [MQTT-3.14.2-1] [MQTT-3.14.2-2]
    const std::map<std::string, std::string> reasons = {
        {"C1 []", "E00181"},                            // malformed
        {"10 [ 'MQTT' 05 02 0000 [] 'c' ]", "E00182"},  // protocol error
        {"30 [ 't' [ 23 FFFF ] ]", "E00194"},           // topic alias
        {"E0 [ 03 ]", "E00182"},                        // a code that no client may send
    };
    for (const auto& [packet, reason] : reasons) {
        EXPECT_EQ(answer(Version::v5, packet), reason + " closed") << packet;
    }
    for (unsigned code = 0x80; code < 0x100; ++code) {
        World world;
        Client& client = connected(world, Version::v5, "c");
        const auto reason = std::optional(static_cast<ReasonCode>(code));
        world.broker().review_clients([&](const Connection&) { return reason; }, world.now());
        // A client's decoder takes no others, and no session expiry interval.
        EXPECT_THAT(client.reads(), ElementsAre(testing::StartsWith("DISCONNECT reason_code=")))
            << code;
        EXPECT_TRUE(client.closed_by_broker());
    }
}

TEST(Disconnecting, EndsTheConversation) {
    for (const Version version : both_versions) {
        World world;
        Client& watcher = connected(world, version, "w");
        watcher.subscribes("#");
        Client& client = connected(world, version, "c");
        // The client's. [MQTT-3.14.4-1]
        EXPECT_EQ(says(client, "E0 [] 30 [ 't' % <x> ] C0 []"), " closed");
        EXPECT_THAT(watcher.reads(), IsEmpty());
        // The server's. [MQTT-3.14.4-1] [MQTT-3.14.4-2]
        Client& wrong = connected(world, version, "d");
        EXPECT_EQ(says(wrong, "C1 [] C0 [] 30 [ 't' % <x> ]"), ended(version, "81"));
        EXPECT_THAT(watcher.reads(), IsEmpty());
    }
}

TEST(Errors, EndTheConnection) {
    for (const Version version : both_versions) {
        // [MQTT-4.13.1-1] [MQTT311-4.8.0-1] [MQTT-4.13.2-1]
        EXPECT_EQ(answer(version, "C0 [ 00 ]"), ended(version, "81"));
        EXPECT_EQ(answer(version, "00 []"), ended(version, "82"));
        EXPECT_EQ(answer(version, "D0 []"), ended(version, "82"));
        EXPECT_EQ(answer(version, "20 [ 00 00 ]"), ended(version, "82"));
        EXPECT_EQ(answer(version, "32 [ 't' 00 ]"), ended(version, "81"));
    }
}

TEST(Errors, OfAMomentEndTheConnection) {
    World world;
    world.limits.global_max_clients = 1;
    Client& first = connected(world, Version::v3_1_1, "c");
    // [MQTT311-4.8.0-2]
    Client& refused = world.client(Version::v3_1_1);
    EXPECT_THAT(refused.connects("d"), IsEmpty());
    EXPECT_TRUE(refused.closed_by_broker());
    EXPECT_TRUE(first.open());
    Client& told = world.client(Version::v5);
    EXPECT_THAT(told.connects("e"), ElementsAre(HasSubstr("reason_code=0x89")));
    EXPECT_TRUE(told.closed_by_broker());
}

}  // namespace
}  // namespace mq::broker::test
