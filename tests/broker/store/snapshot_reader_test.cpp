// Snapshots of Mosquitto: real ones of version 2.0 (the fuzzer's seeds), and others made by hand.
#include "broker/store/snapshot_reader.hpp"

#include "base/unique_fd.hpp"
#include "broker/core/session.hpp"
#include "tests/broker/store/fixture.hpp"
#include "tests/broker/store/snapshot_bytes.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <fcntl.h>

namespace mq::broker::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::SizeIs;
using namespace std::chrono_literals;

Outcome<Snapshot> read_path(const std::filesystem::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    EXPECT_TRUE(fd) << path;
    return read_snapshot(fd.get(), path.string());
}

class SnapshotTest : public ::testing::Test {
 protected:
    /// What is in it; the test fails where it is refused.
    Snapshot read(const std::string& bytes) {
        home_.write("mosquitto.db", bytes);
        auto read = read_path(home_.path() / "mosquitto.db");
        EXPECT_TRUE(read) << read.error().text();
        return read ? std::move(*read) : Snapshot{};
    }
    Snapshot read(const SnapshotBytes& snapshot) { return read(snapshot.bytes()); }
    /// A real one: nothing of it may be lost.
    static Snapshot real(const std::string& name) {
        auto read = read_path(std::filesystem::path(MQ_SNAPSHOTS) / name);
        EXPECT_TRUE(read) << read.error().text();
        EXPECT_THAT(read->losses.named(), IsEmpty());
        return std::move(*read);
    }
    std::string refusal(const std::string& bytes) {
        home_.write("mosquitto.db", bytes);
        const auto read = read_path(home_.path() / "mosquitto.db");
        EXPECT_FALSE(read) << "it was accepted";
        return read ? "" : read.error().text();
    }

    mq::test::Home home_;
};

std::string describe(const EntryRecord& entry) {
    static constexpr const char* states[] = {"queued", "sent", "received"};
    std::string all = text(entry.message->payload()) +
                      " qos=" + std::to_string(static_cast<int>(entry.qos)) + ' ' +
                      states[static_cast<int>(entry.state)] +
                      " id=" + std::to_string(entry.packet_id) + (entry.retain ? " retain" : "");
    for (const std::uint32_t identifier : entry.identifiers) {
        all += " subscription=" + std::to_string(identifier);
    }
    return all;
}

std::vector<std::string> described(const StoredSession& session) {
    std::vector<std::string> all;
    for (const EntryRecord& entry : session.entries) {
        all.push_back(describe(entry));
    }
    return all;
}

// --- Real files ---

TEST_F(SnapshotTest, an_empty_one_of_mosquitto_2) {
    const Snapshot found = real("v6_empty");
    EXPECT_EQ(found.version, 6);
    EXPECT_THAT(found.state.sessions, IsEmpty());
    EXPECT_THAT(found.state.retained, IsEmpty());
}

TEST_F(SnapshotTest, sessions_and_subscriptions_of_mosquitto_2) {
    const Snapshot found = real("v6_sessions");
    ASSERT_THAT(found.state.sessions, SizeIs(2)) << "the one that ended with its connection is in";
    EXPECT_EQ(found.subscriptions, 3U);
    const StoredSession& older = of_client(found.state, "old");
    EXPECT_EQ(older.session.user_name, "anna");
    EXPECT_EQ(older.session.expiry_interval, expiry_never);
    EXPECT_EQ(older.session.expires, never);
    ASSERT_THAT(older.subscriptions, SizeIs(1));
    EXPECT_EQ(older.subscriptions[0].filter, "a/#");
    EXPECT_EQ(older.subscriptions[0].options.qos, mqtt::QoS::exactly_once);
    const StoredSession& newer = of_client(found.state, "new");
    EXPECT_EQ(newer.session.user_name, "berta");
    EXPECT_EQ(newer.session.expiry_interval, 7200U);
    EXPECT_GT(newer.session.expires, Time(1'700'000'000'000ms));
    EXPECT_LT(newer.session.expires, Time(4'000'000'000'000ms));
    ASSERT_THAT(newer.subscriptions, SizeIs(2));
    EXPECT_EQ(newer.subscriptions[0].filter, "b/+");
    EXPECT_EQ(newer.subscriptions[0].identifier, 300U);
    EXPECT_TRUE(newer.subscriptions[0].options.no_local);
    EXPECT_TRUE(newer.subscriptions[0].options.retain_as_published);
    EXPECT_EQ(newer.subscriptions[1].filter, "c");
    EXPECT_EQ(newer.subscriptions[1].identifier, 0U);
}

