#include "installer/prefix/backup.hpp"

#include "base/file.hpp"
#include "base/unique_fd.hpp"
#include "installer/exit_code.hpp"
#include "installer/prefix/database_copy.hpp"
#include "installer/prefix/tree.hpp"

#include <array>
#include <cerrno>
#include <ctime>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::installer {
namespace {

constexpr const char* list_name = "LIST";
constexpr int compression_level = 9;

std::string now_text() {
    const std::time_t now = std::time(nullptr);
    std::tm parts{};
    ::gmtime_r(&now, &parts);
    std::array<char, 32> text{};
    std::strftime(text.data(), text.size(), "%Y%m%dT%H%M%SZ", &parts);
    return text.data();
}

void add_file(std::vector<archive::Item>& items, const std::filesystem::path& file,
              const std::string& name) {
    struct stat facts {};
    if (::stat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) {
        return;
    }
    archive::Item item;
    item.name = name;
    item.source = file;
    item.mode = facts.st_mode & 07777U;
    item.modified = facts.st_mtim.tv_sec;
    items.push_back(std::move(item));
}

Outcome<std::vector<archive::Item>> items_of(const BackupSource& source,
                                             const std::filesystem::path& snapshot) {
    auto items = items_below(source.layout.etc(), "etc");
    if (!items) {
        return items;
    }
    if (is_there(snapshot)) {
        add_file(*items, snapshot, "var/" + source.database.filename().string());
    }
    for (const auto& file : source.service_files) {
        add_file(*items, file, "service/" + file.filename().string());
    }
    for (const auto& file : source.profile_files) {
        const auto below = file.lexically_relative(source.home).generic_string();
        if (archive::is_safe_name(below)) {
            add_file(*items, file, "profile/" + below);
        }
    }
    add_file(*items, source.layout.manifest(), "state/manifest.json");
    return items;
}

Outcome<archive::Slice> whole_file(const UniqueFd& fd, const std::filesystem::path& file) {
    struct stat facts {};
    if (!fd || ::fstat(fd.get(), &facts) != 0) {
        return system_problem("cannot read " + file.string(), errno,
                              to_int(ExitCode::bad_checksum));
    }
    return archive::Slice{fd.get(), 0, static_cast<std::uint64_t>(facts.st_size)};
}

/// Packs into `temporary`, and reads it back.
Outcome<void> pack_and_compare(const BackupSource& source, const std::filesystem::path& snapshot,
                               const std::string& temporary) {
    auto items = items_of(source, snapshot);
    if (!items) {
        return items.error();
    }
    FileList list;
    list.kind = "backup";
    list.facts = {{"version", source.version},
                  {"created", now_text()},
                  {"prefix", source.layout.prefix.string()}};
    const UniqueFd fd(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600));
    if (!fd) {
        return system_problem("cannot create " + temporary, errno);
    }
    const auto packed =
        pack_with_list(std::move(list), list_name, std::move(*items), fd.get(), compression_level);
    if (!packed) {
        return packed.error();
    }
    if (::fsync(fd.get()) != 0) {
        return system_problem("cannot write " + temporary, errno);
    }
    const auto read_back = verify_backup(temporary);
    if (!read_back) {
        return read_back.error();
    }
    if (*read_back != *packed) {
        return Problem{"the backup read back is not what was written", "Nothing was changed.", "",
                       to_int(ExitCode::bad_checksum)};
    }
    return {};
}

}  // namespace

std::filesystem::path new_backup_name(const Layout& layout, const std::string& version) {
    const std::string stem = "mqhome-" + version + "-" + now_text();
    auto file = layout.backups() / (stem + ".tar.zst");
    for (int number = 2; is_there(file); ++number) {
        file = layout.backups() / (stem + "-" + std::to_string(number) + ".tar.zst");
    }
    return file;
}

Outcome<void> write_backup(const BackupSource& source, const std::filesystem::path& file) {
    if (auto made = make_directory(file.parent_path(), 0700); !made) {
        return made;
    }
    const std::string temporary = file.string() + ".new";
    const std::filesystem::path snapshot = file.string() + ".db";
    auto done = remove_tree(snapshot);
    if (done && !source.database.empty()) {
        done = snapshot_database(source.database, snapshot);
    }
    if (done) {
        done = pack_and_compare(source, snapshot, temporary);
    }
    if (done) {
        done = rename_entry(temporary, file);
    }
    for (const std::filesystem::path& left :
         {snapshot, std::filesystem::path(snapshot.string() + "-journal"),
          std::filesystem::path(temporary)}) {
        ::unlink(left.c_str());
    }
    return done;
}

Outcome<FileList> verify_backup(const std::filesystem::path& file) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    const auto slice = whole_file(fd, file);
    if (!slice) {
        return slice.error();
    }
    auto list = verify_list(*slice, list_name, "backup");
    if (!list) {
        return Problem{file.string() + ": " + list.error().what, "Nothing was changed.",
                       "Choose another file of backups/.", list.error().exit_code};
    }
    return list;
}

Outcome<void> unpack_backup(const std::filesystem::path& file,
                            const std::filesystem::path& directory) {
    const UniqueFd fd(::open(file.c_str(), O_RDONLY | O_CLOEXEC));
    const auto slice = whole_file(fd, file);
    if (!slice) {
        return slice.error();
    }
    return archive::unpack(*slice, directory);
}

}  // namespace mq::installer
