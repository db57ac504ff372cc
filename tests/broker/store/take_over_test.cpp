// A snapshot of Mosquitto becomes a database, whatever happens meanwhile.
#include "broker/store/take_over.hpp"

#include "tests/broker/store/fixture.hpp"
#include "tests/broker/store/small_disk.hpp"
#include "tests/broker/store/snapshot_bytes.hpp"

#include <gmock/gmock.h>

namespace mq::broker::test {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr int steps = 5;

class TakeOverTest : public StoreTest {
 protected:
    TakeOverTest() { put_snapshot(); }

    void put_snapshot() const { home_.write("store.db", snapshot_); }

    [[nodiscard]] std::string content() const { return home_.read("store.db"); }
    [[nodiscard]] std::vector<std::string> files() const {
        std::vector<std::string> names;
        for (const auto& entry : std::filesystem::directory_iterator(home_.path())) {
            names.push_back(entry.path().filename().string());
        }
        std::sort(names.begin(), names.end());
        return names;
    }
    /// One attempt as the store makes it, up to a step.
    Outcome<void> attempt(const TakeOver::BeforeStep& before_step) {
        auto begun = TakeOver::begin(file());
        if (!begun || !*begun) {
            return Problem{"not begun", ""};
        }
        const auto state = (*begun)->read(log_);
        Batch batch(1);
        add_all(*state, batch);
        return (*begun)->finish(batch, log_, before_step);
    }
    /// Opens with success, and finds all that the snapshot holds.
    void expect_everything() {
        const StoredState state = open();
        ASSERT_THAT(state.sessions, SizeIs(2));
        EXPECT_THAT(of_client(state, "a").subscriptions, SizeIs(1));
        ASSERT_THAT(of_client(state, "a").entries, SizeIs(2));
        EXPECT_EQ(text(of_client(state, "a").entries[1].message->payload()), "two");
        EXPECT_EQ(of_client(state, "a").entries[1].state, EntryState::sent);
        EXPECT_EQ(of_client(state, "a").entries[1].packet_id, 12);
        EXPECT_THAT(of_client(state, "b").received, ElementsAre(7));
        ASSERT_THAT(state.retained, SizeIs(1));
        EXPECT_EQ(state.retained[0]->topic(), "t/2");
        close();
    }

