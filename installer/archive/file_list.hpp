#pragma once

#include "base/problem.hpp"
#include "installer/archive/archive.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <sys/types.h>
#include <vector>

namespace mq::installer {

/// What an archive of ours must hold, to the byte: the payload's MANIFEST and a backup's LIST. It
/// is the archive's first member, so that one pass over the archive can check it:
///
///     mqhome payload 1                  kind of list, version of this format
///     fact version 1.2.0                anything else worth knowing, one word each
///     file 0755 <SHA-256> bin/mqbroker
///     link mqbroker bin/mosquitto       target, name
///     end <SHA-256 of all the lines above>
///
/// Words are separated by one blank; in facts, targets and names bytes up to 0x20, 0x7f and `%` are
/// written `%XX`. The last line makes a flipped byte in the list itself an error.
struct FileList {
    struct File {
        mode_t mode = 0;
        std::string digest;
        bool operator==(const File&) const = default;
    };

    std::string kind;
    std::map<std::string, std::string> facts;
    std::map<std::string, File> files;
    std::map<std::string, std::string> links;

    bool operator==(const FileList&) const = default;

    [[nodiscard]] std::string text() const;
    /// Problem with exit code 5 for anything but a whole list of this kind.
    static Outcome<FileList> parse(std::string_view text, std::string_view kind);
};

/// Packs `list` under the name `list_name`, then `items`, whose digests and links it fills in.
Outcome<FileList> pack_with_list(FileList list, const std::string& list_name,
                                 std::vector<archive::Item> items, int fd, int level);

/// Walks the whole archive and compares every member with the list in it; writes nothing. Problem
/// with exit code 5 for a member too many, missing or different.
Outcome<FileList> verify_list(const archive::Slice& slice, const std::string& list_name,
                              std::string_view kind);

/// The files and links below `root`, sorted by name, with their modes; `prefix` goes before each
/// name. A link that leaves `root` is taken as the file it leads to, so that the archive holds what
/// is needed; one that leads nowhere, sockets and the like are left out.
Outcome<std::vector<archive::Item>> items_below(const std::filesystem::path& root,
                                                const std::string& prefix);

}  // namespace mq::installer