TEST_F(SnapshotTest, retained_messages_of_mosquitto_2) {
    const Snapshot found = real("v6_retained");
    ASSERT_THAT(found.state.retained, SizeIs(2));
    const Message& one = *found.state.retained[0];
    EXPECT_EQ(one.topic(), "r/1");
    EXPECT_EQ(text(one.payload()), "one");
    EXPECT_EQ(one.qos(), mqtt::QoS::at_least_once);
    EXPECT_TRUE(one.retain());
    EXPECT_EQ(one.origin().expiry, never);
    EXPECT_THAT(text(one.properties()), IsEmpty());
    const Message& two = *found.state.retained[1];
    EXPECT_EQ(text(two.payload()), "two");
    EXPECT_EQ(text(two.properties()), u8(0x01) + u8(1) + u8(0x03) + with_length("text/plain") +
                                          u8(0x08) + with_length("answers") + u8(0x09) +
                                          with_length(u16(1)) + u8(0x26) + with_length("a") +
                                          with_length("1") + u8(0x26) + with_length("a") +
                                          with_length("2"));
    EXPECT_NE(two.origin().expiry, never);
    EXPECT_GT(two.origin().expiry, Time(1'700'000'000'000ms));
}

TEST_F(SnapshotTest, deliveries_of_mosquitto_2_in_every_state) {
    const Snapshot found = real("v6_states");
    EXPECT_THAT(
        described(of_client(found.state, "reader")),
        ElementsAre("1 qos=1 sent id=1 subscription=7", "2 qos=2 received id=2 subscription=7",
                    "3 qos=2 sent id=3 subscription=7", "4 qos=1 queued id=0 subscription=7",
                    "5 qos=2 queued id=0 subscription=7"));
    EXPECT_EQ(found.queued, 5U);
    EXPECT_EQ(found.state.next_entry, 6U);
    EXPECT_THAT(of_client(found.state, "writer").received, ElementsAre(700));
    ASSERT_THAT(found.state.accepted, SizeIs(1));
    EXPECT_EQ(found.state.accepted[0].client_id, "writer");
    EXPECT_EQ(text(found.state.accepted[0].message->payload()), "awaits PUBREL");
    EXPECT_TRUE(found.state.accepted[0].message->retain());
}

TEST_F(SnapshotTest, a_user_name_that_mosquitto_2_made_up_is_none) {
    const Snapshot found = real("v6_no_user");
    EXPECT_EQ(of_client(found.state, "with").session.user_name, "u");
    EXPECT_EQ(of_client(found.state, "without").session.user_name, "");
}

TEST_F(SnapshotTest, a_message_of_qos_0_and_a_session_of_3_1_1_that_ends) {
    const Snapshot found = real("v6_old_options");
    const StoredSession& reader = of_client(found.state, "reader");
    EXPECT_THAT(described(reader), ElementsAre("at most once qos=0 queued id=0"));
    EXPECT_NE(reader.session.expires, never);
}

// --- Every format, made by hand ---

class EveryFormat : public SnapshotTest, public ::testing::WithParamInterface<int> {};
INSTANTIATE_TEST_SUITE_P(Snapshot, EveryFormat, ::testing::Values(3, 4, 5, 6));

