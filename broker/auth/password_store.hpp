#pragma once

#include "base/problem.hpp"
#include "broker/auth/password_file.hpp"

#include <chrono>
#include <filesystem>
#include <functional>

namespace mq::broker {

/// Largest password file that is read: about 100 000 users.
constexpr std::size_t password_file_bytes_max = std::size_t{16} << 20;

/// How long an edit waits for another program that edits the same file.
constexpr std::chrono::seconds password_lock_wait_max{30};

/// Reads a password file.
Outcome<PasswordFile> load_password_file(const std::filesystem::path& path);

enum class IfMissing { create, fail };

/// Reads the file, lets `edit` change it, and replaces it in one step: whoever reads meanwhile, and
/// whoever looks after a crash, sees the old file or the new one. A new file has mode 0600, an
/// existing one keeps mode and owner; symbolic links are followed. When `edit` returns a problem,
/// or changes nothing, nothing is written.
///
/// Two edits never overlap, so neither is lost. The lock is flock(2) on the password file itself,
/// not on a file beside it, which would be left lying about, and not on the directory, which other
/// accounts could lock too and which NFS cannot lock. As each edit puts another file in place, who
/// got the lock looks whether the path still names the file that is locked, and else begins again.
/// A file that must be created is created empty and locked before it is filled.
Outcome<void> edit_password_file(const std::filesystem::path& path, IfMissing if_missing,
                                 const std::function<Outcome<void>(PasswordFile&)>& edit,
                                 std::chrono::milliseconds lock_wait = password_lock_wait_max);

}  // namespace mq::broker
