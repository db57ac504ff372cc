#pragma once

#include <cstdint>
#include <string>
#include <vector>

namespace mq::broker {

/// What tells one content of a file from another without reading it. Behind symbolic links; all
/// zero where there is no file. Rights are part of it, by the time of the last change of the inode.
struct FileStamp {
    std::uint64_t device = 0;
    std::uint64_t inode = 0;
    std::int64_t size = 0;
    std::int64_t modified_ns = 0;
    std::int64_t changed_ns = 0;

    bool operator==(const FileStamp&) const = default;
};

FileStamp stamp_of(const std::string& path);

/// Of several files, without those whose path is empty.
std::vector<FileStamp> stamps_of(const std::vector<std::string>& paths);

}  // namespace mq::broker