TEST_P(EveryFormat, is_read) {
    SnapshotBytes bytes(GetParam());
    bytes.configuration()
        .message(7, "t/1", "one", 1)
        .message(8, "t/2", "two", 2, 1, "", 0, {"publisher", "anna", 1884})
        .client("a")
        .queued("a", 7, 3, 1, 11)
        .queued("a", 8, 9, 2, 12)
        .queued("a", 8, 11, 2, 13, 1, 1)
        .queued("a", 7, 7, 2, 14, 0)
        .subscription("a", "t/#", 2)
        .retained(8);
    const Snapshot found = read(bytes);
    EXPECT_THAT(found.losses.named(), IsEmpty());
    EXPECT_EQ(found.version, GetParam());
    const StoredSession& a = of_client(found.state, "a");
    EXPECT_EQ(a.session.expiry_interval, expiry_never);
    EXPECT_THAT(described(a), ElementsAre("one qos=1 sent id=11", "two qos=2 received id=12",
                                          "two qos=2 queued id=0 retain"));
    EXPECT_THAT(a.received, ElementsAre(14));
    ASSERT_THAT(a.subscriptions, SizeIs(1));
    EXPECT_EQ(a.subscriptions[0].filter, "t/#");
    EXPECT_EQ(a.subscriptions[0].options.qos, mqtt::QoS::exactly_once);
    ASSERT_THAT(found.state.retained, SizeIs(1));
    EXPECT_EQ(found.state.retained[0]->topic(), "t/2");
    EXPECT_TRUE(found.state.retained[0]->retain());
    EXPECT_EQ(found.state.retained[0]->publisher().client_id, "publisher");
    EXPECT_EQ(found.state.retained[0]->publisher().user_name, GetParam() > 3 ? "anna" : "");
    EXPECT_EQ(found.state.retained[0]->publisher().realm, GetParam() > 3 ? "1884" : "");
    EXPECT_EQ(a.session.realm, GetParam() > 5 ? "1883" : "");
    EXPECT_THAT(found.state.accepted, SizeIs(1));
}

TEST_P(EveryFormat, cut_off_anywhere_gives_what_stands_before) {
    SnapshotBytes bytes(GetParam());
    bytes.configuration().client("a").client("b");
    const std::size_t two = bytes.size();
    bytes.client("c");
    for (std::size_t size = two; size < bytes.size(); ++size) {
        const Snapshot found = read(bytes.bytes().substr(0, size));
        EXPECT_THAT(found.state.sessions, SizeIs(2)) << size;
        EXPECT_EQ(found.losses.count(), size == two ? 0U : 1U) << size;
    }
}

TEST_P(EveryFormat, no_flipped_byte_loses_more_than_a_few_records) {
    SnapshotBytes bytes(GetParam());
    bytes.configuration();
    constexpr std::size_t count = 8;
    for (std::size_t i = 0; i < count; ++i) {
        bytes.client("client" + std::to_string(i));
    }
    for (std::size_t place = 23; place < bytes.size(); ++place) {
        std::string bad = bytes.bytes();
        bad[place] = static_cast<char>(~bad[place]);
        home_.write("mosquitto.db", bad);
        const auto found = read_path(home_.path() / "mosquitto.db");
        if (found) {
            EXPECT_GE(found->state.sessions.size() + found->ended, count - 2) << place;
        } else {
            EXPECT_LT(place, 50U) << "only the configuration may refuse the file";
        }
    }
}

// --- Fields ---

TEST_F(SnapshotTest, states_of_deliveries) {
    SnapshotBytes bytes;
    bytes.message(1, "t", "m", 2).client("a");
    const unsigned sent_qos2[] = {4, 5};
    const unsigned received[] = {6, 9};
    unsigned id = 0;
    for (const unsigned state : sent_qos2) {
        bytes.queued("a", 1, state, 2, ++id);
    }
    for (const unsigned state : received) {
        bytes.queued("a", 1, state, 2, ++id);
    }
    bytes.queued("a", 1, 2, 1, ++id).queued("a", 1, 1, 0, 0);
    EXPECT_THAT(described(of_client(read(bytes).state, "a")),
                ElementsAre("m qos=2 sent id=1", "m qos=2 sent id=2", "m qos=2 received id=3",
                            "m qos=2 received id=4", "m qos=1 sent id=5", "m qos=0 queued id=0"));
}

TEST_F(SnapshotTest, several_subscription_identifiers) {
    const std::string properties = u8(5) + u8(0x0B) + u8(1) + u8(0x0B) + u8(0x80) + u8(0x01);
    SnapshotBytes bytes;
    bytes.message(1, "t", "m").client("a").queued("a", 1, 11, 1, 1, 1, 0, properties);
    EXPECT_THAT(of_client(read(bytes).state, "a").entries.at(0).identifiers, ElementsAre(1, 128));
}

TEST_F(SnapshotTest, a_session_that_ends_with_its_connection_is_passed_over) {
    SnapshotBytes bytes;
    bytes.message(1, "t", "m").client("a", 0).queued("a", 1, 11).subscription("a", "t");
    const Snapshot found = read(bytes);
    EXPECT_THAT(found.state.sessions, IsEmpty());
    EXPECT_EQ(found.ended, 1U);
    EXPECT_THAT(found.losses.named(), IsEmpty()) << "that is no damage";
}

