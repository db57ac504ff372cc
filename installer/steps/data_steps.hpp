#pragma once

#include "installer/prefix/backup.hpp"
#include "installer/steps/change.hpp"

/// Steps on what the user owns: configuration, passwords, messages.
namespace mq::installer {

/// Writes the backup that `change.backup` names and reads it back. It stays, whatever comes.
Step backup_step(const SharedWork& work);

/// Copies the database of the stopped broker. Undone: brings it back.
Step keep_database_step(const SharedWork& work);

/// How long a backup waits for the broker to write what it holds in memory.
inline constexpr std::chrono::milliseconds save_timeout{2000};

/// What a backup of this prefix is taken of.
BackupSource backup_source(const Work& work);

}  // namespace mq::installer
