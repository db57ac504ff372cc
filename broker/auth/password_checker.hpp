#pragma once

#include "base/secret.hpp"
#include "base/small_thread.hpp"
#include "broker/auth/password_table.hpp"

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// What became of a login.
enum class Verdict {
    accepted,
    refused,  ///< unknown user or wrong password; which of them is not told
    busy,     ///< could not be checked now: too many logins wait, or memory is short
};

/// Limits of the worker pool.
struct CheckerLimits {
    std::size_t threads = 2;
    std::size_t waiting_max = 4096;                            ///< logins in the queue
    std::size_t waiting_bytes_max = std::size_t{4} << 20;      ///< their passwords
    std::size_t thread_stack_bytes = std::size_t{256} * 1024;  ///< argon2id works on the heap
};

/// Checks passwords against tables of users, on threads of its own: a check may take from
/// microseconds to a second, and must never hold up a shard.
///
/// Threads start when they are first needed. At most one argon2id check runs at a time, since each
/// takes 46 MiB or what the file says; checks of other kinds overtake those that wait for it.
/// `check` may be called from any thread.
class PasswordChecker {
 public:
    explicit PasswordChecker(const CheckerLimits& limits = {});

    /// Finishes the checks that run. Those that wait are answered `busy`, on this thread.
    ~PasswordChecker();
    PasswordChecker(const PasswordChecker&) = delete;
    PasswordChecker& operator=(const PasswordChecker&) = delete;

    using Done = std::function<void(Verdict)>;

    /// Calls `done` exactly once: on a worker thread, or at once on this thread when the answer is
    /// `busy`. `done` must not throw and not destroy the checker. The password is wiped afterwards.
    void check(std::shared_ptr<const PasswordTable> table, std::string_view user,
               std::string password, Done done);

 private:
    struct Job;

    void work();
    std::unique_ptr<Job> enqueue(std::unique_ptr<Job> job);
    bool ensure_worker();
    std::unique_ptr<Job> next_job();

    const CheckerLimits limits_;

    mutable std::mutex mutex_;  ///< guards all that follows
    std::condition_variable wake_;
    std::deque<std::unique_ptr<Job>> light_;
    std::deque<std::unique_ptr<Job>> heavy_;  ///< argon2id
    std::uint64_t next_number_ = 0;           ///< order of arrival over both queues
    std::size_t waiting_bytes_ = 0;
    std::size_t idle_ = 0;
    bool heavy_runs_ = false;
    bool stopping_ = false;
    std::vector<std::unique_ptr<SmallThread>> threads_;
};

}  // namespace mq::broker
