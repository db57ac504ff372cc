#include "installer/prefix/database_copy.hpp"

#include "installer/prefix/tree.hpp"

#include <sqlite3.h>

#include <array>
#include <csignal>
#include <cstdint>
#include <cstring>
#include <fstream>
#include <memory>
#include <string>
#include <sys/stat.h>
#include <thread>
#include <utility>

namespace mq::installer {
namespace {

/// The database itself, its write-ahead log, and that log's index.
constexpr std::array<const char*, 3> suffixes = {"", "-wal", "-shm"};

struct CloseDatabase {
    void operator()(sqlite3* database) const { sqlite3_close(database); }
};
using Database = std::unique_ptr<sqlite3, CloseDatabase>;

bool is_sqlite(const std::filesystem::path& path) {
    std::array<char, 16> head{};
    std::ifstream file(path, std::ios::binary);
    file.read(head.data(), head.size());
    return file.gcount() == 16 && std::memcmp(head.data(), "SQLite format 3", 16) == 0;
}

Outcome<Database> open_database(const std::filesystem::path& path, int flags) {
    sqlite3* raw = nullptr;
    const int status = sqlite3_open_v2(path.c_str(), &raw, flags, nullptr);
    Database database(raw);
    if (status != SQLITE_OK) {
        return Problem{"cannot open " + path.string() + ": " + sqlite3_errstr(status), ""};
    }
    sqlite3_busy_timeout(database.get(), 10'000);
    return database;
}

/// Changes whenever something is written to the database or its log.
std::pair<std::int64_t, std::int64_t> signature(const std::filesystem::path& file) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0) {
        return {0, 0};
    }
    return {facts.st_mtim.tv_sec * 1'000'000'000 + facts.st_mtim.tv_nsec, facts.st_size};
}

/// False when another program keeps the database locked.
Outcome<bool> copy_by_sqlite(const std::filesystem::path& database,
                             const std::filesystem::path& to) {
    const auto source = open_database(database, SQLITE_OPEN_READWRITE);
    if (!source) {
        return source.error();
    }
    const auto target = open_database(to, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE);
    if (!target) {
        return target.error();
    }
    sqlite3_busy_timeout(source->get(), 500);
    auto* backup = sqlite3_backup_init(target->get(), "main", source->get(), "main");
    if (backup == nullptr) {
        return Problem{"cannot copy " + database.string() + ": " + sqlite3_errmsg(target->get()),
                       ""};
    }
    const int status = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (status == SQLITE_BUSY || status == SQLITE_LOCKED) {
        return false;
    }
    if (status != SQLITE_DONE) {
        return Problem{"cannot copy " + database.string() + ": " + sqlite3_errstr(status), ""};
    }
    return true;
}

/// Has SQLite take the log beside a copied database into it, and look through all of it.
Outcome<void> merge_log(const std::filesystem::path& copy) {
    const auto database = open_database(copy, SQLITE_OPEN_READWRITE);
    if (!database) {
        return database.error();
    }
    std::string verdict;
    const auto note = [](void* into, int count, char** values, char** /*names*/) {
        if (count > 0 && values[0] != nullptr) {
            *static_cast<std::string*>(into) += values[0];
        }
        return 0;
    };
    const int status =
        sqlite3_exec(database->get(), "PRAGMA quick_check(1)", note, &verdict, nullptr);
    if (status != SQLITE_OK || verdict != "ok") {
        return Problem{"the copy " + copy.string() + " is not whole: " +
                           (status != SQLITE_OK ? sqlite3_errstr(status) : verdict),
                       ""};
    }
    return {};  // the last one to close a database merges its log
}

/// The broker keeps its database locked while it runs, so SQLite itself reads nothing. Copies the
/// bytes of the database and its log, again until nothing was written meanwhile.
Outcome<void> copy_locked(const std::filesystem::path& database, const std::filesystem::path& to) {
    constexpr auto pause = std::chrono::milliseconds(50);
    constexpr int attempts_max = 600;
    const std::filesystem::path log = database.string() + "-wal";
    const std::filesystem::path log_to = to.string() + "-wal";
    for (int attempt = 0; attempt < attempts_max; ++attempt) {
        const auto database_before = signature(database);
        const auto log_before = signature(log);
        // A file's time is as coarse as the kernel's tick: one just written may change unseen.
        std::this_thread::sleep_for(pause);
        if (signature(database) != database_before || signature(log) != log_before) {
            continue;
        }
        if (auto copied = copy_whole_file(database, to); !copied) {
            return copied;
        }
        auto log_copied = is_there(log) ? copy_whole_file(log, log_to) : remove_tree(log_to);
        if (!log_copied) {
            return log_copied;
        }
        if (signature(database) == database_before && signature(log) == log_before) {
            return merge_log(to);
        }
    }
    return Problem{"cannot copy " + database.string() + ": the broker writes to it all the time",
                   "", "Try again at a quieter time, or stop the broker first."};
}

}  // namespace

void save_database(int broker_pid, const std::filesystem::path& database,
                   std::chrono::milliseconds timeout) {
    if (broker_pid <= 0 || database.empty()) {
        return;
    }
    const std::filesystem::path log = database.string() + "-wal";
    const auto database_before = signature(database);
    const auto log_before = signature(log);
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    if (::kill(broker_pid, SIGUSR1) != 0) {
        return;
    }
    while (signature(database) == database_before && signature(log) == log_before &&
           std::chrono::steady_clock::now() < deadline) {
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
}

Outcome<void> snapshot_database(const std::filesystem::path& database,
                                const std::filesystem::path& to) {
    if (!is_there(database)) {
        return {};
    }
    if (!is_sqlite(database)) {
        return copy_whole_file(database, to);
    }
    const auto copied = copy_by_sqlite(database, to);
    if (!copied) {
        return copied.error();
    }
    if (*copied) {
        return {};
    }
    if (auto removed = remove_tree(to); !removed) {
        return removed;
    }
    return copy_locked(database, to);
}

Outcome<void> keep_database(const std::filesystem::path& database,
                            const std::filesystem::path& to) {
    const std::filesystem::path partial = to.string() + ".new";
    for (const auto& old : {partial, to}) {
        if (auto removed = remove_tree(old); !removed) {
            return removed;
        }
    }
    if (auto made = make_directory(partial, 0700); !made) {
        return made;
    }
    for (const char* suffix : suffixes) {
        const std::filesystem::path file = database.string() + suffix;
        if (!database.empty() && is_there(file)) {
            if (auto copied = copy_whole_file(file, partial / file.filename()); !copied) {
                return copied;
            }
        }
    }
    return rename_entry(partial, to);
}

Outcome<void> bring_back_database(const std::filesystem::path& database,
                                  const std::filesystem::path& from) {
    if (auto removed = remove_tree(from.string() + ".new"); !removed) {
        return removed;
    }
    if (!is_there(from) || database.empty()) {
        return {};
    }
    for (const char* suffix : suffixes) {
        const std::filesystem::path file = database.string() + suffix;
        const auto kept = from / file.filename();
        auto done = is_there(kept) ? copy_whole_file(kept, file) : remove_tree(file);
        if (!done) {
            return done;
        }
    }
    return {};
}

}  // namespace mq::installer
