#include "broker/store/store.hpp"

#include "tests/broker/store/fixture.hpp"

#include <gmock/gmock.h>

#include <chrono>
#include <sys/stat.h>

namespace mq::broker::test {
namespace {

using ::testing::ElementsAre;
using ::testing::Pair;
using ::testing::SizeIs;
using namespace std::chrono_literals;

std::vector<std::string> payloads(const StoredSession& session) {
    std::vector<std::string> all;
    for (const EntryRecord& entry : session.entries) {
        all.push_back(text(entry.message->payload()));
    }
    return all;
}

TEST_F(StoreTest, creates_a_file_for_its_owner_only) {
    const StoredState state = open();
    EXPECT_TRUE(state.sessions.empty() && state.retained.empty());
    EXPECT_EQ(state.next_entry, 1U);
    struct stat facts {};
    ASSERT_EQ(::stat(file().c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
    close();
    EXPECT_FALSE(home_.has("store.db-wal")) << "the log stays after a clean stop";
}

TEST_F(StoreTest, keeps_a_session) {
    open();
    SessionRecord record = session("sensor/1");
    record.user_name = "j\xC3\xBCrgen";
    record.realm = "0 /run/m\xFCller";
    record.version = mqtt::Version::v5;
    record.expiry_interval = 0xFFFFFFFF;
    record.expires = Time(1'700'000'000'123ms);
    store_->session_stored(record);
    const StoredState state = reopen();
    ASSERT_THAT(state.sessions, SizeIs(1));
    const SessionRecord& found = state.sessions[0].session;
    EXPECT_EQ(found.client_id, record.client_id);
    EXPECT_EQ(found.user_name, record.user_name);
    EXPECT_EQ(found.realm, record.realm);
    EXPECT_EQ(found.version, record.version);
    EXPECT_EQ(found.expiry_interval, record.expiry_interval);
    EXPECT_EQ(found.expires, record.expires);
}

TEST_F(StoreTest, keeps_that_a_session_never_ends) {
    open();
    store_->session_stored(session("a"));
    EXPECT_EQ(reopen().sessions.at(0).session.expires, never);
}

TEST_F(StoreTest, keeps_subscriptions) {
    open();
    store_->session_stored(session("a"));
    store_->subscription_stored(
        "a", {"$share/group/x/#",
              {mqtt::QoS::exactly_once, true, true, mqtt::RetainHandling::do_not_send},
              268'435'455});
    store_->subscription_stored("a", {"gone/+", {}, 0});
    store_->subscription_removed("a", "gone/+");
    const StoredState state = reopen();
    ASSERT_THAT(state.sessions, SizeIs(1));
    ASSERT_THAT(state.sessions[0].subscriptions, SizeIs(1));
    const SubscriptionRecord& found = state.sessions[0].subscriptions[0];
    EXPECT_EQ(found.filter, "$share/group/x/#");
    EXPECT_EQ(found.identifier, 268'435'455U);
    EXPECT_EQ(found.options.qos, mqtt::QoS::exactly_once);
    EXPECT_TRUE(found.options.no_local);
    EXPECT_TRUE(found.options.retain_as_published);
    EXPECT_EQ(found.options.retain_handling, mqtt::RetainHandling::do_not_send);
}

TEST_F(StoreTest, replaces_and_removes_a_subscription_on_disk) {
    open();
    store_->session_stored(session("a"));
    store_->subscription_stored("a", {"one", {}, 0});
    store_->subscription_stored("a", {"two", {}, 0});
    reopen();
    store_->subscription_stored("a", {"one", {}, 7});
    store_->subscription_removed("a", "two");
    const StoredState state = reopen();
    ASSERT_THAT(state.sessions.at(0).subscriptions, SizeIs(1));
    EXPECT_EQ(state.sessions[0].subscriptions[0].identifier, 7U);
}

TEST_F(StoreTest, keeps_a_queued_message_with_all_its_fields) {
    open();
    store_->session_stored(session("a"));
    const std::string properties("\x01\x01", 2);
    const std::string payload("a\0b", 3);
    EntryRecord record =
        entry(store_->next_entry(),
              MessageRef::create("t/1", bytes(properties), bytes(payload), mqtt::QoS::exactly_once,
                                 true, {42, Time(1'800'000'000'000ms)}));
    record.qos = mqtt::QoS::exactly_once;
    record.retain = true;
    record.identifiers = {1, 128, 268'435'455};
    record.state = EntryState::received;
    record.packet_id = 65'535;
    store_->entry_stored("a", record);
    const StoredState state = reopen();
    EXPECT_EQ(state.next_entry, 2U);
    ASSERT_THAT(state.sessions.at(0).entries, SizeIs(1));
    const EntryRecord& found = state.sessions[0].entries[0];
    EXPECT_EQ(found.number, 1U);
    EXPECT_EQ(found.qos, record.qos);
    EXPECT_TRUE(found.retain);
    EXPECT_EQ(found.identifiers, record.identifiers);
    EXPECT_EQ(found.state, EntryState::received);
    EXPECT_EQ(found.packet_id, 65'535);
    EXPECT_EQ(found.message->topic(), "t/1");
    EXPECT_EQ(text(found.message->properties()), properties);
    EXPECT_EQ(text(found.message->payload()), payload);
    EXPECT_EQ(found.message->qos(), mqtt::QoS::exactly_once);
    EXPECT_TRUE(found.message->retain());
    EXPECT_EQ(found.message->origin().expiry, Time(1'800'000'000'000ms));
}

TEST_F(StoreTest, keeps_entries_in_their_order_and_counts_on) {
    open();
    store_->session_stored(session("a"));
    for (const char* payload : {"1", "2", "3"}) {
        store_->entry_stored("a", entry(store_->next_entry(), message("t", payload)));
    }
    reopen();
    store_->entry_stored("a", entry(store_->next_entry(), message("t", "4")));
    EXPECT_THAT(payloads(reopen().sessions.at(0)), ElementsAre("1", "2", "3", "4"));
}

TEST_F(StoreTest, changes_the_state_of_an_entry_on_disk) {
    open();
    store_->session_stored(session("a"));
    const EntryNumber number = store_->next_entry();
    store_->entry_stored("a", entry(number, message("t")));
    reopen();
    store_->entry_state("a", number, EntryState::sent, 12);
    const StoredState state = reopen();
    EXPECT_EQ(state.sessions.at(0).entries.at(0).state, EntryState::sent);
    EXPECT_EQ(state.sessions[0].entries[0].packet_id, 12);
}

TEST_F(StoreTest, removes_an_entry_on_disk_and_its_message) {
    open();
    store_->session_stored(session("a"));
    const EntryNumber number = store_->next_entry();
    store_->entry_stored("a", entry(number, message("t")));
    reopen();
    store_->entry_removed("a", number);
    EXPECT_THAT(reopen().sessions.at(0).entries, SizeIs(0));
    EXPECT_FALSE(log_.has("belongs to nobody")) << log_.lines();
}

TEST_F(StoreTest, stores_a_message_for_many_sessions_once) {
    open();
    const MessageRef shared = message("t", std::string(100'000, 'x'));
    for (int i = 0; i < 50; ++i) {
        store_->session_stored(session("c" + std::to_string(i)));
        store_->entry_stored("c" + std::to_string(i), entry(store_->next_entry(), shared));
    }
    const StoredState state = reopen();
    ASSERT_THAT(state.sessions, SizeIs(50));
    EXPECT_EQ(&*state.sessions[0].entries.at(0).message,
              &*state.sessions[49].entries.at(0).message);
    EXPECT_LT(std::filesystem::file_size(file()), 300'000U);
}

TEST_F(StoreTest, keeps_a_shared_message_until_the_last_entry_goes) {
    open();
    const MessageRef shared = message("t");
    store_->session_stored(session("a"));
    store_->session_stored(session("b"));
    store_->entry_stored("a", entry(store_->next_entry(), shared));
    store_->entry_stored("b", entry(store_->next_entry(), shared));
    reopen();
    store_->entry_removed("a", 1);
    const StoredState state = reopen();
    EXPECT_THAT(of_client(state, "a").entries, SizeIs(0));
    EXPECT_THAT(payloads(of_client(state, "b")), ElementsAre("payload"));
}

TEST_F(StoreTest, keeps_received_packet_identifiers) {
    open();
    store_->session_stored(session("a"));
    for (const mqtt::PacketId id : std::vector<mqtt::PacketId>{3, 1, 65'535}) {
        store_->received_stored("a", id);
    }
    reopen();
    store_->received_removed("a", 3);
    EXPECT_THAT(reopen().sessions.at(0).received, ElementsAre(1, 65'535));
}

TEST_F(StoreTest, replaces_and_removes_retained_messages) {
    open();
    store_->retained_stored(message("a", "old"));
    store_->retained_stored(message("b", "old"));
    reopen();
    store_->retained_stored(message("a", "new"));
    store_->retained_removed("b");
    const StoredState state = reopen();
    ASSERT_THAT(state.retained, SizeIs(1));
    EXPECT_EQ(state.retained[0]->topic(), "a");
    EXPECT_EQ(text(state.retained[0]->payload()), "new");
    EXPECT_FALSE(log_.has("belongs to nobody")) << log_.lines();
}

TEST_F(StoreTest, keeps_who_has_published_a_retained_message) {
    open();
    store_->retained_stored(message("a").published_by({"client", "anna", true, "1884 ::1"}));
    store_->retained_stored(message("b").published_by({"other", "", false}));
    store_->retained_stored(message("c"));
    const StoredState state = reopen();
    ASSERT_THAT(state.retained, SizeIs(3));
    std::map<std::string, std::string> publishers;
    for (const MessageRef& kept : state.retained) {
        const Publisher publisher = kept->publisher();
        publishers[std::string(kept->topic())] =
            std::string(publisher.client_id) + "/" + std::string(publisher.user_name) +
            (publisher.has_user_name ? " named" : "") + (publisher.realm.empty() ? "" : " at ") +
            std::string(publisher.realm);
    }
    EXPECT_THAT(publishers, ElementsAre(Pair("a", "client/anna named at 1884 ::1"),
                                        Pair("b", "other/"), Pair("c", "/")));
}

TEST_F(StoreTest, keeps_the_will_of_a_session) {
    open();
    SessionRecord a = session_with_will("a", "one");
    a.will->has_message_expiry = true;
    a.will->message_expiry_seconds = 7;
    store_->session_stored(a);
    SessionRecord b = session_with_will("b", "two");
    b.will_due = never;
    store_->session_stored(b);
    const StoredState state = reopen();
    const SessionRecord& first = of_client(state, "a").session;
    ASSERT_TRUE(first.will);
    EXPECT_EQ(first.will->message->topic(), "will");
    EXPECT_EQ(text(first.will->message->properties()), "properties");
    EXPECT_EQ(text(first.will->message->payload()), "one");
    EXPECT_EQ(first.will->message->qos(), mqtt::QoS::exactly_once);
    EXPECT_TRUE(first.will->message->retain());
    EXPECT_EQ(first.will->delay_seconds, 0xFFFFFFFF);
    EXPECT_TRUE(first.will->has_message_expiry);
    EXPECT_EQ(first.will->message_expiry_seconds, 7U);
    EXPECT_EQ(first.will_due, a.will_due);
    const SessionRecord& second = of_client(state, "b").session;
    ASSERT_TRUE(second.will);
    EXPECT_FALSE(second.will->has_message_expiry);
    EXPECT_EQ(second.will_due, never);
}

TEST_F(StoreTest, a_will_is_replaced_and_goes_with_what_is_said_of_its_session) {
    open();
    for (const char* client : {"another", "none", "ended"}) {
        store_->session_stored(session_with_will(client, "one"));
    }
    reopen();
    store_->session_stored(session_with_will("another", "two"));
    store_->session_stored(session("none"));
    store_->session_removed("ended");
    reopen();
    store_->session_stored(session("ended"));
    const StoredState state = reopen();
    EXPECT_EQ(text(of_client(state, "another").session.will->message->payload()), "two");
    EXPECT_FALSE(of_client(state, "none").session.will);
    EXPECT_FALSE(of_client(state, "ended").session.will);
    EXPECT_FALSE(log_.has("damaged")) << log_.lines();
}

TEST_F(StoreTest, a_message_that_is_retained_and_queued_is_one_block) {
    open();
    const MessageRef both = message("t").published_by({"client", "anna", true});
    store_->session_stored(session("a"));
    store_->entry_stored("a", entry(store_->next_entry(), both));
    store_->retained_stored(both);
    const StoredState state = reopen();
    ASSERT_THAT(state.retained, SizeIs(1));
    ASSERT_THAT(of_client(state, "a").entries, SizeIs(1));
    EXPECT_EQ(&*state.retained[0], &*of_client(state, "a").entries[0].message);
}

TEST_F(StoreTest, removes_a_session_with_all_that_belongs_to_it) {
    open();
    store_->session_stored(session("a"));
    store_->subscription_stored("a", {"t", {}, 0});
    store_->entry_stored("a", entry(store_->next_entry(), message("t")));
    store_->received_stored("a", 1);
    reopen();
    store_->session_removed("a");
    EXPECT_THAT(reopen().sessions, SizeIs(0));
    EXPECT_FALSE(log_.has("damaged")) << log_.lines();
}

TEST_F(StoreTest, a_session_that_begins_anew_has_nothing_of_the_old_one) {
    open();
    store_->session_stored(session("a"));
    store_->subscription_stored("a", {"old", {}, 0});
    store_->entry_stored("a", entry(store_->next_entry(), message("t")));
    reopen();
    store_->session_removed("a");
    store_->session_stored(session("a"));
    store_->subscription_stored("a", {"new", {}, 0});
    const StoredState state = reopen();
    ASSERT_THAT(state.sessions, SizeIs(1));
    EXPECT_THAT(state.sessions[0].entries, SizeIs(0));
    ASSERT_THAT(state.sessions[0].subscriptions, SizeIs(1));
    EXPECT_EQ(state.sessions[0].subscriptions[0].filter, "new");
}

TEST_F(StoreTest, saves_when_asked) {
    StoreSettings only_when_asked = settings();
    only_when_asked.autosave_interval = 0;
    open(only_when_asked);
    store_->session_stored(session("a"));
    store_->save();
    log_.wait_for("Stored 1 changes");
}

TEST_F(StoreTest, saves_after_so_many_changes) {
    StoreSettings on_changes = settings();
    on_changes.autosave_interval = 3;
    on_changes.autosave_on_changes = true;
    open(on_changes);
    store_->session_stored(session("a"));
    store_->session_stored(session("b"));
    store_->session_stored(session("c"));
    log_.wait_for("Stored 3 changes");
}

TEST_F(StoreTest, saves_after_the_interval) {
    StoreSettings often = settings();
    often.autosave_interval = 1;
    open(often);
    store_->session_stored(session("a"));
    log_.wait_for("Stored 1 changes");
    store_->session_stored(session("b"));
    store_->session_stored(session("c"));
    log_.wait_for("Stored 2 changes");
}

TEST_F(StoreTest, saves_early_when_much_waits) {
    StoreSettings small = settings();
    small.autosave_interval = 0;
    small.batch_bytes_max = 10'000;
    open(small);
    store_->retained_stored(message("t", std::string(10'000, 'x')));
    log_.wait_for("Stored 1 changes");
}

TEST_F(StoreTest, writes_nothing_for_an_entry_that_came_and_went) {
    open();
    store_->session_stored(session("a"));
    store_->save();
    log_.wait_for("Stored 1 changes");
    for (int i = 0; i < 1000; ++i) {
        const EntryNumber number = store_->next_entry();
        store_->entry_stored("a", entry(number, message("t")));
        store_->entry_removed("a", number);
    }
    close();
    EXPECT_FALSE(log_.has("Stored 2")) << log_.lines();
}

TEST_F(StoreTest, gives_the_space_of_removed_messages_back) {
    open();
    store_->retained_stored(message("t", std::string(5'000'000, 'x')));
    reopen();
    EXPECT_GT(std::filesystem::file_size(file()), 5'000'000U);
    store_->retained_removed("t");
    close();
    EXPECT_LT(std::filesystem::file_size(file()), 200'000U);
}

TEST_F(StoreTest, loads_many_rows_within_seconds) {
    constexpr int count = 100'000;
    open();
    for (int i = 0; i < 1000; ++i) {
        store_->session_stored(session("c" + std::to_string(i)));
    }
    for (int i = 0; i < count; ++i) {
        const std::string number = std::to_string(i);
        store_->retained_stored(message("state/" + number, std::string(100, 'r')));
        store_->entry_stored("c" + std::to_string(i % 1000),
                             entry(store_->next_entry(), message("queue/" + number)));
    }
    close();
    const auto start = std::chrono::steady_clock::now();
    const StoredState state = open();
    const auto taken = std::chrono::steady_clock::now() - start;
    EXPECT_THAT(state.retained, SizeIs(count));
    EXPECT_THAT(of_client(state, "c7").entries, SizeIs(count / 1000));
    RecordProperty("load_ms", static_cast<int>(taken / 1ms));
    EXPECT_LT(taken, 30s);
}

}  // namespace
}  // namespace mq::broker::test
