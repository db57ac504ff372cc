#include "broker/auth/password_checker.hpp"

#include <cassert>
#include <utility>

namespace mq::broker {

/// One login that waits. It holds the table that it found the user in.
struct PasswordChecker::Job {
    std::uint64_t number = 0;
    std::shared_ptr<const PasswordTable> table;
    const PasswordHash* hash = nullptr;  ///< of the user, or the decoy; null: refuse
    bool known = false;
    Secret password;
    std::size_t bytes = 0;
    Done done;

    [[nodiscard]] bool heavy() const {
        return hash != nullptr && hash->kind() == HashKind::argon2id;
    }

    [[nodiscard]] Verdict verdict() const {
        if (hash == nullptr) {
            return Verdict::refused;
        }
        const auto match = hash->matches(password.view());
        if (!match) {
            return Verdict::busy;
        }
        return *match && known ? Verdict::accepted : Verdict::refused;
    }
};

PasswordChecker::PasswordChecker(const CheckerLimits& limits) : limits_(limits) {
    assert(limits_.threads > 0);
}

PasswordChecker::~PasswordChecker() {
    std::vector<std::unique_ptr<Job>> unanswered;
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
        for (auto* queue : {&light_, &heavy_}) {
            std::move(queue->begin(), queue->end(), std::back_inserter(unanswered));
            queue->clear();
        }
    }
    wake_.notify_all();
    threads_.clear();  // waits for them
    for (const auto& job : unanswered) {
        job->done(Verdict::busy);
    }
}

void PasswordChecker::check(std::shared_ptr<const PasswordTable> table, std::string_view user,
                            std::string password, Done done) {
    auto job = std::make_unique<Job>();
    job->hash = table->find(user);
    job->known = job->hash != nullptr;
    if (!job->known) {
        job->hash = table->decoy();
    }
    job->table = std::move(table);
    job->bytes = password.size();
    job->password = Secret(std::move(password));
    job->done = std::move(done);
    if (const auto left_over = enqueue(std::move(job))) {
        left_over->done(Verdict::busy);
    } else {
        wake_.notify_one();
    }
}

/// Gives the job back when there is no room or no thread for it.
std::unique_ptr<PasswordChecker::Job> PasswordChecker::enqueue(std::unique_ptr<Job> job) {
    const std::lock_guard lock(mutex_);
    const bool room = light_.size() + heavy_.size() < limits_.waiting_max &&
                      waiting_bytes_ + job->bytes <= limits_.waiting_bytes_max;
    if (!room || !ensure_worker()) {
        return job;
    }
    job->number = next_number_++;
    waiting_bytes_ += job->bytes;
    auto& queue = job->heavy() ? heavy_ : light_;
    queue.push_back(std::move(job));
    return nullptr;
}

/// Called with the lock held. False when there is no thread and none can be started.
bool PasswordChecker::ensure_worker() {
    const std::size_t waiting = light_.size() + heavy_.size();
    if (idle_ > waiting || threads_.size() == limits_.threads) {
        return true;
    }
    if (auto started = SmallThread::start(limits_.thread_stack_bytes, [this] { work(); })) {
        threads_.push_back(std::move(*started));
    }
    return !threads_.empty();
}

void PasswordChecker::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        auto job = next_job();
        if (!job) {
            if (stopping_) {
                return;
            }
            ++idle_;
            wake_.wait(lock);
            --idle_;
            continue;
        }
        lock.unlock();
        job->done(job->verdict());
        const bool heavy = job->heavy();
        job.reset();
        lock.lock();
        if (heavy) {
            heavy_runs_ = false;
            wake_.notify_one();
        }
    }
}

/// Called with the lock held. The oldest job that may run now, or null.
std::unique_ptr<PasswordChecker::Job> PasswordChecker::next_job() {
    const bool take_heavy = !heavy_.empty() && !heavy_runs_ &&
                            (light_.empty() || heavy_.front()->number < light_.front()->number);
    auto& queue = take_heavy ? heavy_ : light_;
    if (queue.empty()) {
        return nullptr;
    }
    auto job = std::move(queue.front());
    queue.pop_front();
    waiting_bytes_ -= job->bytes;
    heavy_runs_ = heavy_runs_ || take_heavy;
    return job;
}

}  // namespace mq::broker
