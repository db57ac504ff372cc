#include "installer/archive/archive.hpp"

#include "base/unique_fd.hpp"
#include "installer/exit_code.hpp"

#include <archive.h>
#include <archive_entry.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <fcntl.h>
#include <memory>
#include <set>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::installer::archive {
namespace {

struct FreeReader {
    void operator()(::archive* a) const { archive_read_free(a); }
};
struct FreeWriter {
    void operator()(::archive* a) const { archive_write_free(a); }
};
struct FreeEntry {
    void operator()(archive_entry* e) const { archive_entry_free(e); }
};
using Reader = std::unique_ptr<::archive, FreeReader>;
using Writer = std::unique_ptr<::archive, FreeWriter>;
using Entry = std::unique_ptr<archive_entry, FreeEntry>;

Problem damaged(const std::string& what) {
    return {what, "Nothing of the archive was used.", "", to_int(ExitCode::bad_checksum)};
}

Problem library_problem(const std::string& what, ::archive* a) {
    const char* text = archive_error_string(a);
    return {what + ": " + (text != nullptr ? text : "unknown reason"), ""};
}

/// Hands libarchive the bytes of one slice.
struct SliceReader {
    Slice rest;
    std::array<char, std::size_t{1} << 16> part{};

    static la_ssize_t read(::archive* a, void* self, const void** bytes) {
        auto& me = *static_cast<SliceReader*>(self);
        const auto wanted = std::min<std::uint64_t>(me.rest.length, me.part.size());
        ssize_t n = 0;
        do {
            n = ::pread(me.rest.fd, me.part.data(), wanted, static_cast<off_t>(me.rest.offset));
        } while (n < 0 && errno == EINTR);
        if (n < 0) {
            archive_set_error(a, errno, "cannot read the archive");
            return -1;
        }
        me.rest.offset += static_cast<std::uint64_t>(n);
        me.rest.length -= static_cast<std::uint64_t>(n);
        *bytes = me.part.data();
        return n;
    }
};

Outcome<void> write_content(::archive* a, const Item& item, std::uint64_t size) {
    if (item.source.empty()) {
        if (archive_write_data(a, item.content.data(), item.content.size()) < 0) {
            return library_problem("cannot pack " + item.name, a);
        }
        return {};
    }
    const UniqueFd fd(::open(item.source.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd) {
        return system_problem("cannot open " + item.source.string(), errno);
    }
    std::vector<char> part(std::size_t{1} << 16);
    std::uint64_t done = 0;
    for (;;) {
        const ssize_t n = ::read(fd.get(), part.data(), part.size());
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n < 0) {
            return system_problem("cannot read " + item.source.string(), errno);
        }
        if (n == 0) {
            break;
        }
        done += static_cast<std::uint64_t>(n);
        if (done > size || archive_write_data(a, part.data(), static_cast<std::size_t>(n)) < 0) {
            break;
        }
    }
    if (done != size) {
        return Problem{item.source.string() + " changed while it was packed", ""};
    }
    return {};
}

Outcome<void> write_item(::archive* a, const Item& item) {
    const Entry entry(archive_entry_new());
    std::uint64_t size = item.content.size();
    if (!item.source.empty()) {
        struct stat facts {};
        if (::stat(item.source.c_str(), &facts) != 0) {
            return system_problem("cannot read " + item.source.string(), errno);
        }
        size = static_cast<std::uint64_t>(facts.st_size);
    }
    archive_entry_set_pathname(entry.get(), item.name.c_str());
    archive_entry_set_mtime(entry.get(), item.modified, 0);
    if (!item.target.empty()) {
        archive_entry_set_filetype(entry.get(), AE_IFLNK);
        archive_entry_set_perm(entry.get(), 0777);
        archive_entry_set_symlink(entry.get(), item.target.c_str());
        size = 0;
    } else {
        archive_entry_set_filetype(entry.get(), AE_IFREG);
        archive_entry_set_perm(entry.get(), item.mode & 07777U);
        archive_entry_set_size(entry.get(), static_cast<la_int64_t>(size));
    }
    if (archive_write_header(a, entry.get()) != ARCHIVE_OK) {
        return library_problem("cannot pack " + item.name, a);
    }
    return item.target.empty() ? write_content(a, item, size) : Outcome<void>{};
}

/// Checks what an archive of ours may hold; `seen` are the names before.
Outcome<Member> checked_member(archive_entry* entry, std::set<std::string>& seen) {
    const char* name = archive_entry_pathname(entry);
    if (name == nullptr || !is_safe_name(name)) {
        return damaged("the archive holds the unsafe name \"" + std::string(name ? name : "") +
                       "\"");
    }
    Member member;
    member.name = name;
    member.mode = archive_entry_perm(entry);
    member.size = static_cast<std::uint64_t>(std::max<la_int64_t>(0, archive_entry_size(entry)));
    if (!seen.insert(member.name).second) {
        return damaged("the archive holds " + member.name + " twice");
    }
    if (archive_entry_hardlink(entry) != nullptr) {
        return damaged("the archive holds the hard link " + member.name);
    }
    if (archive_entry_filetype(entry) == AE_IFLNK) {
        const char* target = archive_entry_symlink(entry);
        member.target = target != nullptr ? target : "";
        if (!is_safe_target(member.name, member.target)) {
            return damaged("the link " + member.name + " in the archive leaves it");
        }
    } else if (archive_entry_filetype(entry) != AE_IFREG) {
        return damaged("the archive holds " + member.name + ", which is no file and no link");
    }
    return member;
}

using EntryVisitor = std::function<Outcome<void>(::archive*, archive_entry*, const Member&)>;

Outcome<void> each_entry(const Slice& slice, const EntryVisitor& visit) {
    const Reader reader(archive_read_new());
    archive_read_support_format_tar(reader.get());
    archive_read_support_filter_zstd(reader.get());
    archive_read_set_format_option(reader.get(), "tar", "hdrcharset", "BINARY");
    const auto source = std::make_unique<SliceReader>();
    source->rest = slice;
    if (archive_read_open(reader.get(), source.get(), nullptr, &SliceReader::read, nullptr) !=
        ARCHIVE_OK) {
        return damaged(library_problem("the archive cannot be read", reader.get()).what);
    }
    std::set<std::string> seen;
    for (;;) {
        archive_entry* entry = nullptr;
        const int got = archive_read_next_header(reader.get(), &entry);
        if (got == ARCHIVE_EOF) {
            return {};
        }
        if (got != ARCHIVE_OK) {
            return damaged(library_problem("the archive cannot be read", reader.get()).what);
        }
        const auto member = checked_member(entry, seen);
        if (!member) {
            return member.error();
        }
        if (auto visited = visit(reader.get(), entry, *member); !visited) {
            return visited;
        }
    }
}

/// Goes to another working directory and back at the end.
class WorkingDirectory {
 public:
    static Outcome<std::unique_ptr<WorkingDirectory>> enter(const std::filesystem::path& path) {
        UniqueFd before(::open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
        if (::chdir(path.c_str()) != 0) {
            return system_problem("cannot enter " + path.string(), errno);
        }
        return std::make_unique<WorkingDirectory>(std::move(before));
    }
    explicit WorkingDirectory(UniqueFd before) : before_(std::move(before)) {}
    WorkingDirectory(const WorkingDirectory&) = delete;
    WorkingDirectory& operator=(const WorkingDirectory&) = delete;
    ~WorkingDirectory() {
        // A working directory that is gone or closed to us is not worth returning to.
        if (!before_ || ::fchdir(before_.get()) != 0) {
            [[maybe_unused]] const int at_root = ::chdir("/");
        }
    }

 private:
    UniqueFd before_;
};

Outcome<void> copy_entry(::archive* from, ::archive* to, archive_entry* entry) {
    const std::string name = archive_entry_pathname(entry);
    if (archive_write_header(to, entry) != ARCHIVE_OK) {
        return library_problem("cannot create " + name, to);
    }
    for (;;) {
        const void* bytes = nullptr;
        std::size_t size = 0;
        la_int64_t offset = 0;
        const int got = archive_read_data_block(from, &bytes, &size, &offset);
        if (got == ARCHIVE_EOF) {
            break;
        }
        if (got != ARCHIVE_OK) {
            return damaged(library_problem("the archive cannot be read", from).what);
        }
        if (archive_write_data_block(to, bytes, size, offset) != ARCHIVE_OK) {
            return library_problem("cannot write " + name, to);
        }
    }
    if (archive_write_finish_entry(to) != ARCHIVE_OK) {
        return library_problem("cannot write " + name, to);
    }
    return {};
}

}  // namespace

bool is_safe_name(std::string_view name) {
    if (name.empty() || name.size() > 4096 || name.find('\0') != std::string_view::npos) {
        return false;
    }
    for (std::size_t from = 0;;) {
        const auto slash = name.find('/', from);
        const auto part = name.substr(from, slash - from);
        if (part.empty() || part == "." || part == "..") {
            return false;
        }
        if (slash == std::string_view::npos) {
            return true;
        }
        from = slash + 1;
    }
}

bool is_safe_target(std::string_view name, std::string_view target) {
    if (target.empty() || target.front() == '/') {
        return false;
    }
    const auto meant = (std::filesystem::path(name).parent_path() / target).lexically_normal();
    return meant != "." && !meant.empty() && *meant.begin() != "..";
}

Outcome<void> pack(const std::vector<Item>& items, int fd, int level) {
    const Writer writer(archive_write_new());
    archive_write_set_format_pax_restricted(writer.get());
    archive_write_set_format_option(writer.get(), "pax", "hdrcharset", "BINARY");
    archive_write_add_filter_zstd(writer.get());
    archive_write_set_filter_option(writer.get(), "zstd", "compression-level",
                                    std::to_string(level).c_str());
    archive_write_set_bytes_in_last_block(writer.get(), 1);
    if (archive_write_open_fd(writer.get(), fd) != ARCHIVE_OK) {
        return library_problem("cannot write the archive", writer.get());
    }
    for (const Item& item : items) {
        if (!is_safe_name(item.name)) {
            return Problem{"cannot pack a file of the name \"" + item.name + "\"", ""};
        }
        if (auto written = write_item(writer.get(), item); !written) {
            return written;
        }
    }
    if (archive_write_close(writer.get()) != ARCHIVE_OK) {
        return library_problem("cannot write the archive", writer.get());
    }
    return {};
}

Outcome<void> walk(const Slice& slice, const Visitor& visit) {
    return each_entry(slice, [&](::archive* a, archive_entry*, const Member& member) {
        std::vector<char> part(std::size_t{1} << 16);
        return visit(member, [&]() -> Outcome<std::string_view> {
            const la_ssize_t n = archive_read_data(a, part.data(), part.size());
            if (n < 0) {
                return damaged(library_problem("the archive cannot be read", a).what);
            }
            return std::string_view(part.data(), static_cast<std::size_t>(n));
        });
    });
}

Outcome<void> unpack(const Slice& slice, const std::filesystem::path& directory) {
    const auto inside = WorkingDirectory::enter(directory);
    if (!inside) {
        return inside.error();
    }
    const Writer disk(archive_write_disk_new());
    archive_write_disk_set_options(
        disk.get(), ARCHIVE_EXTRACT_PERM | ARCHIVE_EXTRACT_TIME | ARCHIVE_EXTRACT_NO_OVERWRITE |
                        ARCHIVE_EXTRACT_SECURE_NODOTDOT | ARCHIVE_EXTRACT_SECURE_SYMLINKS |
                        ARCHIVE_EXTRACT_SECURE_NOABSOLUTEPATHS);
    auto unpacked = each_entry(slice, [&](::archive* a, archive_entry* entry, const Member&) {
        return copy_entry(a, disk.get(), entry);
    });
    if (archive_write_close(disk.get()) != ARCHIVE_OK && unpacked) {
        return library_problem("cannot unpack into " + directory.string(), disk.get());
    }
    return unpacked;
}

}  // namespace mq::installer::archive
