#include "base/file.hpp"

#include "base/unique_fd.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mq {
namespace {

Outcome<void> write_all(int fd, std::string_view content, const std::string& path) {
    while (!content.empty()) {
        const ssize_t n = ::write(fd, content.data(), content.size());
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return system_problem("cannot write " + path, errno);
        }
        content.remove_prefix(static_cast<std::size_t>(n));
    }
    return {};
}

}  // namespace

Outcome<std::string> read_file(const std::filesystem::path& path, std::size_t bytes_max) {
    // Never waits: who reads may have clients to serve.
    const UniqueFd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
    if (!fd) {
        return system_problem("cannot open " + path.string(), errno);
    }
    struct stat facts {};
    if (::fstat(fd.get(), &facts) == 0) {
        if (S_ISDIR(facts.st_mode)) {
            return system_problem("cannot read " + path.string(), EISDIR);
        }
        if (S_ISFIFO(facts.st_mode)) {
            return Problem{"cannot read " + path.string() + ": it is a pipe and no file", "", ""};
        }
    }
    std::string all;
    char part[16384];
    for (;;) {
        const ssize_t n = ::read(fd.get(), part, sizeof part);
        if (n < 0) {
            if (errno == EINTR) {
                continue;
            }
            return system_problem("cannot read " + path.string(), errno);
        }
        if (n == 0) {
            return all;
        }
        all.append(part, static_cast<std::size_t>(n));
        if (all.size() > bytes_max) {
            return Problem{
                path.string() + " is larger than " + std::to_string(bytes_max) + " bytes", "", ""};
        }
    }
}

std::filesystem::path link_target(const std::filesystem::path& path) {
    constexpr int links_max = 40;  // as the kernel counts
    std::filesystem::path target = path;
    for (int i = 0; i < links_max; ++i) {
        std::error_code not_a_link;
        const auto next = std::filesystem::read_symlink(target, not_a_link);
        if (not_a_link) {
            return target;
        }
        target = target.parent_path() / next;
    }
    return path;
}

Outcome<void> replace_file(const std::filesystem::path& path, std::string_view content,
                           mode_t mode) {
    const auto target = link_target(path);
    struct stat old {};
    const bool existed = ::stat(target.c_str(), &old) == 0;
    if (!existed && errno != ENOENT) {
        return system_problem("cannot replace " + target.string(), errno);
    }
    std::string temporary = target.string() + ".XXXXXX";
    const UniqueFd fd(::mkostemp(temporary.data(), O_CLOEXEC));
    if (!fd) {
        return system_problem("cannot create a file beside " + target.string(), errno);
    }
    if (existed && ::fchown(fd.get(), old.st_uid, old.st_gid) != 0) {
        // Not ours to give away: the new file belongs to us, as any file that we write.
        errno = 0;
    }
    const mode_t wanted = existed ? (old.st_mode & 07777U) : mode;
    auto written = write_all(fd.get(), content, temporary);
    if (written && ::fchmod(fd.get(), wanted) != 0) {
        written = system_problem("cannot set the mode of " + temporary, errno);
    }
    if (written && ::fsync(fd.get()) != 0) {
        written = system_problem("cannot write " + temporary, errno);
    }
    if (written && ::rename(temporary.c_str(), target.c_str()) != 0) {
        written = system_problem("cannot replace " + target.string(), errno);
    }
    if (!written) {
        ::unlink(temporary.c_str());
        return written;
    }
    return sync_directory(target.has_parent_path() ? target.parent_path() : ".");
}

Outcome<void> sync_directory(const std::filesystem::path& directory) {
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (!fd) {
        return system_problem("cannot open " + directory.string(), errno);
    }
    if (::fsync(fd.get()) != 0 && errno != EINVAL) {
        return system_problem("cannot write " + directory.string(), errno);
    }
    return {};
}

}  // namespace mq