TEST_F(SnapshotTest, a_shared_subscription) {
    SnapshotBytes bytes;
    bytes.client("a").subscription("a", "$share/group/t/#", 1, 0x20, 268'435'455);
    const auto session = of_client(read(bytes).state, "a");
    ASSERT_THAT(session.subscriptions, SizeIs(1));
    EXPECT_EQ(session.subscriptions[0].filter, "$share/group/t/#");
    EXPECT_EQ(session.subscriptions[0].identifier, 268'435'455U);
    EXPECT_EQ(session.subscriptions[0].options.retain_handling, mqtt::RetainHandling::do_not_send);
}

TEST_F(SnapshotTest, times_far_away_are_never) {
    SnapshotBytes bytes;
    bytes.message(1, "t", "m", 1, 1, "", INT64_MAX).retained(1).client("a", 60, INT64_MAX);
    const Snapshot found = read(bytes);
    EXPECT_EQ(found.state.retained.at(0)->origin().expiry, never);
    EXPECT_EQ(found.state.sessions.at(0).session.expires, never);
}

TEST_F(SnapshotTest, a_message_that_many_wait_for_is_one_block) {
    SnapshotBytes bytes;
    bytes.message(1, "t", std::string(100'000, 'x'));
    for (const char* name : {"a", "b"}) {
        bytes.client(name).queued(name, 1, 11);
    }
    bytes.retained(1);
    const Snapshot found = read(bytes);
    const Message* message = &*found.state.retained.at(0);
    EXPECT_EQ(message->payload().size(), 100'000U);
    EXPECT_EQ(&*of_client(found.state, "a").entries.at(0).message, message);
    EXPECT_EQ(&*of_client(found.state, "b").entries.at(0).message, message);
}

// --- Damage ---

struct Bad {
    const char* why;
    SnapshotBytes bytes;
};

TEST_F(SnapshotTest, records_that_are_not_valid_are_passed_over_and_named) {
    const std::string broken_properties = u8(3) + u8(0x0B) + u8(0) + u8(0);
    const Bad all[] = {
        {"the message of topic 'a/#' is not valid", SnapshotBytes().message(1, "a/#", "m")},
        {"the message of topic 't' is not valid", SnapshotBytes().message(1, "t", "m", 3)},
        {"the message of topic 't' is not valid",
         SnapshotBytes().message(1, "t", "m", 1, 0, u8(200))},
        {"the message of topic 't' is not valid",
         SnapshotBytes().message(1, "t", "m", 1, 0, u8(0) + u8(0))},
        {"a message has the number of another one",
         SnapshotBytes().message(1, "t", "m").message(1, "t", "m")},
        {"a message does not add up", SnapshotBytes().chunk(2, std::string(32, '\xFF'))},
        {"a retained message is damaged or missing", SnapshotBytes().retained(1)},
        {"the retained message of topic 't' is not valid",
         SnapshotBytes().message(1, "t", "").retained(1)},
        {"the retained message of topic '$SYS/x' is not valid",
         SnapshotBytes().message(1, "$SYS/x", "m").retained(1)},
        {"topic 't' has a second retained message",
         SnapshotBytes().message(1, "t", "m").message(2, "t", "m").retained(1).retained(2)},
        {"the session of client '' is not valid", SnapshotBytes().client("")},
        {"the session of client '?' is not valid", SnapshotBytes().client("\xFF").client("a")},
        {"client 'a' has a second session", SnapshotBytes().client("a").client("a")},
        {"a subscription belongs to no session, but to client 'x'",
         SnapshotBytes().subscription("x", "t")},
        {"the subscription 'a/#/b' of client 'a' is not valid",
         SnapshotBytes().client("a").subscription("a", "a/#/b")},
        {"the subscription 't' of client 'a' is not valid",
         SnapshotBytes().client("a").subscription("a", "t", 3)},
        {"the subscription 't' of client 'a' is there twice",
         SnapshotBytes().client("a").subscription("a", "t").subscription("a", "t")},
        {"a queued message belongs to no session, but to client 'x'",
         SnapshotBytes().message(1, "t", "m").queued("x", 1, 11)},
        {"a queued message of client 'a' is damaged or missing",
         SnapshotBytes().client("a").queued("a", 1, 11)},
        {"a queued message of client 'a' is not valid",
         SnapshotBytes().message(1, "t", "m").client("a").queued("a", 1, 12)},
        {"a queued message of client 'a' is not valid",
         SnapshotBytes().message(1, "t", "m").client("a").queued("a", 1, 3, 2)},
        {"a queued message of client 'a' is not valid",
         SnapshotBytes().message(1, "t", "m").client("a").queued("a", 1, 3, 1, 0)},
        {"a queued message of client 'a' is not valid",
         SnapshotBytes().message(1, "t", "m").client("a").queued("a", 1, 3).queued("a", 1, 3)},
        {"a queued message of client 'a' is not valid",
         SnapshotBytes().message(1, "t", "m").client("a").queued("a", 1, 7, 1, 1, 0)},
        {"a queued message of client 'a' is not valid",
         SnapshotBytes()
             .message(1, "t", "m")
             .client("a")
             .queued("a", 1, 11, 1, 1, 1, 0, broken_properties)},
    };
    for (const Bad& bad : all) {
        SnapshotBytes bytes = bad.bytes;
        bytes.client("last");
        const Snapshot found = read(bytes);
        ASSERT_THAT(found.losses.named(), SizeIs(1)) << bad.why;
        EXPECT_THAT(found.losses.named()[0], HasSubstr(bad.why));
        EXPECT_EQ(of_client(found.state, "last").session.client_id, "last") << bad.why;
    }
}

TEST_F(SnapshotTest, damage_is_named_with_its_place) {
    SnapshotBytes bytes;
    bytes.configuration().client("a");
    const std::size_t place = bytes.size();
    bytes.chunk(9, "what is this").client("b");
    const Snapshot found = read(bytes);
    EXPECT_THAT(found.state.sessions, SizeIs(2));
    EXPECT_THAT(found.losses.named(), ElementsAre("byte " + std::to_string(place) +
                                                  ": 20 bytes that hold no whole record"));
}

TEST_F(SnapshotTest, much_damage_is_counted_and_not_all_named) {
    SnapshotBytes bytes;
    for (int i = 0; i < 1000; ++i) {
        bytes.retained(1);
    }
    const Snapshot found = read(bytes);
    EXPECT_EQ(found.losses.count(), 1000U);
    EXPECT_THAT(found.losses.named(), SizeIs(SnapshotLosses::named_max));
}

TEST_F(SnapshotTest, a_length_that_is_too_large_takes_no_memory) {
    for (const int version : {3, 6}) {
        SnapshotBytes bytes(version);
        bytes.client("a");
        const std::string head = version == 6 ? u32(2) : u16(2);
        const Snapshot found = read(bytes.bytes() + head + u32(0xFFFFFFFF) + "short");
        EXPECT_THAT(found.state.sessions, SizeIs(1));
        EXPECT_EQ(found.losses.count(), 1U);
    }
}

TEST_F(SnapshotTest, records_behind_a_large_hole_are_found) {
    SnapshotBytes bytes;
    bytes.client("a");
    const std::string before = bytes.bytes();
    const std::string after = SnapshotBytes().client("b").bytes().substr(23);
    const Snapshot found = read(before + std::string(1'000'000, '\0') + after);
    EXPECT_THAT(found.state.sessions, SizeIs(2));
    EXPECT_EQ(found.losses.count(), 1U);
}

// --- No snapshot ---

TEST_F(SnapshotTest, other_files_are_refused) {
    EXPECT_THAT(refusal(""), HasSubstr("no snapshot of Mosquitto"));
    EXPECT_THAT(refusal("SQLite format 3"), HasSubstr("no snapshot of Mosquitto"));
    EXPECT_THAT(refusal(SnapshotBytes().bytes().substr(0, 20)), HasSubstr("is cut off"));
    EXPECT_THAT(refusal(SnapshotBytes(2).bytes()), HasSubstr("format 2; this program reads"));
    EXPECT_THAT(refusal(SnapshotBytes(7).bytes()), HasSubstr("format 7; this program reads"));
}

TEST_F(SnapshotTest, one_of_another_kind_of_machine_is_refused) {
    EXPECT_THAT(refusal(SnapshotBytes().configuration(std::uint64_t{1} << 56U).bytes()),
                HasSubstr("another kind of machine"));
}

}  // namespace
}  // namespace mq::broker::test
