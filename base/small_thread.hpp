#pragma once

#include "base/problem.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <pthread.h>

namespace mq {

/// Bytes of a stack of which a thread can use so many: what a sanitizer takes comes on top.
std::size_t stack_size(std::size_t usable);

/// A thread with a stack of the size that it needs instead of the system's 8 MiB, which takes no
/// signals: those are for the program's first thread. Joined when this goes.
class SmallThread {
 public:
    /// `work` must not throw.
    static Outcome<std::unique_ptr<SmallThread>> start(std::size_t stack_bytes,
                                                       std::function<void()> work);
    ~SmallThread();
    SmallThread(const SmallThread&) = delete;
    SmallThread& operator=(const SmallThread&) = delete;

    /// For its clock of CPU time.
    [[nodiscard]] pthread_t handle() const { return thread_; }

 private:
    explicit SmallThread(std::function<void()> work) : work_(std::move(work)) {}

    std::function<void()> work_;
    pthread_t thread_{};
    bool started_ = false;
};

}  // namespace mq
