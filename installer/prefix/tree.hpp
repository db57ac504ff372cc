#pragma once

#include "base/problem.hpp"

#include <filesystem>
#include <string>
#include <sys/types.h>

/// Files and folders below the prefix, each change on disk when the function returns.
namespace mq::installer {

/// Makes the folder and those above it. An existing one keeps its mode.
Outcome<void> make_directory(const std::filesystem::path& path, mode_t mode = 0755);

/// Removes a file, link or whole folder, without following links. Not there is no problem.
Outcome<void> remove_tree(const std::filesystem::path& path);

/// Removes a folder when it is empty; otherwise leaves it.
void remove_if_empty(const std::filesystem::path& path);

/// Brings every file and folder below `path` to disk.
Outcome<void> sync_tree(const std::filesystem::path& path);

/// rename(2), then fsync of both folders.
Outcome<void> rename_entry(const std::filesystem::path& from, const std::filesystem::path& to);

/// Makes `link` point to `target` in one step: a new link under another name, then rename(2).
Outcome<void> switch_link(const std::filesystem::path& link, const std::filesystem::path& target);

/// Copies a regular file with mode; `to` is replaced in one step.
Outcome<void> copy_whole_file(const std::filesystem::path& from, const std::filesystem::path& to);

bool is_there(const std::filesystem::path& path);  ///< a dangling link exists

}  // namespace mq::installer
