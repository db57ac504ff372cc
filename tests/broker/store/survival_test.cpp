// The store in a program that is killed, and on a disk that is full.
#include "tests/broker/store/fixture.hpp"
#include "tests/broker/store/small_disk.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace mq::broker::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

class SurvivalTest : public StoreTest {};

/// Writes a byte for each batch that has reached the disk.
class ProgressLog final : public Log {
 public:
    explicit ProgressLog(int pipe) : pipe_(pipe) { mask_ = log_mask_all; }
    void line(LogType type, std::string_view) override {
        if (type == LogType::debug && ::write(pipe_, "x", 1) != 1) {
            ::_exit(1);
        }
    }

 private:
    int pipe_;
};

/// Reports to the store for ever: entry N and the retained message N, for ascending N, and that
/// entry N - 100 is gone.
[[noreturn]] void keep_storing(const StoreSettings& settings, int progress) {
    ProgressLog log(progress);
    auto store = std::move(Store::open(settings, log).value());
    const StoredState state = store->load().value();
    if (!store->start()) {
        ::_exit(1);
    }
    store->session_stored(session("a"));
    if (!state.sessions.empty()) {
        for (const EntryRecord& old : state.sessions[0].entries) {
            if (old.number + 100 < state.next_entry) {
                store->entry_removed("a", old.number);  // what a kill has kept from going
            }
        }
    }
    for (;;) {
        const EntryNumber next = store->next_entry();
        const std::string payload = std::to_string(next);
        store->entry_stored("a", entry(next, message("t", payload)));
        store->retained_stored(message("r", payload));
        if (next > 100) {
            store->entry_removed("a", next - 100);
        }
    }
}

void kill_after(const StoreSettings& settings, int batches) {
    int progress[2];
    ASSERT_EQ(::pipe(progress), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(progress[0]);
        keep_storing(settings, progress[1]);
    }
    ::close(progress[1]);
    char byte = 0;
    for (int i = 0; i < batches; ++i) {
        ASSERT_EQ(::read(progress[0], &byte, 1), 1);
    }
    ::kill(child, SIGKILL);
    int status = 0;
    ::waitpid(child, &status, 0);
    ::close(progress[0]);
    EXPECT_TRUE(WIFSIGNALED(status));
}

TEST_F(SurvivalTest, a_kill_at_any_time_leaves_the_state_of_some_moment) {
    StoreSettings often = settings();
    often.autosave_interval = 7;
    often.autosave_on_changes = true;
    EntryNumber before = 0;
    for (const int batches : {1, 2, 3, 4, 5, 7, 11, 13, 17, 23}) {
        kill_after(often, batches);
        const StoredState state = open();
        ASSERT_THAT(state.sessions, SizeIs(1));
        const auto& entries = state.sessions[0].entries;
        ASSERT_FALSE(entries.empty());
        const EntryNumber last = entries.back().number;
        EXPECT_GT(last, before) << "what was stored is gone";
        before = last;
        EXPECT_LE(entries.size(), 101U);
        EXPECT_GE(entries.size(), std::min<EntryNumber>(last, 100U));
        for (std::size_t i = 0; i < entries.size(); ++i) {
            EXPECT_EQ(entries[i].number, last - (entries.size() - 1 - i)) << "a gap";
            EXPECT_EQ(text(entries[i].message->payload()), std::to_string(entries[i].number));
        }
        const EntryNumber retained =
            state.retained.empty() ? 0 : std::stoull(text(state.retained[0]->payload()));
        EXPECT_TRUE(retained == last || retained + 1 == last) << retained << ' ' << last;
        close();
    }
    EXPECT_FALSE(log_.has("damaged")) << log_.lines();
}

TEST_F(SurvivalTest, a_full_disk_is_reported_and_what_waits_is_written_later) {
    open();
    store_->retained_stored(message("r/first"));
    close();
    const int result = with_small_disk(500'000, [this] {
        open();
        store_->retained_stored(message("r/large", std::string(1'000'000, 'x')));
        store_->save();
        log_.wait_for("cannot write");
        store_->retained_stored(message("r/later"));
        lift_limit();
        store_->save();
        log_.wait_for("is written again");
        return store_->close() ? 0 : 1;
    });
    EXPECT_EQ(result, 0);
    EXPECT_THAT(open().retained, SizeIs(3));
    close();
}

TEST_F(SurvivalTest, a_stop_on_a_full_disk_says_what_is_lost_and_keeps_the_rest) {
    open();
    store_->retained_stored(message("r/first"));
    close();
    const int result = with_small_disk(500'000, [this] {
        open();
        store_->retained_stored(message("r/large", std::string(1'000'000, 'x')));
        const auto closed = store_->close();
        if (closed) {
            return 1;
        }
        return closed.error().text().find("1 changes") != std::string::npos ? 0 : 2;
    });
    EXPECT_EQ(result, 0);
    const StoredState state = open();
    ASSERT_THAT(state.retained, SizeIs(1));
    EXPECT_EQ(state.retained[0]->topic(), "r/first");
    close();
}

TEST_F(SurvivalTest, entries_beyond_the_limit_are_given_up_and_nothing_else) {
    StoreSettings tight = settings();
    tight.autosave_interval = 0;
    tight.waiting_bytes_max = 20'000;
    open(tight);
    store_->session_stored(session("large"));
    store_->session_stored(session("small"));
    store_->entry_stored("small", entry(store_->next_entry(), message("t")));
    for (int i = 0; i < 90; ++i) {
        store_->entry_stored("large", entry(store_->next_entry(), message("t")));
        store_->received_stored("small", static_cast<mqtt::PacketId>(i + 1));
    }
    EXPECT_TRUE(log_.has("will not survive a restart")) << log_.lines();
    const StoredState state = reopen();
    ASSERT_THAT(state.sessions, SizeIs(2));
    for (const StoredSession& stored : state.sessions) {
        const bool small = stored.session.client_id == "small";
        EXPECT_EQ(stored.received.size(), small ? 90U : 0U);
        if (small) {
            EXPECT_THAT(stored.entries, SizeIs(1));
        } else {
            EXPECT_LT(stored.entries.size(), 90U);
        }
    }
    close();
}

}  // namespace
}  // namespace mq::broker::test
