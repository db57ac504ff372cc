#pragma once

#include <atomic>
#include <mutex>
#include <pthread.h>

namespace mq::client {

/// A mutex that can say whether this very thread holds it: programs call mosquitto_disconnect from
/// signal handlers, which may interrupt whatever the library is doing.
class OwnedMutex {
 public:
    void lock() {
        mutex_.lock();
        owner_.store(::pthread_self(), std::memory_order_relaxed);
    }
    void unlock() {
        owner_.store(pthread_t{}, std::memory_order_relaxed);
        mutex_.unlock();
    }
    [[nodiscard]] bool is_held_here() const {
        return owner_.load(std::memory_order_relaxed) == ::pthread_self();
    }

 private:
    std::mutex mutex_;
    std::atomic<pthread_t> owner_{};
};

}  // namespace mq::client
