#pragma once

#include "base/problem.hpp"

#include <cstddef>
#include <filesystem>
#include <string>
#include <string_view>
#include <sys/types.h>

namespace mq {

/// Reads a whole file of at most `bytes_max` bytes. Pipes are refused, and nothing is waited for.
Outcome<std::string> read_file(const std::filesystem::path& path,
                               std::size_t bytes_max = std::size_t{64} << 20);

/// Replaces `path` by `content` so that a reader or a power cut sees the old or the new file, never
/// a part: temporary file in the same directory, fsync, rename(2), fsync of the directory. A
/// symbolic link is followed, and the file that it names replaced. Mode is `mode` for a new file;
/// an existing file keeps its mode, and its owner where the caller may set it. On a problem the old
/// file is as it was.
Outcome<void> replace_file(const std::filesystem::path& path, std::string_view content,
                           mode_t mode = 0600);

/// What a chain of symbolic links ends at, be it there or not; the path itself when it is no link.
/// A chain that never ends yields its first link, so that opening it tells the reason.
std::filesystem::path link_target(const std::filesystem::path& path);

/// Makes a rename or a new name in this directory survive a power cut.
Outcome<void> sync_directory(const std::filesystem::path& directory);

}  // namespace mq
