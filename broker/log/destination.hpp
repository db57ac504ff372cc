#pragma once

#include "base/unique_fd.hpp"

#include <cstddef>
#include <string_view>

namespace mq::broker {

/// Most bytes of one write: what a pipe takes whole, or not at all.
constexpr std::size_t log_write_bytes_max = 4096;

/// A descriptor that log text is written to. Belongs to the writer's thread.
class LogDescriptor {
 public:
    /// Borrows standard output or standard error.
    explicit LogDescriptor(int borrowed);
    /// Owns a file.
    explicit LogDescriptor(UniqueFd owned);

    /// Writes at most log_write_bytes_max bytes. Waits until the other side takes them, or until
    /// `wake` becomes readable. False if they were not written, by a failure or by `wake`.
    bool write(std::string_view text, int wake);

    /// Lines that never got here; told, and set back, with the next text that does.
    std::size_t lost_lines = 0;

 private:
    [[nodiscard]] bool wait(int wake) const;

    UniqueFd owned_;
    int fd_;
    bool may_block_;  ///< anything but a regular file
};

}  // namespace mq::broker
