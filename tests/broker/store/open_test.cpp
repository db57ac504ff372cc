#include "broker/store/database.hpp"
#include "tests/broker/store/fixture.hpp"

#include <gmock/gmock.h>

#include <sys/wait.h>
#include <unistd.h>

namespace mq::broker::test {
namespace {

using ::testing::HasSubstr;
using ::testing::SizeIs;

/// Runs SQL on a closed store's file, as damage or another program would change it.
void alter(const std::filesystem::path& file, const char* sql) {
    auto database = Database::open(file.string());
    ASSERT_TRUE(database);
    (*database)->allow_merge_on_close(true);
    (*database)->run(sql);
    const auto error = (*database)->take_error();
    ASSERT_FALSE(error) << error->text;
}

class OpenTest : public StoreTest {
 protected:
    /// A store with a bit of everything, closed.
    void fill() {
        open();
        store_->session_stored(session("a"));
        store_->session_stored(session("b"));
        store_->subscription_stored("a", {"t/#", {}, 0});
        store_->subscription_stored("b", {"t/#", {}, 0});
        store_->entry_stored("a", entry(store_->next_entry(), message("t/1", "first")));
        store_->entry_stored("a", entry(store_->next_entry(), message("t/2", "second")));
        store_->received_stored("a", 1);
        store_->retained_stored(message("r/1", "one"));
        store_->retained_stored(message("r/2", "two"));
        close();
    }
    [[nodiscard]] std::vector<std::string> copies() const {
        std::vector<std::string> found;
        for (const auto& entry : std::filesystem::directory_iterator(home_.path())) {
            if (entry.path().filename().string().find(".damaged-") != std::string::npos) {
                found.push_back(entry.path().string());
            }
        }
        return found;
    }
};

TEST_F(OpenTest, a_missing_directory_is_named) {
    StoreSettings nowhere = settings();
    nowhere.directory = home_.path() / "missing";
    const auto opened = Store::open(nowhere, log_);
    ASSERT_FALSE(opened);
    EXPECT_THAT(opened.error().text(), HasSubstr("persistence_location"));
    EXPECT_THAT(opened.error().text(), HasSubstr((home_.path() / "missing").string()));
    EXPECT_THAT(opened.error().text(), HasSubstr("No such file or directory"));
}

TEST_F(OpenTest, an_empty_file_is_taken) {
    home_.write("store.db", "");
    EXPECT_TRUE(open().sessions.empty());
    close();
}

TEST_F(OpenTest, a_file_that_is_no_database_is_refused_and_stays) {
    home_.write("store.db", "listener 1883\n");
    EXPECT_THAT(refusal().text(), HasSubstr("damaged"));
    EXPECT_EQ(home_.read("store.db"), "listener 1883\n");
}

TEST_F(OpenTest, a_file_that_does_not_name_publishers_goes_on) {
    fill();
    alter(file(), "ALTER TABLE retained DROP COLUMN client_id");
    alter(file(), "ALTER TABLE retained DROP COLUMN user_name");
    EXPECT_THAT(open().retained, SizeIs(2));
    store_->retained_stored(message("r/3").published_by({"client", "anna", true}));
    close();
    const StoredState state = open();
    ASSERT_THAT(state.retained, SizeIs(3));
    EXPECT_EQ(state.retained[0]->publisher().client_id, "");
    EXPECT_EQ(state.retained[2]->publisher().client_id, "client");
    EXPECT_EQ(state.retained[2]->publisher().user_name, "anna");
}

TEST_F(OpenTest, a_file_that_does_not_name_listeners_goes_on) {
    fill();
    alter(file(), "ALTER TABLE retained DROP COLUMN realm");
    alter(file(), "ALTER TABLE sessions DROP COLUMN realm");
    StoredState state = open();
    EXPECT_THAT(state.retained, SizeIs(2));
    EXPECT_EQ(of_client(state, "a").session.realm, "");
    SessionRecord back = session("a");
    back.realm = "1884";
    store_->session_stored(back);
    close();
    state = open();
    EXPECT_EQ(of_client(state, "a").session.realm, "1884");
    EXPECT_THAT(of_client(state, "a").entries, SizeIs(2));
}

TEST_F(OpenTest, a_file_that_has_no_wills_goes_on) {
    fill();
    alter(file(), "DROP TRIGGER will_gone; DROP TRIGGER will_outdated; DROP TABLE wills");
    EXPECT_THAT(open().sessions, SizeIs(2));
    store_->session_stored(session_with_will("a", "bye"));
    close();
    EXPECT_TRUE(of_client(open(), "a").session.will);
}

TEST_F(OpenTest, a_program_that_does_not_know_wills_leaves_none_of_clients_that_were_back) {
    open();
    store_->session_stored(session_with_will("back", "bye"));
    store_->session_stored(session_with_will("ended", "bye"));
    store_->session_stored(session_with_will("away", "bye"));
    close();
    alter(file(),
          "UPDATE sessions SET version = 5 WHERE client_id = 'back';"
          "DELETE FROM sessions WHERE client_id = 'ended'");
    const StoredState state = open();
    EXPECT_FALSE(of_client(state, "back").session.will);
    EXPECT_TRUE(of_client(state, "away").session.will);
    EXPECT_FALSE(log_.has("damaged")) << log_.lines();
}

TEST_F(OpenTest, a_damaged_will_is_passed_over_and_its_session_stays) {
    open();
    store_->session_stored(session_with_will("a", "bye"));
    close();
    alter(file(), "UPDATE wills SET payload = x'00'");
    EXPECT_FALSE(of_client(open(), "a").session.will);
    EXPECT_TRUE(log_.has("the will of client 'a' is not what was stored")) << log_.lines();
    EXPECT_THAT(copies(), SizeIs(1));
}

TEST_F(OpenTest, a_file_whose_new_columns_are_there_in_part_gets_the_rest) {
    fill();
    alter(file(), "ALTER TABLE retained DROP COLUMN user_name");
    EXPECT_THAT(open().retained, SizeIs(2));
    store_->retained_stored(message("r/3").published_by({"client", "anna", true}));
    close();
    EXPECT_EQ(open().retained.at(2)->publisher().user_name, "anna");
}

/// What such a program replaces is of nobody: it does not say who has published it.
TEST_F(OpenTest, a_program_that_does_not_know_publishers_goes_on_with_the_file) {
    open();
    store_->retained_stored(message("r/1").published_by({"client", "anna", true}));
    close();
    alter(file(),
          "INSERT OR REPLACE INTO retained (topic, message)"
          " SELECT topic, message FROM retained");
    const StoredState state = open();
    ASSERT_THAT(state.retained, SizeIs(1));
    EXPECT_EQ(state.retained[0]->publisher().client_id, "");
    EXPECT_EQ(state.retained[0]->publisher().user_name, "");
}

TEST_F(OpenTest, a_newer_version_is_refused_and_stays) {
    fill();
    alter(file(), "PRAGMA user_version = 2");
    const std::string before = home_.read("store.db");
    EXPECT_THAT(refusal().text(), HasSubstr("newer version of mqhome (format 2"));
    EXPECT_EQ(home_.read("store.db"), before);
}

TEST_F(OpenTest, a_database_of_another_program_is_refused_and_stays) {
    fill();
    alter(file(), "PRAGMA application_id = 1");
    const std::string before = home_.read("store.db");
    EXPECT_THAT(refusal().text(), HasSubstr("database of another program"));
    EXPECT_EQ(home_.read("store.db"), before);
}

TEST_F(OpenTest, a_file_in_use_is_refused_in_this_program) {
    open();
    EXPECT_THAT(refusal().text(), HasSubstr("in use"));
    close();
}

TEST_F(OpenTest, a_file_in_use_is_refused_with_the_other_process_named) {
    int ready[2];
    int done[2];
    ASSERT_EQ(::pipe(ready) | ::pipe(done), 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::close(done[1]);
        auto opened = Store::open(settings(), log_);
        char byte = opened && (*opened)->load() && (*opened)->start() ? 'y' : 'n';
        if (::write(ready[1], &byte, 1) == 1 && ::read(done[0], &byte, 1) == 0) {
            ::_exit(0);
        }
        ::_exit(1);
    }
    ::close(done[0]);
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    EXPECT_EQ(byte, 'y');
    EXPECT_THAT(refusal().text(), HasSubstr("process " + std::to_string(child)));
    ::close(done[1]);
    int status = 0;
    ::waitpid(child, &status, 0);
    EXPECT_EQ(status, 0);
    ::close(ready[0]);
    ::close(ready[1]);
    open();
    close();
}

TEST_F(OpenTest, a_damaged_message_is_passed_over_and_kept_aside) {
    fill();
    alter(file(), "UPDATE messages SET payload = X'00' WHERE topic IN ('t/1', 'r/2')");
    StoredState state = open();
    ASSERT_THAT(state.sessions, SizeIs(2));
    ASSERT_THAT(of_client(state, "a").entries, SizeIs(1));
    EXPECT_EQ(text(of_client(state, "a").entries[0].message->payload()), "second");
    ASSERT_THAT(state.retained, SizeIs(1));
    EXPECT_EQ(state.retained[0]->topic(), "r/1");
    EXPECT_TRUE(log_.has("the message of topic 't/1' is not what was stored")) << log_.lines();
    EXPECT_TRUE(log_.has("the retained message of topic 'r/2'")) << log_.lines();
    ASSERT_THAT(copies(), SizeIs(1));
    EXPECT_TRUE(log_.has(copies()[0])) << log_.lines();

    log_.clear();
    reopen();
    EXPECT_FALSE(log_.has("damaged")) << "the same damage is reported again: " << log_.lines();
    close();
    home_.write("store.db", read_file(copies()[0]).value());
    EXPECT_THAT(open().retained, SizeIs(1)) << "the copy is not the file as it was";
    EXPECT_TRUE(log_.has("'r/2'")) << log_.lines();
    close();
}

TEST_F(OpenTest, a_damaged_session_takes_only_its_own_rows_along) {
    fill();
    alter(file(), "UPDATE sessions SET version = 9 WHERE client_id = 'a'");
    const StoredState state = open();
    ASSERT_THAT(state.sessions, SizeIs(1));
    EXPECT_EQ(state.sessions[0].session.client_id, "b");
    EXPECT_THAT(state.sessions[0].subscriptions, SizeIs(1));
    EXPECT_THAT(state.retained, SizeIs(2));
    EXPECT_TRUE(log_.has("the session of client 'a' is not valid")) << log_.lines();
    EXPECT_THAT(copies(), SizeIs(1));
    close();
}

TEST_F(OpenTest, other_damaged_rows_are_named) {
    fill();
    alter(file(),
          "UPDATE subscriptions SET filter = 'a/#/b' WHERE session = (SELECT id FROM sessions "
          "WHERE client_id = 'b');"
          "UPDATE entries SET state = 7 WHERE id = 1;"
          "UPDATE received SET packet_id = 0");
    const StoredState state = open();
    EXPECT_THAT(of_client(state, "a").entries, SizeIs(1));
    EXPECT_THAT(of_client(state, "a").received, SizeIs(0));
    EXPECT_THAT(of_client(state, "b").subscriptions, SizeIs(0));
    for (const char* what :
         {"subscription 'a/#/b' of client 'b'", "entries 1: a queued message of client 'a'",
          "a packet identifier of client 'a'"}) {
        EXPECT_TRUE(log_.has(what)) << what << " is not in\n" << log_.lines();
    }
    close();
}

TEST_F(OpenTest, no_flipped_byte_crashes_or_changes_a_refused_file) {
    open();
    for (int i = 0; i < 200; ++i) {
        const std::string name = "c" + std::to_string(i);
        store_->session_stored(session(name));
        store_->entry_stored(name,
                             entry(store_->next_entry(), message("t", std::string(300, 'x'))));
    }
    close();
    const std::string good = home_.read("store.db");
    int refused = 0;
    int accepted = 0;
    for (std::size_t start = 0; start < good.size(); start += 512) {
        std::string bad = good;
        bad[start] = static_cast<char>(~bad[start]);
        home_.write("store.db", bad);
        auto opened = Store::open(settings(), log_);
        if (!opened) {
            EXPECT_EQ(home_.read("store.db"), bad) << "byte " << start;
            ++refused;
            continue;
        }
        ++accepted;
        if (auto loaded = (*opened)->load()) {
            EXPECT_LE(loaded->sessions.size(), 200U);
        }
        EXPECT_TRUE((*opened)->close()) << "byte " << start;
    }
    EXPECT_GT(refused, 0);
    EXPECT_GT(accepted, 0);
}

TEST_F(OpenTest, every_512th_byte_flipped_is_refused_and_the_file_stays) {
    fill();
    std::string bad = home_.read("store.db");
    for (std::size_t i = 511; i < bad.size(); i += 512) {
        bad[i] = static_cast<char>(~bad[i]);
    }
    home_.write("store.db", bad);
    const Problem problem = refusal();
    EXPECT_THAT(problem.text(), HasSubstr("damaged"));
    EXPECT_THAT(problem.text(), HasSubstr("mv "));
    EXPECT_EQ(home_.read("store.db"), bad);
}

}  // namespace
}  // namespace mq::broker::test
