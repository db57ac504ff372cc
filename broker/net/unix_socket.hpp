#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace mq::broker {

/// The file that clients find a Unix socket by. Removes it at the end, if it is still the one that
/// was made: a later broker may have put its own there.
class SocketFile {
 public:
    SocketFile() = default;
    SocketFile(SocketFile&& other) noexcept { swap(other); }
    SocketFile& operator=(SocketFile&& other) noexcept {
        swap(other);
        return *this;
    }
    SocketFile(const SocketFile&) = delete;
    SocketFile& operator=(const SocketFile&) = delete;
    ~SocketFile();

    /// The file that a socket has just been bound to.
    static Outcome<SocketFile> of(const std::string& path);

    /// Who may connect from now on: those with the right to write.
    Outcome<void> set_mode(std::uint16_t mode) const;

 private:
    void swap(SocketFile& other) noexcept;
    [[nodiscard]] bool is_there() const;

    std::string path_;  ///< empty: none
    dev_t device_ = 0;
    ino_t inode_ = 0;
};

/// A listening Unix socket, not blocking.
struct UnixSocket {
    UniqueFd fd;
    SocketFile file;
};

/// Listens at `path`, at most 107 bytes, with exactly the rights of `mode`: at no moment may anyone
/// connect who is not meant to. What a broker that was killed has left there is replaced; anything
/// else that has this path is a problem, and stays as it is: a file that is no socket, a socket of
/// another user, and one where somebody listens. Two brokers that start at once do not take each
/// other's socket for left behind.
Outcome<UnixSocket> listen_on_path(const std::string& path, std::uint16_t mode);

/// Whether the process at the other end of a Unix socket is of our own user, or of root. It is, if
/// it was when it connected.
bool is_peer_trusted(int fd);

/// Whose process is at the other end of a Unix socket, for the log: `process 4711 of user 1000`.
std::string describe_process(int fd);

}  // namespace mq::broker
