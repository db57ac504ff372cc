#pragma once

#include "base/problem.hpp"

#include <chrono>
#include <filesystem>

namespace mq::installer {

/// Asks the running broker (SIGUSR1) to write to its database what it holds in memory, and waits
/// until the database changes; at most `timeout`, since a broker that has nothing new writes
/// nothing.
void save_database(int broker_pid, const std::filesystem::path& database,
                   std::chrono::milliseconds timeout);

/// A whole copy of the broker's SQLite database at `to`, which must not exist, also while the
/// broker works with it. A file of another format is copied as it is. No database is no problem:
/// then there is no copy.
Outcome<void> snapshot_database(const std::filesystem::path& database,
                                const std::filesystem::path& to);

/// Copies the database of a stopped broker, with the files beside it that belong to it, into the
/// new folder `to`; the folder appears only when it is complete.
Outcome<void> keep_database(const std::filesystem::path& database, const std::filesystem::path& to);

/// Brings back what `keep_database` put into `from`, to the byte; files that were not there then
/// are removed. Without the folder `from` nothing happens.
Outcome<void> bring_back_database(const std::filesystem::path& database,
                                  const std::filesystem::path& from);

}  // namespace mq::installer
