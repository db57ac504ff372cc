#include "client/lib/client.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <limits>
#include <poll.h>
#include <system_error>
#include <unistd.h>

/// The half of Client that runs the loop.
namespace mq::client {
namespace {

constexpr int default_timeout_ms = 1000;
constexpr int day_ms = 24 * 60 * 60 * 1000;

/// Errors that another attempt would not cure.
bool is_final(int error) {
    switch (error) {
        case MOSQ_ERR_NOMEM:
        case MOSQ_ERR_PROTOCOL:
        case MOSQ_ERR_INVAL:
        case MOSQ_ERR_NOT_FOUND:
        case MOSQ_ERR_TLS:
        case MOSQ_ERR_PAYLOAD_SIZE:
        case MOSQ_ERR_NOT_SUPPORTED:
        case MOSQ_ERR_AUTH:
        case MOSQ_ERR_ACL_DENIED:
        case MOSQ_ERR_UNKNOWN:
        case MOSQ_ERR_EAI:
        case MOSQ_ERR_PROXY:
            return true;
        default:
            return false;
    }
}

}  // namespace

unsigned Backoff::pause(unsigned failures) const {
    if (delay_max <= delay) {
        return delay;
    }
    const std::uint64_t steps = std::uint64_t{std::min(failures, 0xFFFFU)} + 1;
    const std::uint64_t wanted = delay * (exponential ? steps * steps : steps);
    return static_cast<unsigned>(std::min<std::uint64_t>(wanted, delay_max));
}

// One turn

int Client::loop(int timeout_ms) {
    Lock lock(mutex_);
    if (!transport_) {
        return MOSQ_ERR_NO_CONN;
    }
    const std::uint64_t epoch = epoch_;
    int result = end_if_signalled(lock);
    result = result == MOSQ_ERR_SUCCESS && epoch_ == epoch ? flush_and_tell(lock) : result;
    if (result == MOSQ_ERR_SUCCESS && epoch_ == epoch) {
        result = wait_for_socket(lock, timeout_ms < 0 ? default_timeout_ms : timeout_ms);
    }
    deliver_log(lock);
    return result;
}

/// Waits, without the lock, and does what the socket is ready for.
int Client::wait_for_socket(Lock& lock, int timeout_ms) {
    changed_.wait(lock, [&] { return closers_ == 0; });
    if (!transport_) {
        return MOSQ_ERR_SUCCESS;
    }
    make_wakeup();
    const bool writes = transport_->waits_to_write() || transport_->has_own_output() ||
                        (transport_->open() && !session_.output().empty());
    const bool reads = transport_->open() || !transport_->waits_to_write();
    pollfd waiting[2] = {
        {transport_->fd(), static_cast<short>((reads ? POLLIN : 0) | (writes ? POLLOUT : 0)), 0},
        {wakeup_.get(), POLLIN, 0}};
    const int timeout = transport_->pending() ? 0 : poll_timeout(timeout_ms);
    const std::uint64_t epoch = epoch_;
    polling_ = true;
    polling_thread_ = std::this_thread::get_id();
    lock.unlock();
    const int ready = ::poll(waiting, wakeup_ ? 2 : 1, timeout);
    const int reason = errno;
    lock.lock();
    polling_ = false;
    if (closers_ > 0) {
        changed_.notify_all();
    }
    if (woken_) {
        std::uint64_t count = 0;
        static_cast<void>(::read(wakeup_.get(), &count, sizeof(count)));
        woken_ = false;
    }
    if (ready < 0 && reason != EINTR) {
        errno = reason;
        return MOSQ_ERR_ERRNO;
    }
    if (epoch_ != epoch || !transport_) {
        return MOSQ_ERR_SUCCESS;
    }
    const short events = ready > 0 ? waiting[0].revents : short{0};
    return serve(lock, (events & (POLLIN | POLLHUP | POLLERR)) != 0 || transport_->pending(),
                 (events & POLLOUT) != 0);
}

int Client::serve(Lock& lock, bool readable, bool writable) {
    const std::uint64_t epoch = epoch_;
    int result = MOSQ_ERR_SUCCESS;
    if (!transport_->open()) {
        result = readable || writable ? after_opening(lock) : result;
    } else if (readable || (writable && transport_->waits_to_write())) {
        result = read(lock);
    }
    if (result != MOSQ_ERR_SUCCESS || epoch_ != epoch) {
        return result;
    }
    return tick(lock);
}

/// A signal handler's wish, which it could not fulfil itself.
int Client::end_if_signalled(Lock& lock) {
    if (!end_by_signal_.exchange(false)) {
        return MOSQ_ERR_SUCCESS;
    }
    end_wanted_ = true;
    session_.disconnect(0, {});
    return flush_and_tell(lock);
}

/// Goes on opening the connection.
int Client::after_opening(Lock& lock) {
    const Io io = transport_->advance(log_);
    if (io.waits() || io.ok()) {
        return MOSQ_ERR_SUCCESS;
    }
    return finish(lock, io.error);
}

/// What is due, and what has gathered during this turn.
int Client::tick(Lock& lock) {
    const int ended = end_if_signalled(lock);
    if (ended != MOSQ_ERR_SUCCESS || !transport_) {
        return ended;
    }
    const Time time = now();
    if (input_.empty() && time - session_.heard_at() >= default_timeout_ms) {
        input_.clear();
    }
    const int result = session_.tick(time);
    if (result != MOSQ_ERR_SUCCESS) {
        return finish(lock, result);
    }
    return flush_and_tell(lock);
}

int Client::time_to_tick() const {
    const auto due = session_.next_tick();
    if (!due) {
        return day_ms;
    }
    return static_cast<int>(std::clamp<Time>(*due - now(), 0, day_ms));
}

/// A quiet client wakes up once to give its memory back.
int Client::poll_timeout(int timeout_ms) const {
    const bool holds_memory = input_.holds_memory() || session_.output().holds_memory();
    const int longest = holds_memory ? default_timeout_ms : day_ms;
    return std::min({timeout_ms, time_to_tick(), longest});
}

// Foreign loops

int Client::loop_read() {
    Lock lock(mutex_);
    if (!transport_) {
        return MOSQ_ERR_NO_CONN;
    }
    const int result = transport_->open() ? read(lock) : after_opening(lock);
    const int told = result == MOSQ_ERR_SUCCESS ? flush_and_tell(lock) : result;
    deliver_log(lock);
    return told;
}

int Client::loop_write() {
    Lock lock(mutex_);
    if (!transport_) {
        return MOSQ_ERR_NO_CONN;
    }
    int result = transport_->open() ? int{MOSQ_ERR_SUCCESS} : after_opening(lock);
    if (result == MOSQ_ERR_SUCCESS && transport_ && transport_->waits_to_write()) {
        result = transport_->open() ? read(lock) : result;
    }
    if (result == MOSQ_ERR_SUCCESS && transport_) {
        result = flush_and_tell(lock);
    }
    deliver_log(lock);
    return result;
}

int Client::loop_misc() {
    Lock lock(mutex_);
    if (!transport_) {
        return MOSQ_ERR_NO_CONN;
    }
    const int result = tick(lock);
    deliver_log(lock);
    return result;
}

// Running

int Client::loop_forever(int timeout_ms) {
    {
        const Lock held(mutex_);
        runner_ = std::this_thread::get_id();
    }
    const int result = run(timeout_ms);
    const Lock held(mutex_);
    runner_ = {};
    return result;
}

int Client::run(int timeout_ms) {
    while (true) {
        int result = MOSQ_ERR_SUCCESS;
        do {
            result = loop(timeout_ms);
            const Lock held(mutex_);
            if (stop_) {
                return MOSQ_ERR_SUCCESS;
            }
        } while (result == MOSQ_ERR_SUCCESS);
        if (is_final(result)) {
            return result;
        }
        result = reconnect_until_it_works();
        if (result != MOSQ_ERR_CONN_PENDING) {
            return result;
        }
    }
}

/// MOSQ_ERR_CONN_PENDING when there is a connection again; else what the loop is to return.
int Client::reconnect_until_it_works() {
    Lock lock(mutex_);
    if (connecting_.host.empty()) {
        return MOSQ_ERR_INVAL;
    }
    while (true) {
        if (!pause_before_reconnecting(lock)) {
            return MOSQ_ERR_SUCCESS;
        }
        if (transport_) {
            return MOSQ_ERR_CONN_PENDING;  // the application has done it
        }
        ++failures_;
        const int result = open(lock, true);
        deliver_log(lock);
        if (result == MOSQ_ERR_SUCCESS) {
            return MOSQ_ERR_CONN_PENDING;
        }
        if (result == MOSQ_ERR_NOMEM || result == MOSQ_ERR_TLS || result == MOSQ_ERR_INVAL) {
            return result;
        }
    }
}

/// False when the application wants no more connection.
bool Client::pause_before_reconnecting(Lock& lock) {
    const auto pause = std::chrono::seconds(backoff_.pause(failures_));
    const auto over = [&] {
        end_wanted_ = end_wanted_ || end_by_signal_.exchange(false);
        return stop_ || end_wanted_ || transport_ != nullptr;
    };
    changed_.wait_for(lock, pause, over);
    return !stop_ && !end_wanted_;
}

// The library's own thread

int Client::start_thread() {
    Lock lock(mutex_);
    if (thread_.joinable()) {
        return MOSQ_ERR_INVAL;
    }
    stop_ = false;
    make_wakeup();
    // Signals are the program's business.
    sigset_t all;
    sigset_t before;
    sigfillset(&all);
    pthread_sigmask(SIG_SETMASK, &all, &before);
    int result = MOSQ_ERR_SUCCESS;
    try {
        thread_ = std::thread([this] { thread_main(); });
    } catch (const std::system_error& error) {
        errno = error.code().value();
        result = MOSQ_ERR_ERRNO;
    }
    pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return result;
}

void Client::thread_main() {
    {
        Lock lock(mutex_);
        changed_.wait(lock, [&] { return stop_ || !connecting_.host.empty(); });
    }
    try {
        loop_forever(day_ms);
    } catch (...) {
        // Out of memory: the thread ends, as after other errors that nothing cures.
    }
}

bool Client::on_own_thread() const {
    return thread_.get_id() == std::this_thread::get_id();
}

int Client::stop_thread(bool force) {
    if (!thread_.joinable() || on_own_thread()) {
        return MOSQ_ERR_INVAL;
    }
    {
        const Lock held(mutex_);
        stop_ = stop_ || force;
        wake();
    }
    changed_.notify_all();
    thread_.join();
    thread_ = {};
    const Lock held(mutex_);
    stop_ = false;
    runner_ = {};
    return MOSQ_ERR_SUCCESS;
}

void Client::end_thread() {
    if (thread_.joinable()) {
        stop_thread(true);
    }
}

}  // namespace mq::client
