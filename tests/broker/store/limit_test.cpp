// The store above global_max_store_bytes, and what it tells of itself.
#include "tests/broker/store/fixture.hpp"
#include "tests/broker/store/small_disk.hpp"

#include <gmock/gmock.h>

namespace mq::broker::test {
namespace {

using ::testing::SizeIs;

class LimitTest : public StoreTest {
 protected:
    static constexpr std::uint64_t limit = 300'000;

    [[nodiscard]] StoreSettings limited(std::uint64_t bytes = limit) const {
        StoreSettings result = settings();
        result.autosave_interval = 0;
        result.store_bytes_max = bytes;
        return result;
    }
    /// Everything so far is on the disk, and measured.
    void save() {
        store_->session_removed("nobody");
        log_.clear();
        store_->save();
        log_.wait_for("Stored");
    }
    void put(const std::string& topic, std::size_t bytes) {
        store_->retained_stored(message(topic, std::string(bytes, 'x')));
    }
    void queue(std::size_t bytes) {
        store_->entry_stored("a",
                             entry(store_->next_entry(), message("t", std::string(bytes, 'x'))));
    }
};

TEST_F(LimitTest, below_it_everything_is_stored) {
    open(limited());
    store_->session_stored(session("a"));
    put("r/1", 100'000);
    save();
    queue(10'000);
    put("r/2", 10'000);
    EXPECT_EQ(store_->stats().given_up, 0U);
    close();
    EXPECT_FALSE(log_.has("global_max_store_bytes")) << log_.lines();
    const StoredState state = open(limited());
    EXPECT_THAT(state.retained, SizeIs(2));
    EXPECT_THAT(state.sessions.at(0).entries, SizeIs(1));
}

TEST_F(LimitTest, at_it_everything_is_stored_and_a_byte_less_is_too_little) {
    open(limited(0));
    put("r/1", 100'000);
    close();
    const std::uint64_t size = std::filesystem::file_size(file());
    for (const bool enough : {true, false}) {
        open(limited(enough ? size : size - 1));
        EXPECT_EQ(store_->stats().bytes, size);
        store_->retained_stored(message("r/1", "new"));
        EXPECT_EQ(store_->stats().given_up, enough ? 0U : 1U);
        store_->retained_stored(message("r/1", std::string(100'000, 'x')));
        close();
    }
}

TEST_F(LimitTest, above_it_messages_are_given_up_and_the_rest_goes_on) {
    open(limited());
    store_->session_stored(session("a"));
    put("r/large", 400'000);
    put("r/small", 10);
    queue(10);
    save();
    queue(10);
    put("r/small", 20);
    put("r/new", 10);
    EXPECT_EQ(store_->stats().given_up, 3U);
    EXPECT_TRUE(log_.has("more than global_max_store_bytes 300000; 1 queued")) << log_.lines();
    EXPECT_FALSE(log_.has("; 2 queued")) << "said more than once a minute";
    store_->session_stored(session("b"));
    store_->subscription_stored("a", {"t/#", {}, 0});
    store_->received_stored("a", 7);
    close();
    const StoredState state = open(limited());
    EXPECT_THAT(state.retained, SizeIs(1)) << "an outdated message is back";
    EXPECT_THAT(state.sessions, SizeIs(2));
    const StoredSession& a = of_client(state, "a");
    EXPECT_THAT(a.entries, SizeIs(1));
    EXPECT_THAT(a.subscriptions, SizeIs(1));
    EXPECT_THAT(a.received, SizeIs(1));
}

TEST_F(LimitTest, it_is_felt_from_the_start_on) {
    open(limited(0));
    put("r/large", 400'000);
    close();
    open(limited());
    put("r/new", 10);
    EXPECT_EQ(store_->stats().given_up, 1U);
    close();
}

TEST_F(LimitTest, below_it_again_it_is_no_longer_felt) {
    open(limited());
    store_->session_stored(session("a"));
    put("r/large", 400'000);
    queue(10);
    save();
    const std::uint64_t before = store_->stats().bytes;
    EXPECT_GT(before, 400'000U);
    store_->retained_removed("r/large");
    save();
    EXPECT_TRUE(log_.has("no longer more than global_max_store_bytes")) << log_.lines();
    EXPECT_LT(store_->stats().bytes, 200'000U);
    put("r/new", 10);
    queue(10);
    EXPECT_EQ(store_->stats().given_up, 0U);
    const StoredState state = reopen();
    EXPECT_THAT(state.retained, SizeIs(1));
    EXPECT_THAT(state.sessions.at(0).entries, SizeIs(2));
}

TEST_F(LimitTest, near_it_changes_are_written_without_being_asked) {
    open(limited());
    put("r/large", 400'000);
    log_.wait_for("Stored 1 changes");
    store_->retained_removed("r/large");
    log_.wait_for("no longer more than global_max_store_bytes");
}

TEST_F(LimitTest, another_limit_is_in_force_at_once) {
    open(limited(0));
    put("r/large", 400'000);
    save();
    log_.clear();
    store_->set_limit(1'000'000);
    put("r/1", 10);
    EXPECT_EQ(store_->stats().given_up, 0U);
    save();
    store_->set_limit(limit);
    save();
    put("r/2", 10);
    EXPECT_EQ(store_->stats().given_up, 1U);
    store_->set_limit(0);
    log_.wait_for("no longer more than");
    put("r/2", 10);
    EXPECT_EQ(store_->stats().given_up, 1U);
}

TEST_F(LimitTest, a_message_that_was_given_up_may_be_acknowledged) {
    open(limited());
    store_->session_stored(session("a"));
    put("r/large", 400'000);
    save();
    const EntryNumber number = store_->next_entry();
    store_->entry_stored("a", entry(number, message("t")));
    store_->entry_state("a", number, EntryState::sent, 1);
    save();
    store_->entry_removed("a", number);
    close();
    EXPECT_THAT(open(limited()).sessions.at(0).entries, SizeIs(0));
    EXPECT_FALSE(log_.has("damaged")) << log_.lines();
    close();
}

TEST_F(LimitTest, on_a_full_disk_removals_are_written_all_the_same) {
    open();
    put("r/old", 300'000);
    store_->session_stored(session("a"));
    close();
    const int result = with_small_disk(500'000, [this] {
        open();
        put("r/large", 1'000'000);
        store_->retained_removed("r/old");
        store_->session_removed("a");
        store_->save();
        log_.wait_for("cannot write");
        return 0;  // and is gone without a word
    });
    EXPECT_EQ(result, 0);
    const StoredState state = open();
    EXPECT_THAT(state.retained, SizeIs(0));
    EXPECT_THAT(state.sessions, SizeIs(0));
    close();
}

TEST_F(LimitTest, what_removals_free_is_used_at_once) {
    open();
    put("r/old", 300'000);
    close();
    const int result = with_small_disk(500'000, [this] {
        open();
        store_->retained_removed("r/old");
        put("r/new", 350'000);
        store_->save();
        log_.wait_for("Stored 2 changes");
        return store_->close() ? 0 : 1;
    });
    EXPECT_EQ(result, 0);
    EXPECT_FALSE(log_.has("cannot write")) << log_.lines();
    EXPECT_THAT(open().retained, SizeIs(1));
    close();
}

}  // namespace
}  // namespace mq::broker::test
