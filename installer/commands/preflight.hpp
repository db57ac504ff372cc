#pragma once

#include "base/problem.hpp"
#include "installer/commands/context.hpp"

#include <cstdint>

namespace mq::installer {

/// What can be known before anything is touched. All problems have exit code 6.

/// The prefix can be written, programs there can be run, and this many bytes fit: they are reserved
/// in a file that is removed again, since quotas do not show in statvfs(3).
Outcome<void> check_place(const Layout& layout, std::uint64_t bytes);

/// Both ports can be listened on.
Outcome<void> check_ports(int port, int ws_port);

/// Bytes that unpacking a payload of this packed size takes at most, with some room for data.
std::uint64_t bytes_needed(std::uint64_t packed_bytes);

}  // namespace mq::installer
