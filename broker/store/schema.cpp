#include "broker/store/schema.hpp"

#include "base/unique_fd.hpp"
#include "broker/store/snapshot_chunks.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::broker {
namespace {

/// "mqhd", so that file(1) and we know our files.
constexpr std::int64_t application_id = 0x6D716864;

constexpr char create_tables[] = R"sql(
    CREATE TABLE sessions (
        id INTEGER PRIMARY KEY,
        client_id TEXT NOT NULL UNIQUE,
        user_name TEXT NOT NULL,
        version INTEGER NOT NULL,
        expiry_interval INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        realm TEXT NOT NULL DEFAULT '');
    CREATE TABLE subscriptions (
        id INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        filter TEXT NOT NULL,
        options INTEGER NOT NULL,
        identifier INTEGER NOT NULL,
        UNIQUE (session, filter));
    CREATE TABLE messages (
        id INTEGER PRIMARY KEY,
        topic TEXT NOT NULL,
        properties BLOB NOT NULL,
        payload BLOB NOT NULL,
        qos INTEGER NOT NULL,
        retain INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        checksum INTEGER NOT NULL);
    CREATE TABLE entries (
        id INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        message INTEGER NOT NULL,
        qos INTEGER NOT NULL,
        retain INTEGER NOT NULL,
        identifiers BLOB NOT NULL,
        state INTEGER NOT NULL,
        packet_id INTEGER NOT NULL);
    CREATE INDEX entries_of_session ON entries (session);
    CREATE INDEX entries_of_message ON entries (message);
    CREATE TABLE received (
        id INTEGER PRIMARY KEY,
        session INTEGER NOT NULL,
        packet_id INTEGER NOT NULL,
        UNIQUE (session, packet_id));
    CREATE TABLE retained (
        id INTEGER PRIMARY KEY,
        topic TEXT NOT NULL UNIQUE,
        message INTEGER NOT NULL,
        client_id TEXT NOT NULL DEFAULT '',
        user_name TEXT NOT NULL DEFAULT '',
        realm TEXT NOT NULL DEFAULT '');
    CREATE INDEX retained_of_message ON retained (message);
    CREATE TRIGGER entry_gone AFTER DELETE ON entries BEGIN
        DELETE FROM messages WHERE id = OLD.message
            AND NOT EXISTS (SELECT 1 FROM entries WHERE message = OLD.message)
            AND NOT EXISTS (SELECT 1 FROM retained WHERE message = OLD.message);
    END;
    CREATE TRIGGER retained_gone AFTER DELETE ON retained BEGIN
        DELETE FROM messages WHERE id = OLD.message
            AND NOT EXISTS (SELECT 1 FROM entries WHERE message = OLD.message)
            AND NOT EXISTS (SELECT 1 FROM retained WHERE message = OLD.message);
    END;
    CREATE TRIGGER session_gone AFTER DELETE ON sessions BEGIN
        DELETE FROM subscriptions WHERE session = OLD.id;
        DELETE FROM entries WHERE session = OLD.id;
        DELETE FROM received WHERE session = OLD.id;
    END;
    PRAGMA application_id = 1836148836;
    PRAGMA user_version = 1;
)sql";
static_assert(application_id == 1836148836 && schema_version == 1);

/// A will is not among `messages`, where programs that do not know `wills` would find that it
/// belongs to nobody. Whoever changes a session says anew what will it has, so that one of these
/// programs leaves no will behind that its client has replaced.
constexpr char create_wills[] = R"sql(
    CREATE TABLE IF NOT EXISTS wills (
        id INTEGER PRIMARY KEY,
        session INTEGER NOT NULL UNIQUE,
        topic TEXT NOT NULL,
        properties BLOB NOT NULL,
        payload BLOB NOT NULL,
        qos INTEGER NOT NULL,
        retain INTEGER NOT NULL,
        delay INTEGER NOT NULL,
        message_expiry INTEGER NOT NULL,
        due INTEGER NOT NULL,
        checksum INTEGER NOT NULL);
    CREATE TRIGGER IF NOT EXISTS will_gone AFTER DELETE ON sessions BEGIN
        DELETE FROM wills WHERE session = OLD.id;
    END;
    CREATE TRIGGER IF NOT EXISTS will_outdated AFTER UPDATE ON sessions BEGIN
        DELETE FROM wills WHERE session = OLD.id;
    END;
)sql";

