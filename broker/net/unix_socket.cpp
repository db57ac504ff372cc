#include "broker/net/unix_socket.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <utility>

namespace mq::broker {
namespace {

constexpr int backlog_max = 1024;
constexpr mode_t rights = 0777;

std::string failure(const std::string& path) {
    return "Error: cannot listen on the Unix socket " + path;
}

Problem occupied(const std::string& path, const std::string& why, const std::string& next) {
    return {failure(path) + ": " + why + ".", "It was left as it is.", next};
}

struct Address {
    sockaddr_un storage{};

    [[nodiscard]] const sockaddr* get() const {
        return reinterpret_cast<const sockaddr*>(&storage);
    }
};

std::optional<Address> address_of(const std::string& path) {
    Address address;
    address.storage.sun_family = AF_UNIX;
    // A path that begins with NUL would be an abstract socket, which has no rights at all.
    if (path.empty() || path.size() >= sizeof address.storage.sun_path ||
        path.find('\0') != std::string::npos) {
        return std::nullopt;
    }
    std::memcpy(address.storage.sun_path, path.c_str(), path.size() + 1);
    return address;
}

UniqueFd make_socket() {
    return UniqueFd(::socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0));
}

/// Held while one broker looks and binds, so that none sees the bound socket of another before that
/// listens. Where a lock cannot be had, things go on without it.
UniqueFd lock_folder(const std::string& path) {
    const std::size_t slash = path.rfind('/');
    const std::string folder = slash == std::string::npos ? "." : path.substr(0, slash + 1);
    UniqueFd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    for (int i = 0; fd && i < 100 && ::flock(fd.get(), LOCK_EX | LOCK_NB) != 0; ++i) {
        ::usleep(1000);
    }
    return fd;
}

/// Removes what a killed broker has left, and nothing else.
Outcome<void> clear(const std::string& path, const Address& address) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        if (errno == ENOENT) {
            return {};
        }
        return system_problem(failure(path), errno);
    }
    if (!S_ISSOCK(status.st_mode)) {
        return occupied(path, "something that is no socket has this path",
                        "Remove it, or choose another path.");
    }
    if (status.st_uid != ::geteuid()) {
        return occupied(path,
                        "the socket there belongs to user " + std::to_string(status.st_uid) +
                            ", not to the broker's user " + std::to_string(::geteuid()),
                        "Remove it as that user, or choose another path.");
    }
    const UniqueFd probe = make_socket();
    if (!probe) {
        return system_problem(failure(path), errno);
    }
    if (::connect(probe.get(), address.get(), sizeof address.storage) == 0 || errno == EAGAIN) {
        return occupied(path, "another program listens there",
                        "Stop it if it is another broker, or choose another path.");
    }
    if (errno != ECONNREFUSED) {
        return system_problem(
            failure(path) + ": cannot find out whether the socket there is in use", errno);
    }
    if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
        return system_problem(failure(path) + ": cannot remove the socket left there", errno);
    }
    return {};
}

std::optional<ucred> peer_of(int fd) {
    ucred peer{};
    socklen_t size = sizeof peer;
    return ::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size) == 0 ? std::optional(peer)
                                                                        : std::nullopt;
}

}  // namespace

Outcome<SocketFile> SocketFile::of(const std::string& path) {
    struct stat status {};
    if (::lstat(path.c_str(), &status) != 0) {
        return system_problem(failure(path), errno);
    }
    SocketFile file;
    file.path_ = path;
    file.device_ = status.st_dev;
    file.inode_ = status.st_ino;
    return file;
}

SocketFile::~SocketFile() {
    if (is_there()) {
        ::unlink(path_.c_str());
    }
}

bool SocketFile::is_there() const {
    struct stat status {};
    return !path_.empty() && ::lstat(path_.c_str(), &status) == 0 && status.st_dev == device_ &&
           status.st_ino == inode_;
}

Outcome<void> SocketFile::set_mode(std::uint16_t mode) const {
    if (!is_there()) {
        return Problem{failure(path_) + ": its file is gone.", ""};
    }
    if (::chmod(path_.c_str(), mode) != 0) {
        return system_problem(failure(path_) + ": cannot set unix_socket_mode", errno);
    }
    return {};
}

void SocketFile::swap(SocketFile& other) noexcept {
    std::swap(path_, other.path_);
    std::swap(device_, other.device_);
    std::swap(inode_, other.inode_);
}

Outcome<UnixSocket> listen_on_path(const std::string& path, std::uint16_t mode) {
    const auto address = address_of(path);
    if (!address) {
        return Problem{failure(path) + ": a path must have 1 to 107 bytes.", ""};
    }
    UnixSocket made;
    made.fd = make_socket();
    if (!made.fd) {
        return system_problem(failure(path), errno);
    }
    const UniqueFd lock = lock_folder(path);
    if (auto cleared = clear(path, *address); !cleared) {
        return cleared.error();
    }
    // The file gets the socket's rights less those of the umask, so it never has too many; those
    // that the umask took are given afterwards.
    if (::fchmod(made.fd.get(), mode & rights) != 0 ||
        ::bind(made.fd.get(), address->get(), sizeof address->storage) != 0) {
        return system_problem(failure(path), errno);
    }
    auto file = SocketFile::of(path);
    if (!file) {
        return file.error();
    }
    made.file = std::move(*file);
    if (auto set = made.file.set_mode(mode); !set) {
        return set.error();
    }
    if (::listen(made.fd.get(), backlog_max) != 0) {
        return system_problem(failure(path), errno);
    }
    return made;
}

bool is_peer_trusted(int fd) {
    const auto peer = peer_of(fd);
    return peer && (peer->uid == 0 || peer->uid == ::geteuid());
}

std::string describe_process(int fd) {
    const auto peer = peer_of(fd);
    return peer ? "process " + std::to_string(peer->pid) + " of user " + std::to_string(peer->uid)
                : "an unknown process";
}

}  // namespace mq::broker
