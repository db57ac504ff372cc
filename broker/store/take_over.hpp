#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/core/log.hpp"
#include "broker/store/batch.hpp"
#include "broker/store/snapshot_reader.hpp"

#include <filesystem>
#include <functional>
#include <memory>
#include <string>

namespace mq::broker {

/// Puts a database in the place of a snapshot of Mosquitto. The store owns it from opening until
/// the database is there; during that time the snapshot is locked against a second broker.
///
/// Whenever the program or the machine ends, the configured name is the snapshot or the whole
/// database, and no byte of the snapshot is ever lost:
///   1. FILE.taking-over is made anew and written in one transaction
///   2. what it holds is on the disk
///   3. FILE.mosquitto-backup becomes a second name of the snapshot, or where the file system has
///      no such names, a copy; an existing backup is never touched, the next free number is taken
///   4. that name is on the disk; a log that another database has left beside FILE gets the
///      backup's name, too
///   5. FILE.taking-over is renamed to FILE
/// What an earlier attempt has left is removed or used again.
class TakeOver {
 public:
    /// For tests: called before each step with its number; a problem ends the attempt there.
    using BeforeStep = std::function<Outcome<void>(int step)>;

    /// Null when the file is no snapshot, or is not there.
    static Outcome<std::unique_ptr<TakeOver>> begin(const std::filesystem::path& path);

    /// What the snapshot holds. Losses are logged.
    Outcome<StoredState> read(Log& log);
    /// Writes `all`, the whole state with what has come since, and takes the five steps. On a
    /// problem the snapshot is as it was.
    Outcome<void> finish(const Batch& all, Log& log, const BeforeStep& before_step = {});

 private:
    TakeOver(std::filesystem::path path, UniqueFd file)
        : path_(std::move(path)), file_(std::move(file)) {}

    Outcome<void> write_database(const Batch& all) const;
    [[nodiscard]] Outcome<void> sync_database() const;
    Outcome<void> back_up();
    Outcome<bool> try_backup(const std::filesystem::path& backup);
    [[nodiscard]] Outcome<void> sync_names() const;
    [[nodiscard]] Outcome<void> switch_names() const;
    void remove_new() const;

    [[nodiscard]] std::filesystem::path new_path() const;

    std::filesystem::path path_;  ///< no symbolic link
    UniqueFd file_;               ///< the snapshot, locked
    std::filesystem::path backup_;
    Snapshot counts_;  ///< without the state
    std::size_t sessions_ = 0;
    std::size_t retained_ = 0;
    std::size_t accepted_ = 0;
};

/// Reports a whole state to a batch, as the journal's calls that led to it.
void add_all(const StoredState& state, Batch& batch);

}  // namespace mq::broker
