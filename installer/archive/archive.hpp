#pragma once

#include "base/problem.hpp"

#include <cstdint>
#include <ctime>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

/// The only door to libarchive. It is given tar and zstd and nothing else, so that a static program
/// carries no other reader and nothing of the host is loaded.
namespace mq::installer::archive {

/// One member to pack. Either `content`, or the file at `source` when that is not empty, or a
/// symbolic link when `target` is not empty.
struct Item {
    std::string name;  ///< relative, without `.` and `..`
    mode_t mode = 0644;
    std::filesystem::path source;
    std::string content;
    std::string target;
    std::time_t modified = 0;  ///< seconds since 1970
};

/// Writes a tar in zstd to `fd` from its current position on. The bytes depend on the items and
/// their order only: no owner, no time but `modified`.
Outcome<void> pack(const std::vector<Item>& items, int fd, int level = 19);

/// A range of an open file. libarchive sees its bytes only, so that whatever follows (a footer)
/// disturbs no decoder.
struct Slice {
    int fd = -1;
    std::uint64_t offset = 0;
    std::uint64_t length = 0;
};

/// A member as it is met while walking: a regular file or a symbolic link, its name checked.
struct Member {
    std::string name;
    mode_t mode = 0;
    std::uint64_t size = 0;  ///< bytes of content
    std::string target;      ///< of a symbolic link, else empty
};

/// Reads the content of the member at hand in parts; what is not read is skipped.
using Content = std::function<Outcome<std::string_view>()>;  ///< empty at the end
using Visitor = std::function<Outcome<void>(const Member&, const Content&)>;

/// Calls `visit` for each member. Problem with exit code 5 for bytes that are no tar in zstd, and
/// for a member that does not belong into an archive of ours: an absolute name, `..`, a name that
/// came before, a device, a hard link, a link that leaves the tree.
Outcome<void> walk(const Slice& slice, const Visitor& visit);

/// Unpacks all members below `directory`, which must exist and should be empty: files are never
/// overwritten, and no link is followed. Checks names like `walk`. What was unpacked before a
/// problem stays there. Changes the working directory meanwhile, so no other thread may run.
Outcome<void> unpack(const Slice& slice, const std::filesystem::path& directory);

/// Whether a name is one that `walk` lets pass, and a link's target stays inside the tree.
bool is_safe_name(std::string_view name);
bool is_safe_target(std::string_view name, std::string_view target);

}  // namespace mq::installer::archive