/// How files begin, zero bytes included.
constexpr std::string_view sqlite_magic("SQLite format 3\0", 16);

constexpr std::string_view untouched = "The file was left as it is.";

std::string move_away(const std::string& path) {
    return "Or, to start with nothing stored, move it away: mv '" + path + "' '" + path + ".old'";
}

Problem damaged(const std::string& path, const std::string& detail) {
    return {"the persistence file " + path + " is damaged: " + detail, std::string(untouched),
            "Restore a backup of it. " + move_away(path)};
}

/// " (process 123)" for the program that holds SQLite's lock, where the system tells.
std::string holder_of(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    struct flock lock {};
    lock.l_type = F_RDLCK;
    lock.l_whence = SEEK_SET;
    lock.l_start = 0x40000000;  // where SQLite's lock bytes begin
    lock.l_len = 512;
    if (!fd || ::fcntl(fd.get(), F_GETLK, &lock) != 0 || lock.l_type == F_UNLCK ||
        lock.l_pid <= 0) {
        return "";
    }
    return " (process " + std::to_string(lock.l_pid) + ')';
}

Problem explain(const std::string& path, const SqlError& error) {
    if (error.busy()) {
        return {"the persistence file " + path + " is in use by another program" + holder_of(path),
                std::string(untouched),
                "Stop the other broker, or give this one its own persistence_location."};
    }
    if (error.damaged()) {
        return damaged(path, error.text);
    }
    return {"cannot use the persistence file " + path + ": " + error.text, std::string(untouched),
            "Check space, quota and permissions where persistence_location points to."};
}

/// Creates a missing file, readable by nobody else.
Outcome<void> ensure_file(const std::filesystem::path& path) {
    std::filesystem::path directory = path.parent_path();
    if (directory.empty()) {
        directory = ".";
    }
    struct stat facts {};
    const int error = ::stat(directory.c_str(), &facts) != 0 ? errno : ENOTDIR;
    if (!S_ISDIR(facts.st_mode)) {
        Problem problem =
            system_problem("persistence_location " + directory.string() + " cannot be used", error);
        problem.next = "Create it (mkdir -p '" + directory.string() +
                       "'), or set persistence_location to a directory that exists.";
        return problem;
    }
    const UniqueFd fd(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) {
        Problem problem =
            system_problem("cannot open the persistence file " + path.string(), errno);
        problem.next = "The broker needs to read and write it, and to create files beside it.";
        return problem;
    }
    return {};
}

/// Refuses by the first bytes what SQLite would call "not a database".
Outcome<void> check_magic(const std::filesystem::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    std::array<char, 16> bytes{};
    const ssize_t size = fd ? ::read(fd.get(), bytes.data(), bytes.size()) : -1;
    if (size < 0) {
        return system_problem("cannot read the persistence file " + path.string(), errno);
    }
    const std::string_view head(bytes.data(), static_cast<std::size_t>(size));
    if (head.empty() || head == sqlite_magic) {
        return {};
    }
    if (head.starts_with(snapshot_magic)) {
        return Problem{"the persistence file " + path.string() +
                           " is a snapshot of Mosquitto, which has just been put there",
                       std::string(untouched),
                       "Stop Mosquitto, then start this broker again to take it over."};
    }
    return damaged(path.string(), "it does not begin like a database");
}

