#include "client/lib/secret_file.hpp"

#include "base/unique_fd.hpp"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::client {
namespace {

/// What open(2) gets for a mode of fopen(3); nothing for a mode that is none.
std::optional<int> flags_of(std::string_view mode) {
    if (mode.empty()) {
        return {};
    }
    const bool both = mode.find('+') != std::string_view::npos;
    int flags = O_CLOEXEC | O_NOCTTY;
    switch (mode.front()) {
        case 'r':
            return flags | (both ? O_RDWR : O_RDONLY);
        case 'w':
            flags |= O_CREAT | O_TRUNC;
            break;
        case 'a':
            flags |= O_CREAT | O_APPEND;
            break;
        default:
            return {};
    }
    if (mode.find('x') != std::string_view::npos) {
        flags |= O_EXCL;
    }
    return flags | (both ? O_RDWR : O_WRONLY);
}

int with_care(int flags) {
    if (std::getenv("MOSQUITTO_UNSAFE_ALLOW_SYMLINKS") == nullptr) {
        flags |= O_NOFOLLOW;
    }
    return (flags & O_TRUNC) != 0 ? flags | O_EXCL : flags;
}

/// Programs show this; whoever reads it cannot be asked, so it is said once for each open.
void warn_about(const char* path, const struct stat& facts) {
    const auto warn = [&](const char* what) {
        std::fprintf(stderr, "Warning: the file %s %s\n", path, what);
    };
    if (facts.st_uid != ::geteuid()) {
        warn("belongs to another user.");
    }
    if (facts.st_gid != ::getegid()) {
        warn("belongs to another group.");
    }
    if ((facts.st_mode & 07U) != 0) {
        warn("can be used by everybody; chmod 600 ends that.");
    }
}

int fail(int error) {
    errno = error;
    return -1;
}

/// The descriptor of a regular file, -1 with errno.
int open_regular(const char* path, int flags, bool secret) {
    // O_NONBLOCK: looking at a pipe must not wait for its other end.
    const mode_t mode = secret ? 0600 : 0666;
    UniqueFd fd(::open(path, (secret ? with_care(flags) : flags) | O_NONBLOCK, mode));
    if (!fd) {
        return -1;
    }
    struct stat facts {};
    if (::fstat(fd.get(), &facts) != 0) {
        return -1;
    }
    if (!S_ISREG(facts.st_mode)) {
        return fail(S_ISDIR(facts.st_mode) ? EISDIR : ENOTSUP);
    }
    if (::fcntl(fd.get(), F_SETFL, flags & O_APPEND) != 0) {
        return -1;
    }
    if (secret) {
        warn_about(path, facts);
    }
    return fd.release();
}

}  // namespace

std::FILE* open_regular_file(const char* path, const char* mode, bool secret) {
    const auto flags = flags_of(mode);
    if (!flags) {
        errno = EINVAL;
        return nullptr;
    }
    UniqueFd fd(open_regular(path, *flags, secret));
    if (!fd) {
        return nullptr;
    }
    // fdopen() knows no "x" on other C libraries than ours; the file is there by now.
    const bool both = std::strchr(mode, '+') != nullptr;
    const char plain[] = {mode[0], both ? '+' : '\0', '\0'};
    std::FILE* file = ::fdopen(fd.get(), plain);
    if (file != nullptr) {
        static_cast<void>(fd.release());
    }
    return file;
}

void sync_directory_of(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    const UniqueFd fd(::open(directory.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (fd) {
        static_cast<void>(::fsync(fd.get()));
    }
}

}  // namespace mq::client