    std::string snapshot_ = SnapshotBytes()
                                .configuration()
                                .message(1, "t/1", "one")
                                .message(2, "t/2", "two", 2, 1)
                                .client("a")
                                .queued("a", 1, 11)
                                .queued("a", 2, 5, 2, 12)
                                .client("b")
                                .queued("b", 1, 7, 2, 7, 0)
                                .subscription("a", "t/#")
                                .retained(2)
                                .bytes();
};

TEST_F(TakeOverTest, the_first_start_writes_a_database_and_keeps_the_snapshot) {
    expect_everything();
    EXPECT_THAT(content(), StartsWith("SQLite format 3"));
    EXPECT_EQ(home_.read("store.db.mosquitto-backup"), snapshot_);
    EXPECT_THAT(files(), ElementsAre("store.db", "store.db.mosquitto-backup"));
    EXPECT_TRUE(
        log_.has("2 sessions with 1 subscriptions, 2 queued messages, 1 accepted messages "
                 "that awaited PUBREL, 1 retained messages"))
        << log_.lines();
    EXPECT_TRUE(log_.has("kept as " + file().string() + ".mosquitto-backup")) << log_.lines();
    log_.clear();
    expect_everything();
    EXPECT_FALSE(log_.has("Took over")) << log_.lines();
}

TEST_F(TakeOverTest, accepted_messages_are_given_out_once) {
    StoredState state = open();
    ASSERT_THAT(state.accepted, SizeIs(1));
    EXPECT_EQ(state.accepted[0].client_id, "b");
    EXPECT_THAT(reopen().accepted, SizeIs(0));
}

TEST_F(TakeOverTest, what_the_journal_was_told_before_the_start_is_in_it) {
    auto opened = Store::open(settings(), log_);
    ASSERT_TRUE(opened && *opened);
    store_ = std::move(*opened);
    ASSERT_TRUE(store_->load());
    store_->session_removed("b");
    const EntryNumber next = store_->next_entry();
    EXPECT_EQ(next, 3U);
    store_->entry_stored("a", entry(next, message("t/3", "accepted")));
    ASSERT_TRUE(store_->start());
    const StoredState state = reopen();
    ASSERT_THAT(state.sessions, SizeIs(1));
    EXPECT_THAT(state.sessions[0].entries, SizeIs(3));
}

TEST_F(TakeOverTest, without_the_start_nothing_is_touched) {
    {
        const auto opened = Store::open(settings(), log_);
        ASSERT_TRUE(opened);
        ASSERT_TRUE((*opened)->load());
        (*opened)->session_removed("a");
        EXPECT_TRUE((*opened)->close());
    }
    EXPECT_EQ(content(), snapshot_);
    EXPECT_THAT(files(), ElementsAre("store.db"));
    expect_everything();
}

TEST_F(TakeOverTest, a_kill_before_any_step_loses_nothing) {
    for (int last = 1; last <= steps + 1; ++last) {
        SCOPED_TRACE(last);
        put_snapshot();
        std::filesystem::remove(file().string() + ".mosquitto-backup");
        const int result = in_child([&] {
            const auto done = attempt([&](int step) -> Outcome<void> {
                if (step == last) {
                    ::kill(::getpid(), SIGKILL);
                }
                return {};
            });
            return done ? 0 : 1;
        });
        EXPECT_EQ(result, last <= steps ? -SIGKILL : 0);
        EXPECT_EQ(content() == snapshot_, last <= steps);
        expect_everything();
        EXPECT_EQ(home_.read("store.db.mosquitto-backup"), snapshot_);
        EXPECT_THAT(files(), ElementsAre("store.db", "store.db.mosquitto-backup"));
    }
}

TEST_F(TakeOverTest, a_kill_at_any_size_of_the_new_file_loses_nothing) {
    int killed = 0;
    for (rlim_t size = 0; size < 80'000; size += 3000) {
        SCOPED_TRACE(size);
        put_snapshot();
        std::filesystem::remove(file().string() + ".mosquitto-backup");
        const int result = in_child([&] {
            ::signal(SIGXFSZ, SIG_DFL);
            limit_files(size);
            return attempt({}) ? 0 : 1;
        });
        killed += result == -SIGXFSZ ? 1 : 0;
        EXPECT_EQ(content() == snapshot_, result != 0);
        expect_everything();
        EXPECT_EQ(home_.read("store.db.mosquitto-backup"), snapshot_);
    }
    EXPECT_GT(killed, 10);
}

TEST_F(TakeOverTest, a_step_that_fails_leaves_the_snapshot_and_nothing_half_done) {
    for (int last = 1; last <= steps; ++last) {
        SCOPED_TRACE(last);
        const auto done = attempt([&](int step) -> Outcome<void> {
            return step == last ? Outcome<void>(Problem{"no more", ""}) : Outcome<void>();
        });
        ASSERT_FALSE(done);
        EXPECT_EQ(done.error().what, "no more");
        EXPECT_EQ(content(), snapshot_);
        EXPECT_FALSE(home_.has("store.db.taking-over"));
    }
    expect_everything();
    EXPECT_EQ(home_.read("store.db.mosquitto-backup"), snapshot_);
    EXPECT_THAT(files(), ElementsAre("store.db", "store.db.mosquitto-backup"))
        << "an attempt that failed late has made its backup; the next one uses it";
}

TEST_F(TakeOverTest, a_full_disk_is_said_and_the_snapshot_stays) {
    snapshot_ =
        SnapshotBytes().message(1, "t", std::string(1'000'000, 'x'), 1, 1).retained(1).bytes();
    put_snapshot();
    const int result = with_small_disk(500'000, [this] {
        auto opened = Store::open(settings(), log_);
        if (!opened || !(*opened)->load()) {
            return 1;
        }
        const auto started = (*opened)->start();
        const bool said = !started &&
                          started.error().text().find("cannot take over") != std::string::npos &&
                          started.error().text().find("File too large") != std::string::npos &&
                          started.error().text().find("left as it was") != std::string::npos;
        return said ? 0 : 2;
    });
    EXPECT_EQ(result, 0);
    EXPECT_EQ(content(), snapshot_);
    EXPECT_THAT(files(), ElementsAre("store.db"));
    EXPECT_THAT(open().retained, SizeIs(1));
    close();
}

