#include "client/lib/client.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

/// The half of Client that writes.
namespace mq::client {
namespace {

/// With this much waiting, a publisher writes by itself though there is a thread for it.
constexpr std::size_t gathered_max = 64 * std::size_t{1024};

}  // namespace

/// Writes what goes without waiting.
int Client::flush() {
    if (!transport_ || !transport_->open()) {
        return MOSQ_ERR_SUCCESS;
    }
    if (transport_->has_own_output()) {
        const Io io = transport_->write_own_output();
        if (!io.ok()) {
            return io.waits() ? MOSQ_ERR_SUCCESS : io.error;
        }
    }
    while (!session_.output().empty()) {
        const mqtt::Bytes waiting = session_.output().waiting();
        const Io io = transport_->write(waiting);
        if (!io.ok()) {
            return io.waits() ? MOSQ_ERR_SUCCESS : io.error;
        }
        session_.wrote(io.size, now());
    }
    return MOSQ_ERR_SUCCESS;
}

/// What a loop does to write: also tells what was written, and ends a connection that DISCONNECT
/// was the last to go through.
int Client::flush_and_tell(Lock& lock) {
    const std::uint64_t epoch = epoch_;
    const int result = flush();
    tell_completions(lock);
    if (epoch_ != epoch) {
        return MOSQ_ERR_SUCCESS;
    }
    if (result != MOSQ_ERR_SUCCESS) {
        return finish(lock, result);
    }
    if (session_.phase() == Session::Phase::leaving && session_.output().empty() &&
        !transport_->has_own_output()) {
        close(lock, MOSQ_ERR_SUCCESS, {});
    }
    return MOSQ_ERR_SUCCESS;
}

void Client::tell_completions(Lock& lock) {
    while (const auto completion = session_.next_completion()) {
        if (callbacks_.publish != nullptr || callbacks_.publish_v5 != nullptr) {
            // without properties nothing can be wrong with them
            static_cast<void>(deliver_published(
                lock, completion->mid, static_cast<int>(completion->reason), {}, CMD_PUBACK));
        }
    }
}

/// After something was put into the output by the application.
int Client::after_request(Lock& lock) {
    if (in_callback() || !transport_) {
        return MOSQ_ERR_SUCCESS;
    }
    if (wakeup_ && another_thread_loops()) {
        const int result =
            session_.output().size() >= gathered_max ? flush() : int{MOSQ_ERR_SUCCESS};
        wake();
        return result;
    }
    const int result = flush_and_tell(lock);
    if (!session_.output().empty()) {
        wake();
    }
    return result;
}

/// Whether somebody else is about to write what is in the output.
bool Client::another_thread_loops() const {
    const std::thread::id none;
    const std::thread::id here = std::this_thread::get_id();
    return (runner_ != none && runner_ != here) || (polling_ && polling_thread_ != here);
}

/// Makes the thread that waits for the socket look around.
void Client::wake() {
    if (polling_ && !woken_ && wakeup_) {
        const std::uint64_t one = 1;
        static_cast<void>(::write(wakeup_.get(), &one, sizeof(one)));
        woken_ = true;
    }
}

bool Client::make_wakeup() {
    if (!wakeup_ && !without_wakeup_) {
        wakeup_ = Descriptor(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC));
    }
    return static_cast<bool>(wakeup_);
}

// Requests

int Client::publish(const Publication& publication, int* mid) {
    Lock lock(mutex_);
    int result = session_.publish(publication, mid);
    if (result == MOSQ_ERR_SUCCESS) {
        result = after_request(lock);
    }
    deliver_log(lock);
    return result;
}

int Client::subscribe(const SubscribeRequest& request, int* mid) {
    Lock lock(mutex_);
    int result = session_.subscribe(request, mid);
    if (result == MOSQ_ERR_SUCCESS) {
        result = after_request(lock);
    }
    deliver_log(lock);
    return result;
}

int Client::unsubscribe(const UnsubscribeRequest& request, int* mid) {
    Lock lock(mutex_);
    int result = session_.unsubscribe(request, mid);
    if (result == MOSQ_ERR_SUCCESS) {
        result = after_request(lock);
    }
    deliver_log(lock);
    return result;
}

int Client::authenticate(mqtt::Bytes properties) {
    Lock lock(mutex_);
    int result = session_.authenticate(properties);
    if (result == MOSQ_ERR_SUCCESS) {
        result = after_request(lock);
    }
    deliver_log(lock);
    return result;
}

}  // namespace mq::client
