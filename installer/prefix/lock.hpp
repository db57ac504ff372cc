#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "installer/prefix/layout.hpp"

namespace mq::installer {

/// Keeps a second mqinstall out of the prefix: flock(2) on `state/lock`, with the owner's pid
/// inside. The kernel lets go when the process ends, however it ends, so a stale file locks nobody
/// out.
class Lock {
 public:
    /// Creates `state/` when missing. Problem with exit code 10, naming the pid, when it is taken.
    static Outcome<Lock> take(const Layout& layout);

 private:
    explicit Lock(UniqueFd fd) : fd_(std::move(fd)) {}
    UniqueFd fd_;
};

}  // namespace mq::installer
