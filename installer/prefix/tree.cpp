#include "installer/prefix/tree.hpp"

#include "base/file.hpp"
#include "base/unique_fd.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::installer {
namespace {

Outcome<void> sync_file(const std::filesystem::path& path) {
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW));
    if (!fd || ::fsync(fd.get()) != 0) {
        return system_problem("cannot write " + path.string(), errno);
    }
    return {};
}

}  // namespace

bool is_there(const std::filesystem::path& path) {
    struct stat facts {};
    return ::lstat(path.c_str(), &facts) == 0;
}

Outcome<void> make_directory(const std::filesystem::path& path, mode_t mode) {
    std::error_code error;
    if (std::filesystem::is_directory(path, error)) {
        return {};
    }
    if (path.has_parent_path()) {
        if (auto made = make_directory(path.parent_path(), 0755); !made) {
            return made;
        }
    }
    if (::mkdir(path.c_str(), mode) != 0 && errno != EEXIST) {
        return system_problem("cannot create " + path.string(), errno);
    }
    return sync_directory(path.parent_path());
}

Outcome<void> remove_tree(const std::filesystem::path& path) {
    if (!is_there(path)) {
        return {};
    }
    std::error_code error;
    std::filesystem::remove_all(path, error);
    if (error) {
        return system_problem("cannot remove " + path.string(), error.value());
    }
    return sync_directory(path.parent_path());
}

void remove_if_empty(const std::filesystem::path& path) {
    ::rmdir(path.c_str());
}

Outcome<void> sync_tree(const std::filesystem::path& path) {
    std::error_code error;
    std::filesystem::recursive_directory_iterator walk(path, error);
    for (const std::filesystem::recursive_directory_iterator end; !error && walk != end;
         walk.increment(error)) {
        const auto status = walk->symlink_status(error);
        auto synced = std::filesystem::is_directory(status)      ? sync_directory(walk->path())
                      : std::filesystem::is_regular_file(status) ? sync_file(walk->path())
                                                                 : Outcome<void>{};
        if (!synced) {
            return synced;
        }
    }
    if (error) {
        return system_problem("cannot read the folder " + path.string(), error.value());
    }
    return sync_directory(path);
}

Outcome<void> rename_entry(const std::filesystem::path& from, const std::filesystem::path& to) {
    if (::rename(from.c_str(), to.c_str()) != 0) {
        return system_problem("cannot rename " + from.string() + " to " + to.string(), errno);
    }
    if (auto synced = sync_directory(to.parent_path()); !synced) {
        return synced;
    }
    return from.parent_path() == to.parent_path() ? Outcome<void>{}
                                                  : sync_directory(from.parent_path());
}

Outcome<void> switch_link(const std::filesystem::path& link, const std::filesystem::path& target) {
    const std::filesystem::path temporary = link.string() + ".new";
    ::unlink(temporary.c_str());
    if (::symlink(target.c_str(), temporary.c_str()) != 0) {
        return system_problem("cannot create " + temporary.string(), errno);
    }
    return rename_entry(temporary, link);
}

Outcome<void> copy_whole_file(const std::filesystem::path& from, const std::filesystem::path& to) {
    struct stat facts {};
    UniqueFd source(::open(from.c_str(), O_RDONLY | O_CLOEXEC));
    if (!source || ::fstat(source.get(), &facts) != 0) {
        return system_problem("cannot read " + from.string(), errno);
    }
    const std::string temporary = to.string() + ".new";
    const UniqueFd target(
        ::open(temporary.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600));
    if (!target) {
        return system_problem("cannot create " + temporary, errno);
    }
    char part[1 << 16];
    ssize_t n = 0;
    while ((n = ::read(source.get(), part, sizeof part)) > 0) {
        if (::write(target.get(), part, static_cast<std::size_t>(n)) != n) {
            const int error = errno;
            ::unlink(temporary.c_str());
            return system_problem("cannot write " + temporary, error == 0 ? ENOSPC : error);
        }
    }
    if (n < 0 || ::fchmod(target.get(), facts.st_mode & 07777U) != 0 ||
        ::fsync(target.get()) != 0) {
        const int error = errno;
        ::unlink(temporary.c_str());
        return system_problem("cannot copy " + from.string() + " to " + to.string(), error);
    }
    return rename_entry(temporary, to);
}

}  // namespace mq::installer
