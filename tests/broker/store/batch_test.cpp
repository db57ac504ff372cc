#include "broker/store/batch.hpp"

#include "tests/broker/store/fixture.hpp"

#include <string>

namespace mq::broker::test {
namespace {

TEST(Batch, is_empty_and_small_after_all_has_cancelled_out) {
    Batch batch(1);
    batch.entry_stored("a", entry(1, message("t")));
    EXPECT_GT(batch.bytes(), 0U);
    batch.entry_state("a", 1, EntryState::sent, 1);
    batch.entry_removed("a", 1);
    EXPECT_TRUE(batch.empty());
    EXPECT_TRUE(batch.messages().empty());
    EXPECT_EQ(batch.bytes(), 0U);
    EXPECT_EQ(batch.changes(), 3U);
}

TEST(Batch, keeps_the_removal_of_an_entry_that_may_be_on_disk) {
    Batch batch(5);
    batch.entry_state("a", 4, EntryState::sent, 1);
    batch.entry_removed("a", 4);
    ASSERT_FALSE(batch.empty());
    EXPECT_EQ(batch.sessions().at("a").entries.at(4).kind, EntryChange::Kind::removed);
}

TEST(Batch, adds_a_state_to_an_entry_that_waits) {
    Batch batch(1);
    batch.entry_stored("a", entry(1, message("t")));
    batch.entry_state("a", 1, EntryState::sent, 9);
    const EntryChange& change = batch.sessions().at("a").entries.at(1);
    EXPECT_EQ(change.kind, EntryChange::Kind::stored);
    EXPECT_EQ(change.state, EntryState::sent);
    EXPECT_EQ(change.packet_id, 9);
}

TEST(Batch, shares_a_message_and_lets_it_go_with_its_last_use) {
    Batch batch(1);
    const MessageRef shared = message("t");
    batch.entry_stored("a", entry(1, shared));
    batch.entry_stored("b", entry(2, shared));
    batch.retained_stored(shared);
    ASSERT_EQ(batch.messages().size(), 1U);
    EXPECT_EQ(batch.messages().begin()->second.uses, 3U);
    batch.entry_removed("a", 1);
    batch.session_removed("b");
    batch.retained_removed("t");
    EXPECT_TRUE(batch.messages().empty());
}

TEST(Batch, the_last_retained_message_of_a_topic_wins) {
    Batch batch(1);
    batch.retained_stored(message("t", "1"));
    batch.retained_stored(message("t", "2"));
    ASSERT_EQ(batch.messages().size(), 1U);
    EXPECT_EQ(text(batch.retained().at("t")->payload()), "2");
}

TEST(Batch, a_removed_session_forgets_what_came_before) {
    Batch batch(1);
    batch.session_stored(session("a"));
    batch.subscription_stored("a", {"t", {}, 0});
    batch.received_stored("a", 1);
    batch.session_removed("a");
    const SessionChanges& changes = batch.sessions().at("a");
    EXPECT_TRUE(changes.removed);
    EXPECT_FALSE(changes.record);
    EXPECT_TRUE(changes.subscriptions.empty() && changes.received.empty());
}

TEST(Batch, gives_up_entries_of_the_largest_session_first) {
    Batch batch(1);
    batch.entry_stored("small", entry(1, message("t")));
    for (EntryNumber number = 2; number <= 100; ++number) {
        batch.entry_stored("large", entry(number, message("t")));
    }
    EXPECT_EQ(batch.give_up_entries(batch.overhead() - 1), 99U);
    EXPECT_EQ(batch.sessions().at("small").entries.size(), 1U);
    EXPECT_EQ(batch.messages().size(), 1U);
}

TEST(Batch, never_gives_up_what_is_no_entry) {
    Batch batch(10);
    batch.session_stored(session("a"));
    batch.subscription_stored("a", {"t", {}, 0});
    batch.entry_removed("a", 3);
    batch.entry_stored("a", entry(10, message("t")));
    batch.retained_stored(message("r"));
    EXPECT_EQ(batch.give_up_entries(0), 1U);
    const SessionChanges& changes = batch.sessions().at("a");
    EXPECT_TRUE(changes.record);
    EXPECT_EQ(changes.subscriptions.size(), 1U);
    EXPECT_EQ(changes.entries.at(3).kind, EntryChange::Kind::removed);
    EXPECT_EQ(batch.retained().size(), 1U);
}

TEST(Batch, a_will_counts_for_as_long_as_its_session_has_it) {
    Batch batch(1);
    batch.session_stored(session("a"));
    const std::size_t without = batch.bytes();
    batch.session_stored(session_with_will("a", std::string(1000, 'x')));
    EXPECT_GE(batch.bytes(), without + 1000);
    EXPECT_EQ(batch.overhead(), without);
    batch.session_stored(session("a"));
    EXPECT_EQ(batch.bytes(), without);
    batch.session_stored(session_with_will("a", std::string(1000, 'x')));
    batch.session_removed("a");
    EXPECT_EQ(batch.bytes(), without);
}

}  // namespace
}  // namespace mq::broker::test
