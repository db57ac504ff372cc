#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/config/config.hpp"

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mq::broker {

/// What the process as a whole is told at the start, each once and before there is another thread.

/// Few memory arenas and small stacks: accounts are killed by what they take.
void tune_memory();

/// Lets the process open as many descriptors as it may. With WebSockets at most 65536 unless the
/// account's soft limit is higher, since libwebsockets has a table of that size.
void raise_descriptor_limit(bool websockets);

/// Becomes the configured user when started as root: `PUID` and `PGID` of the environment, else
/// `user`, and `nobody` where `mosquitto` is only the default and does not exist. `root` stays
/// root. The problem's exit code is 3 for an unknown user, 14 where the system refuses.
Outcome<void> become_user(const Config& config);

/// Sets the umask that `UMASK_SET` of the environment asks for. The problem's exit code is 3.
Outcome<void> set_umask();

/// The broker in the background (`-d`). The process that was called waits until the broker serves,
/// and ends with 0 then; when the start fails it ends with the exit code of that.
class Background {
 public:
    /// Returns in the background only, without standard input, output and error.
    static Outcome<Background> enter();
    Background() = default;  ///< in the foreground

    [[nodiscard]] bool entered() const { return bool(waiting_); }
    /// Writes to the standard error of the process that was called.
    void tell(std::string_view text) const;
    /// The broker serves.
    void started();

 private:
    UniqueFd waiting_;   ///< a pipe at whose end the caller waits
    UniqueFd terminal_;  ///< standard error as it was
};

/// A file with our process id, removed at the end.
class PidFile {
 public:
    /// The problem's exit code is 14.
    static Outcome<PidFile> create(const std::string& path);
    PidFile() = default;
    PidFile(PidFile&& other) noexcept;
    PidFile& operator=(PidFile&& other) noexcept;
    ~PidFile();

 private:
    std::string path_;
};

/// Bytes of heap that are in use, over all threads.
std::size_t heap_bytes_in_use();

/// 64 bits that nobody can foresee.
std::uint64_t random_seed();

/// Writes to standard output as far as it takes the text without waiting; false when it did not
/// take all.
bool print_now(std::string_view text);

}  // namespace mq::broker