TEST_F(TakeOverTest, an_existing_backup_is_never_touched) {
    home_.write("store.db.mosquitto-backup", "of last year");
    expect_everything();
    EXPECT_EQ(home_.read("store.db.mosquitto-backup"), "of last year");
    EXPECT_EQ(home_.read("store.db.mosquitto-backup-2"), snapshot_);
    EXPECT_TRUE(log_.has(".mosquitto-backup-2.")) << log_.lines();
}

TEST_F(TakeOverTest, the_log_of_another_database_does_not_get_into_the_new_one) {
    home_.write("store.db-wal", "of a database that was here before");
    expect_everything();
    EXPECT_EQ(home_.read("store.db.mosquitto-backup-wal"), "of a database that was here before");
}

TEST_F(TakeOverTest, behind_a_symbolic_link_the_file_itself_is_replaced) {
    std::filesystem::create_directory(home_.path() / "elsewhere");
    std::filesystem::rename(file(), home_.path() / "elsewhere/real.db");
    std::filesystem::create_symlink("elsewhere/real.db", file());
    expect_everything();
    EXPECT_TRUE(std::filesystem::is_symlink(file()));
    EXPECT_EQ(home_.read("elsewhere/real.db.mosquitto-backup"), snapshot_);
}

TEST_F(TakeOverTest, a_second_broker_at_the_same_time_is_refused) {
    const auto first = Store::open(settings(), log_);
    ASSERT_TRUE(first);
    EXPECT_THAT(refusal().text(), HasSubstr("being taken over by another broker"));
}

TEST_F(TakeOverTest, a_snapshot_that_is_written_meanwhile_stays) {
    const auto done = attempt([&](int step) -> Outcome<void> {
        if (step == steps) {
            home_.write("new", snapshot_ + SnapshotBytes().client("c").bytes().substr(23));
            std::filesystem::rename(home_.path() / "new", file());
        }
        return {};
    });
    ASSERT_FALSE(done);
    EXPECT_THAT(done.error().text(), HasSubstr("another program has replaced it"));
    EXPECT_THAT(open().sessions, SizeIs(3));
    close();
}

TEST_F(TakeOverTest, a_damaged_snapshot_is_reported_with_places_and_kept) {
    snapshot_ = SnapshotBytes().client("a").retained(9).subscription("x", "t").bytes();
    put_snapshot();
    EXPECT_THAT(open().sessions, SizeIs(1));
    EXPECT_TRUE(log_.has("store.db is damaged; 2 places are passed over")) << log_.lines();
    EXPECT_TRUE(log_.has("byte 56: a retained message is damaged or missing")) << log_.lines();
    EXPECT_EQ(home_.read("store.db.mosquitto-backup"), snapshot_);
    close();
}

TEST_F(TakeOverTest, a_snapshot_of_another_format_is_refused_and_stays) {
    snapshot_ = SnapshotBytes(8).bytes();
    put_snapshot();
    auto opened = Store::open(settings(), log_);
    ASSERT_TRUE(opened);
    const auto loaded = (*opened)->load();
    ASSERT_FALSE(loaded);
    EXPECT_THAT(loaded.error().text(), HasSubstr("format 8"));
    EXPECT_THAT(loaded.error().text(), HasSubstr("persistence_file mqhome.db"));
    EXPECT_EQ(content(), snapshot_);
}

}  // namespace
}  // namespace mq::broker::test
