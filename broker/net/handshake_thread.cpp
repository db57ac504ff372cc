#include "broker/net/handshake_thread.hpp"

#include "broker/net/shard.hpp"

#include <pthread.h>
#include <utility>

namespace mq::broker {

void HandshakeStep::run(bool pauses) {
    state = stream.handshake(pauses);
    if (state == StreamState::failed) {
        failure = stream.failure();  // OpenSSL keeps it for this thread
    }
}

HandshakeThread::~HandshakeThread() {
    {
        const std::lock_guard lock(mutex_);
        stopping_ = true;
    }
    wake_.notify_all();
    thread_.reset();
}

bool HandshakeThread::begin(HandshakeStep& step) {
    if (thread_ == nullptr && !start()) {
        return false;
    }
    step.stream.note_keys();
    {
        const std::lock_guard lock(mutex_);
        waiting_.push_back(step);
    }
    wake_.notify_one();
    return true;
}

bool HandshakeThread::start() {
    auto started = SmallThread::start(stack_bytes, [this] { work(); });
    if (!started) {
        return false;
    }
    thread_ = std::move(*started);
    clockid_t clock{};
    if (::pthread_getcpuclockid(thread_->handle(), &clock) == 0) {
        clock_ = clock;
        has_clock_ = true;
    }
    return true;
}

void HandshakeThread::give_up(std::unique_ptr<HandshakeStep> step) {
    const std::lock_guard lock(mutex_);
    if (running_ == step.get()) {
        given_up_ = std::move(step);
    } else {
        step.reset();  // takes itself out of its list
    }
}

bool HandshakeThread::cpu_clock(clockid_t& clock) const {
    if (!has_clock_) {
        return false;
    }
    clock = clock_;  // set before `has_clock_`
    return true;
}

void HandshakeThread::work() {
    std::unique_lock lock(mutex_);
    for (;;) {
        wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
        if (stopping_) {
            return;
        }
        running_ = &waiting_.front();
        waiting_.pop_front();
        lock.unlock();
        running_->run();
        lock.lock();
        HandshakeStep& step = *std::exchange(running_, nullptr);
        if (auto unwanted = std::move(given_up_)) {
            lock.unlock();
            unwanted.reset();
            lock.lock();
        } else {
            finished(step);
        }
    }
}

/// With the lock held. One call wakes the shard for all that it has not taken yet.
void HandshakeThread::finished(HandshakeStep& step) {
    const bool told = !finished_.empty();
    finished_.push_back(step);
    if (!told) {
        shard_.post([this] { deliver(); });
    }
}

void HandshakeThread::deliver() {
    Steps steps;
    {
        const std::lock_guard lock(mutex_);
        steps.swap(finished_);
    }
    while (!steps.empty()) {
        HandshakeStep& step = steps.front();
        steps.pop_front();
        step.owner.step_done();
    }
}

}  // namespace mq::broker
