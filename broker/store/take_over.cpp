#include "broker/store/take_over.hpp"

#include "base/file.hpp"
#include "broker/store/database.hpp"
#include "broker/store/schema.hpp"
#include "broker/store/writer.hpp"

#include <array>
#include <cerrno>
#include <fcntl.h>
#include <string_view>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mq::broker {
namespace {

constexpr int backups_max = 1000;

std::string with(const std::filesystem::path& path, const char* suffix) {
    return path.string() + suffix;
}

Problem failed(const std::filesystem::path& path, const std::string& why) {
    return {"cannot take over " + path.string() + " from Mosquitto: " + why,
            "The snapshot was left as it was.",
            "Check space, quota and permissions where persistence_location points to; or, to start "
            "with nothing stored, set persistence_file to another name."};
}

Problem failed(const std::filesystem::path& path, const std::string& what, int error) {
    return failed(path, system_problem(what, error).what);
}

bool is_same_file(const struct stat& one, const struct stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

bool is_snapshot(int fd) {
    std::array<char, snapshot_magic.size()> head{};
    return ::pread(fd, head.data(), head.size(), 0) == static_cast<ssize_t>(head.size()) &&
           std::string_view(head.data(), head.size()) == snapshot_magic;
}

Outcome<void> copy_bytes(int from, int to, const std::string& name) {
    std::array<char, 65536> part{};
    for (off_t place = 0;;) {
        const ssize_t read = ::pread(from, part.data(), part.size(), place);
        if (read < 0) {
            return system_problem("cannot read the snapshot", errno);
        }
        if (read == 0) {
            return {};
        }
        for (ssize_t done = 0; done < read;) {
            const ssize_t n = ::pwrite(to, part.data() + done,
                                       static_cast<std::size_t>(read - done), place + done);
            if (n <= 0) {
                return system_problem("cannot write " + name, n < 0 ? errno : ENOSPC);
            }
            done += n;
        }
        place += read;
    }
}

/// For file systems without hard links. The copy gets its name when it is whole.
Outcome<void> copy_to_name(int from, const std::string& name) {
    const std::string partial = name + ".part";
    const UniqueFd to(::open(partial.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!to) {
        return system_problem("cannot create " + partial, errno);
    }
    auto copied = copy_bytes(from, to.get(), partial);
    if (copied && ::fsync(to.get()) != 0) {
        copied = system_problem("cannot write " + partial, errno);
    }
    if (copied && ::rename(partial.c_str(), name.c_str()) != 0) {
        copied = system_problem("cannot rename " + partial, errno);
    }
    if (!copied) {
        ::unlink(partial.c_str());
    }
    return copied;
}

}  // namespace

void add_all(const StoredState& state, Batch& batch) {
    for (const StoredSession& stored : state.sessions) {
        const std::string& client_id = stored.session.client_id;
        batch.session_stored(stored.session);
        for (const SubscriptionRecord& subscription : stored.subscriptions) {
            batch.subscription_stored(client_id, subscription);
        }
        for (const EntryRecord& entry : stored.entries) {
            batch.entry_stored(client_id, entry);
        }
        for (const mqtt::PacketId id : stored.received) {
            batch.received_stored(client_id, id);
        }
    }
    for (const MessageRef& message : state.retained) {
        batch.retained_stored(message);
    }
}

Outcome<std::unique_ptr<TakeOver>> TakeOver::begin(const std::filesystem::path& path) {
    const auto target = link_target(path);
    UniqueFd file(::open(target.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK));
    if (!file || !is_snapshot(file.get())) {
        return std::unique_ptr<TakeOver>();  // what it is instead, the database tells
    }
    if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK) {
        return Problem{
            "the persistence file " + target.string() + " is being taken over by another broker",
            "The file was left as it is.",
            "Stop the other broker, or give this one its own persistence_location."};
    }
    struct stat opened {};
    struct stat named {};
    if (::fstat(file.get(), &opened) != 0 || ::stat(target.c_str(), &named) != 0 ||
        !is_same_file(opened, named)) {
        return std::unique_ptr<TakeOver>();  // another broker has just finished
    }
    return std::unique_ptr<TakeOver>(new TakeOver(target, std::move(file)));
}

Outcome<StoredState> TakeOver::read(Log& log) {
    auto read = read_snapshot(file_.get(), path_.string());
    if (!read) {
        Problem problem = read.error();
        problem.left = "The file was left as it is.";
        problem.next =
            "To start with nothing stored, set persistence_file to another name, as in: "
            "persistence_file mqhome.db";
        return problem;
    }
    const SnapshotLosses& losses = read->losses;
    if (losses.count() > 0) {
        log.line(LogType::error, "Error: " + path_.string() + " is damaged; " +
                                     std::to_string(losses.count()) +
                                     " places are passed over, the file is kept:");
        for (const std::string& named : losses.named()) {
            log.line(LogType::error, '\t' + named);
        }
        if (losses.count() > losses.named().size()) {
            log.line(LogType::error,
                     "\tand " + std::to_string(losses.count() - losses.named().size()) + " more.");
        }
    }
    StoredState state = std::exchange(read->state, {});
    sessions_ = state.sessions.size();
    retained_ = state.retained.size();
    accepted_ = state.accepted.size();
    counts_ = std::move(*read);
    return state;
}

Outcome<void> TakeOver::finish(const Batch& all, Log& log, const BeforeStep& before_step) {
    const std::function<Outcome<void>()> steps[] = {
        [&] { return write_database(all); }, [&] { return sync_database(); },
        [&] { return back_up(); },           [&] { return sync_names(); },
        [&] { return switch_names(); },
    };
    int number = 0;
    for (const auto& step : steps) {
        Outcome<void> done = before_step ? before_step(++number) : Outcome<void>();
        if (done) {
            done = step();
        }
        if (!done) {
            remove_new();
            return done;
        }
    }
    log.line(LogType::notice,
             "Took over from Mosquitto (snapshot of format " + std::to_string(counts_.version) +
                 "): " + std::to_string(sessions_) + " sessions with " +
                 std::to_string(counts_.subscriptions) + " subscriptions, " +
                 std::to_string(counts_.queued) + " queued messages, " + std::to_string(accepted_) +
                 " accepted messages that awaited PUBREL, " + std::to_string(retained_) +
                 " retained messages.");
    log.line(LogType::notice, "The snapshot is kept as " + backup_.string() + ".");
    return {};
}

std::filesystem::path TakeOver::new_path() const {
    return with(path_, ".taking-over");
}

void TakeOver::remove_new() const {
    for (const char* suffix : {"", "-wal", "-shm", "-journal"}) {
        ::unlink(with(new_path(), suffix).c_str());
    }
}

Outcome<void> TakeOver::write_database(const Batch& all) const {
    remove_new();
    auto opened = open_database(new_path());
    if (!opened) {
        return failed(path_, opened.error().what);
    }
    // A write-ahead log would hold all of it once more; a new file has nothing to roll back to.
    (*opened)->run("PRAGMA journal_mode = DELETE");
    const auto error = write_batch(**opened, all);
    opened->reset();
    if (error) {
        return failed(path_, error->text);
    }
    return {};
}

Outcome<void> TakeOver::sync_database() const {
    const UniqueFd file(::open(new_path().c_str(), O_RDWR | O_CLOEXEC));
    if (!file || ::fsync(file.get()) != 0) {
        return failed(path_, "cannot write " + new_path().string(), errno);
    }
    return {};
}

Outcome<void> TakeOver::back_up() {
    const std::string first = with(path_, ".mosquitto-backup");
    for (int number = 1; number <= backups_max; ++number) {
        backup_ = number == 1 ? first : first + '-' + std::to_string(number);
        const auto made = try_backup(backup_);
        if (!made) {
            return made.error();
        }
        if (*made) {
            return {};
        }
    }
    return failed(path_, "there are " + std::to_string(backups_max) + " backups beside it");
}

/// False when the name belongs to another file. Where it is the snapshot already, an earlier
/// attempt has come as far as this.
Outcome<bool> TakeOver::try_backup(const std::filesystem::path& backup) {
    struct stat there {};
    struct stat ours {};
    if (::lstat(backup.c_str(), &there) == 0) {
        return ::fstat(file_.get(), &ours) == 0 && is_same_file(there, ours);
    }
    if (::link(path_.c_str(), backup.c_str()) == 0) {
        return true;
    }
    if (errno == EEXIST) {
        return false;
    }
    if (auto copied = copy_to_name(file_.get(), backup.string()); !copied) {
        return failed(path_, copied.error().what);
    }
    return true;
}

Outcome<void> TakeOver::sync_names() const {
    const std::string log = with(path_, "-wal");
    if (::rename(log.c_str(), with(backup_, "-wal").c_str()) != 0 && errno != ENOENT) {
        return failed(path_, "cannot move " + log + " away", errno);
    }
    if (auto synced = sync_directory(path_.parent_path()); !synced) {
        return failed(path_, synced.error().what);
    }
    return {};
}

Outcome<void> TakeOver::switch_names() const {
    struct stat opened {};
    struct stat named {};
    if (::fstat(file_.get(), &opened) != 0 || ::stat(path_.c_str(), &named) != 0 ||
        !is_same_file(opened, named)) {
        return failed(path_, "another program has replaced it meanwhile");
    }
    if (::rename(new_path().c_str(), path_.c_str()) != 0) {
        return failed(path_, "cannot rename " + new_path().string(), errno);
    }
    if (auto synced = sync_directory(path_.parent_path()); !synced) {
        return Problem{
            "the new name of " + path_.string() +
                " may not survive a power cut: " + synced.error().what,
            "The database is in place, and the snapshot is kept as " + backup_.string() + ".",
            "Start the broker again."};
    }
    return {};
}

}  // namespace mq::broker