/// Whether the file is ours; true: it has no tables yet.
Outcome<bool> check_owner(Database& database, const std::string& path) {
    const std::int64_t version = database.number("PRAGMA user_version");
    const std::int64_t owner = database.number("PRAGMA application_id");
    const std::int64_t tables = database.number("SELECT count(*) FROM sqlite_schema");
    if (auto error = database.take_error()) {
        return explain(path, *error);
    }
    if (owner == 0 && tables == 0 && version == 0) {
        return true;
    }
    if (owner != application_id || version < 1) {
        return Problem{"the persistence file " + path + " is a database of another program",
                       std::string(untouched), "Set persistence_file to another name."};
    }
    if (version > schema_version) {
        return Problem{"the persistence file " + path +
                           " was written by a newer version of mqhome (format " +
                           std::to_string(version) + "; this program knows up to " +
                           std::to_string(schema_version) + ")",
                       std::string(untouched),
                       "Start the newer version, or restore the backup made before the upgrade. " +
                           move_away(path)};
    }
    return false;
}

Outcome<void> create(Database& database, const std::string& path) {
    database.run("PRAGMA auto_vacuum = INCREMENTAL");
    database.run("PRAGMA journal_mode = WAL");
    database.run("BEGIN EXCLUSIVE");
    database.run(create_tables);
    database.run("COMMIT");
    if (auto error = database.take_error()) {
        return explain(path, *error);
    }
    return {};
}

Outcome<void> check_pages(Database& database, const std::string& path) {
    const std::string verdict = database.text("PRAGMA quick_check(1)");
    if (auto error = database.take_error()) {
        return explain(path, *error);
    }
    if (verdict != "ok") {
        return damaged(path, verdict);
    }
    return {};
}

/// What files of the first programs lack. Programs that do not know it go on with the file as
/// before, so that an upgrade can be taken back; the version stays the same. Each part is looked
/// for by itself, since the one before may be all that a kill has let happen.
Outcome<void> add_new_parts(Database& database, const std::string& path) {
    constexpr struct {
        const char* table;
        const char* name;
    } texts[] = {{"sessions", "realm"},
                 {"retained", "client_id"},
                 {"retained", "user_name"},
                 {"retained", "realm"}};
    Statement find(database, "SELECT count(*) FROM pragma_table_info(?) WHERE name = ?");
    for (const auto& [table, name] : texts) {
        if (find.find_number(std::string_view(table), std::string_view(name)) == 0) {
            database.run((std::string("ALTER TABLE ") + table + " ADD COLUMN " + name +
                          " TEXT NOT NULL DEFAULT ''")
                             .c_str());
        }
    }
    database.run(create_wills);
    if (auto error = database.take_error()) {
        return explain(path, *error);
    }
    return {};
}

/// FULL: a commit has reached the disk. Commits are few, since they are batched; and what is later
/// acknowledged to clients must survive a power cut.
Outcome<void> set_up(Database& database, const std::string& path) {
    database.run("PRAGMA journal_mode = WAL");
    database.run("PRAGMA synchronous = FULL");
    database.run("PRAGMA recursive_triggers = ON");
    database.run("PRAGMA temp_store = MEMORY");
    database.run("PRAGMA cache_size = -2000");
    database.run("BEGIN EXCLUSIVE; COMMIT");
    if (auto error = database.take_error()) {
        return explain(path, *error);
    }
    database.allow_merge_on_close(true);
    return {};
}

}  // namespace

Outcome<std::unique_ptr<Database>> open_database(const std::filesystem::path& path) {
    // Before SQLite has the file: closing a descriptor of ours would end its locks.
    for (const auto& check : {ensure_file, check_magic}) {
        if (auto checked = check(path); !checked) {
            return checked.error();
        }
    }
    auto opened = Database::open(path.string());
    if (!opened) {
        return explain(path.string(), opened.error());
    }
    Database& database = **opened;
    const auto fresh = check_owner(database, path.string());
    if (!fresh) {
        return fresh.error();
    }
    auto usable = *fresh ? create(database, path.string()) : check_pages(database, path.string());
    for (const auto& step : {set_up, add_new_parts}) {
        if (usable) {
            usable = step(database, path.string());
        }
    }
    if (!usable) {
        return usable.error();
    }
    return std::move(*opened);
}

}  // namespace mq::broker
