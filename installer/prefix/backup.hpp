#pragma once

#include "base/problem.hpp"
#include "installer/archive/file_list.hpp"
#include "installer/prefix/layout.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mq::installer {

/// What a backup is taken of.
struct BackupSource {
    Layout layout;
    std::filesystem::path home;
    std::string version;                               ///< installed now
    std::filesystem::path database;                    ///< empty: none
    std::vector<std::filesystem::path> service_files;  ///< of the service manager
    std::vector<std::filesystem::path> profile_files;  ///< with our block in it
};

/// A name in `backups/` that is free: `mqhome-1.2.0-20260131T120000Z.tar.zst`.
std::filesystem::path new_backup_name(const Layout& layout, const std::string& version);

/// Writes a backup: a tar in zstd whose first member LIST is a FileList of kind "backup" (facts
/// version, created, prefix), then
///
///     etc/...               the user's configuration, whole
///     var/NAME              a snapshot of the database
///     service/NAME          service files
///     profile/...           start-up files, relative to the home
///     state/manifest.json
///
/// Mode 0600, in a folder of mode 0700 when that is made here. Written under a temporary name,
/// brought to disk, read back and compared with the files as they were read first, and only then
/// given its name. On a problem nothing is left behind.
Outcome<void> write_backup(const BackupSource& source, const std::filesystem::path& file);

/// Reads the whole backup and compares it with its list. Problem with exit code 5.
Outcome<FileList> verify_backup(const std::filesystem::path& file);

/// Unpacks a verified backup below the empty folder `directory`.
Outcome<void> unpack_backup(const std::filesystem::path& file,
                            const std::filesystem::path& directory);

}  // namespace mq::installer
