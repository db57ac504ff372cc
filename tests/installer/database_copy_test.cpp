#include "installer/prefix/database_copy.hpp"

#include "tests/support/home.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <csignal>
#include <sys/wait.h>
#include <unistd.h>

namespace mq::installer {
namespace {

using test::Home;

/// An open SQLite database, as the broker has one.
class Database {
 public:
    explicit Database(const std::filesystem::path& path) {
        EXPECT_EQ(sqlite3_open(path.c_str(), &database_), SQLITE_OK);
        run("PRAGMA journal_mode=WAL");
    }
    ~Database() { sqlite3_close(database_); }
    Database(const Database&) = delete;
    Database& operator=(const Database&) = delete;

    void run(const char* sql) {
        EXPECT_EQ(sqlite3_exec(database_, sql, nullptr, nullptr, nullptr), SQLITE_OK)
            << sqlite3_errmsg(database_);
    }
    std::string value(const char* sql) {
        std::string text = "none";
        sqlite3_exec(
            database_, sql,
            [](void* out, int, char** values, char**) {
                *static_cast<std::string*>(out) = values[0];
                return 0;
            },
            &text, nullptr);
        return text;
    }

 private:
    sqlite3* database_ = nullptr;
};

TEST(SaveDatabase, WaitsUntilTheBrokerHasWritten) {
    const Home home;
    home.write("m.db", "old");
    const auto path = home.path() / "m.db";
    int ready[2];
    ASSERT_EQ(::pipe(ready), 0);
    const pid_t broker = ::fork();
    if (broker == 0) {
        sigset_t set;
        sigemptyset(&set);
        sigaddset(&set, SIGUSR1);
        sigprocmask(SIG_BLOCK, &set, nullptr);
        [[maybe_unused]] const auto told = ::write(ready[1], "x", 1);
        int number = 0;
        sigwait(&set, &number);
        home.write("m.db", "written when asked");
        ::_exit(0);
    }
    char byte = 0;
    ASSERT_EQ(::read(ready[0], &byte, 1), 1);
    save_database(broker, path, std::chrono::seconds(60));
    EXPECT_NE(home.read("m.db"), "old");
    ::waitpid(broker, nullptr, 0);
    ::close(ready[0]);
    ::close(ready[1]);
}

TEST(SnapshotDatabase, HoldsWhatIsStillInTheWriteAheadLog) {
    const Home home;
    Database live(home.path() / "live.db");
    live.run("CREATE TABLE t(x); INSERT INTO t VALUES ('kept')");
    const auto done = snapshot_database(home.path() / "live.db", home.path() / "copy.db");
    ASSERT_TRUE(done) << done.error().text();
    EXPECT_EQ(Database(home.path() / "copy.db").value("SELECT x FROM t"), "kept");
}

TEST(SnapshotDatabase, CopiesAnotherFormatAsItIs) {
    const Home home;
    const std::string snapshot("\x00\xB5\x00mosquitto db\0\0\0\0\0\0\0\6", 23);
    home.write("old.db", snapshot);
    ASSERT_TRUE(snapshot_database(home.path() / "old.db", home.path() / "copy"));
    EXPECT_EQ(home.read("copy"), snapshot);
}

TEST(SnapshotDatabase, OfNoDatabaseIsNone) {
    const Home home;
    EXPECT_TRUE(snapshot_database(home.path() / "none", home.path() / "copy"));
    EXPECT_FALSE(home.has("copy"));
}

TEST(KeepDatabase, BringsBackEveryByteAndNothingElse) {
    const Home home;
    home.write("var/m.db", "before");
    home.write("var/m.db-wal", "log before");
    ASSERT_TRUE(keep_database(home.path() / "var/m.db", home.path() / "kept"));
    home.write("var/m.db", "after");
    home.write("var/m.db-wal", "log after");
    home.write("var/m.db-shm", "index after");
    ASSERT_TRUE(bring_back_database(home.path() / "var/m.db", home.path() / "kept"));
    EXPECT_EQ(home.read("var/m.db"), "before");
    EXPECT_EQ(home.read("var/m.db-wal"), "log before");
    EXPECT_FALSE(home.has("var/m.db-shm"));
}

TEST(KeepDatabase, BringsBackASnapshotThatABrokerHasTakenOver) {
    const Home home;
    const std::string snapshot("\x00\xB5\x00mosquitto db\0\0\0\0\0\0\0\6", 23);
    home.write("var/mosquitto.db", snapshot);
    ASSERT_TRUE(keep_database(home.path() / "var/mosquitto.db", home.path() / "kept"));
    std::filesystem::rename(home.path() / "var/mosquitto.db",
                            home.path() / "var/mosquitto.db.mosquitto-backup");
    Database(home.path() / "var/mosquitto.db").run("CREATE TABLE t(x)");
    home.write("var/mosquitto.db-wal", "log");
    ASSERT_TRUE(bring_back_database(home.path() / "var/mosquitto.db", home.path() / "kept"));
    EXPECT_EQ(home.read("var/mosquitto.db"), snapshot);
    EXPECT_EQ(home.read("var/mosquitto.db.mosquitto-backup"), snapshot);
    EXPECT_FALSE(home.has("var/mosquitto.db-wal"));
}

TEST(KeepDatabase, ThatWasCutOffBringsNothingBack) {
    const Home home;
    home.write("var/m.db", "live");
    home.write("kept.new/m.db", "half");
    ASSERT_TRUE(bring_back_database(home.path() / "var/m.db", home.path() / "kept"));
    EXPECT_EQ(home.read("var/m.db"), "live");
    EXPECT_FALSE(home.has("kept.new"));
}

}  // namespace
}  // namespace mq::installer
