#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <pthread.h>

namespace mq::client {

/// A mutex that can say whether this very thread holds it: programs call mosquitto_disconnect from
/// signal handlers, which may interrupt whatever the library is doing.
class OwnedMutex {
 public:
    void lock() {
        mutex_.lock();
        take();
    }
    void unlock() {
        give();
        mutex_.unlock();
    }
    [[nodiscard]] bool is_held_here() const {
        return owner_.load(std::memory_order_relaxed) == ::pthread_self();
    }

 private:
    friend class OwnedCondition;
    void take() { owner_.store(::pthread_self(), std::memory_order_relaxed); }
    void give() { owner_.store(pthread_t{}, std::memory_order_relaxed); }

    std::mutex mutex_;
    std::atomic<pthread_t> owner_{};
};

/// A condition variable for it, smaller than one for any kind of lock.
class OwnedCondition {
 public:
    using Lock = std::unique_lock<OwnedMutex>;

    void notify_all() { condition_.notify_all(); }
    template <class Predicate>
    void wait(Lock& lock, const Predicate& predicate) {
        with_inner(lock, [&](auto& inner) {
            while (!judged(lock, predicate)) {
                condition_.wait(inner);
            }
        });
    }
    template <class Predicate>
    void wait_for(Lock& lock, std::chrono::seconds time, const Predicate& predicate) {
        const auto until = std::chrono::steady_clock::now() + time;
        with_inner(lock, [&](auto& inner) {
            while (!judged(lock, predicate)) {
                if (condition_.wait_until(inner, until) == std::cv_status::timeout) {
                    return;
                }
            }
        });
    }

 private:
    template <class Wait>
    void with_inner(Lock& lock, const Wait& wait) {
        std::unique_lock inner(lock.mutex()->mutex_, std::adopt_lock);
        lock.mutex()->give();
        wait(inner);
        lock.mutex()->take();
        static_cast<void>(inner.release());
    }
    /// The predicate may be interrupted by a signal handler too.
    template <class Predicate>
    bool judged(Lock& lock, const Predicate& predicate) {
        lock.mutex()->take();
        const bool result = predicate();
        lock.mutex()->give();
        return result;
    }

    std::condition_variable condition_;
};

}  // namespace mq::client
