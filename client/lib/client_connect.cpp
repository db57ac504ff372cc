#include "client/lib/client.hpp"
#include "client/lib/encoded_list.hpp"

#include <algorithm>
#include <cerrno>
#include <poll.h>
#include <random>
#include <string_view>

/// The half of Client that makes connections and ends them.
namespace mq::client {
namespace {

/// How long a connect that waits takes at most, for all addresses and layers together.
constexpr Time open_wait_max_ms = 60'000;

std::string host_header(const Connecting& connecting) {
    if (connecting.port == 0) {
        return "localhost";
    }
    const bool usual = connecting.port == (connecting.tls && connecting.tls->enabled() ? 443 : 80);
    const bool is_v6 = connecting.host.find(':') != std::string::npos;
    const std::string host = is_v6 ? "[" + connecting.host + "]" : connecting.host;
    return usual ? host : host + ":" + std::to_string(connecting.port);
}

/// MQTT 3.1 has no id that the broker gives. As long as it allows, with 18 letters by chance.
std::string made_up_id() {
    constexpr std::string_view letters =
        "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
    std::string id = "mosq-";
    std::random_device random;
    while (id.size() < MOSQ_MQTT_ID_MAX_LENGTH) {
        id += letters[random() % letters.size()];
    }
    return id;
}

std::unique_ptr<ConnectProperties> noted(const mosquitto_property* list) {
    if (list == nullptr) {
        return nullptr;
    }
    auto note = std::make_unique<ConnectProperties>();
    note->encoded = encoded(list);
    if (const auto* property = find_in(list, MQTT_PROP_RECEIVE_MAXIMUM)) {
        note->receive_maximum = static_cast<std::uint16_t>(property->number);
    }
    if (const auto* property = find_in(list, MQTT_PROP_TOPIC_ALIAS_MAXIMUM)) {
        note->topic_alias_maximum = static_cast<std::uint16_t>(property->number);
    }
    if (const auto* property = find_in(list, MQTT_PROP_MAXIMUM_PACKET_SIZE)) {
        note->maximum_packet_size = property->number;
    }
    return note;
}

}  // namespace

int Client::connect(const Target& target, bool wait) {
    Lock lock(mutex_);
    connecting_.host = target.host;
    connecting_.port = static_cast<std::uint16_t>(target.port);
    if (target.bind_address != nullptr) {
        connecting_.bind_address = target.bind_address;
    }
    settings_.keep_alive = static_cast<std::uint16_t>(target.keep_alive);
    settings_.connect_properties = noted(target.properties);
    end_wanted_ = false;
    failures_ = 0;
    const int result = open(lock, wait);
    changed_.notify_all();  // the thread may wait for this
    deliver_log(lock);
    return result;
}

int Client::reconnect(bool wait) {
    Lock lock(mutex_);
    if (connecting_.host.empty()) {
        return MOSQ_ERR_INVAL;
    }
    end_wanted_ = false;
    const int result = open(lock, wait);
    deliver_log(lock);
    return result;
}

int Client::disconnect(int reason, const mosquitto_property* properties) {
    if (mutex_.is_held_here()) {
        end_by_signal_ = true;
        return MOSQ_ERR_SUCCESS;
    }
    const EncodedProperties list = encoded(properties);
    Lock lock(mutex_);
    end_wanted_ = true;
    changed_.notify_all();  // no more attempts to reconnect
    int result = session_.disconnect(static_cast<std::uint8_t>(reason), list);
    if (result == MOSQ_ERR_SUCCESS) {
        result = after_request(lock);
    }
    deliver_log(lock);
    return result;
}

/// Replaces the connection. The lock is released while the host is looked up and, if we are to wait
/// until the connection is open, meanwhile too.
int Client::open(Lock& lock, bool wait) {
    let_go_of_socket(lock);
    transport_.reset();
    session_.closed();
    const std::uint64_t epoch = ++epoch_;
    announce_attempt(lock);
    if (settings_.version == mqtt::Version::v3_1 && !settings_.client_id) {
        settings_.client_id = made_up_id();
    }
    int result = prepare_tls();
    if (result != MOSQ_ERR_SUCCESS) {
        return result;
    }
    auto transport = std::make_unique<Transport>();
    result = start(lock, *transport, wait);
    if (result != MOSQ_ERR_SUCCESS) {
        return result;
    }
    if (epoch_ != epoch) {
        return MOSQ_ERR_SUCCESS;  // another thread was quicker
    }
    transport_ = std::move(transport);
    ++epoch_;
    session_.open(now());
    return after_request(lock);
}

int Client::prepare_tls() {
    const auto& tls = connecting_.tls;
    if (!tls || !tls->enabled() || tls_context_) {
        return MOSQ_ERR_SUCCESS;
    }
    return make_tls_context(*tls, handle(), log_, tls_context_);
}

Route Client::route() const {
    Route route;
    route.broker = {connecting_.host, connecting_.port, connecting_.bind_address,
                    connecting_.no_delay};
    route.proxy = connecting_.port == 0 ? nullptr : connecting_.proxy.get();
    if (connecting_.tls && connecting_.tls->enabled()) {
        route.tls = connecting_.tls.get();
        route.tls_context = tls_context_.get();
    }
    if (connecting_.by_websocket) {
        route.websocket = connecting_.websocket ? *connecting_.websocket : WebSocketTarget();
        route.websocket->host = host_header(connecting_);
    }
    return route;
}

int Client::start(Lock& lock, Transport& transport, bool wait) {
    const Route to = route();
    LogLines log;
    log.turn(log_.on());
    make_wakeup();
    lock.unlock();
    int result = transport.start(to);
    if (result == MOSQ_ERR_SUCCESS && wait) {
        result = wait_until_open(transport, log);
    }
    const int reason = errno;
    lock.lock();
    for (const LogLine& line : log.take()) {
        log_.add(line.level, "%s", line.text.c_str());
    }
    errno = reason;
    return result;
}

/// Without the lock. The wake-up is looked at as well, so that the thread ends when it is told to.
int Client::wait_until_open(Transport& transport, LogLines& log) {
    const Time until = now() + open_wait_max_ms;
    while (true) {
        const Io io = transport.advance(log);
        if (!io.waits()) {
            return io.ok() ? int{MOSQ_ERR_SUCCESS} : io.error;
        }
        const Time left = until - now();
        if (left <= 0) {
            errno = ETIMEDOUT;
            return MOSQ_ERR_ERRNO;
        }
        constexpr Time slice_ms = 200;
        pollfd waiting = {transport.fd(),
                          static_cast<short>(transport.waits_to_write() ? POLLOUT : POLLIN), 0};
        static_cast<void>(::poll(&waiting, 1, static_cast<int>(std::min(left, slice_ms))));
        const Lock held(mutex_);
        if (stop_) {
            return MOSQ_ERR_NO_CONN;
        }
    }
}

// The end

/// Nobody waits for the socket any more, and nobody begins to before this thread gives up the lock.
void Client::let_go_of_socket(Lock& lock) {
    const bool beneath_us = polling_thread_ == std::this_thread::get_id();  // in a signal handler
    if (!polling_ || beneath_us) {
        return;
    }
    ++closers_;
    changed_.wait(lock, [&] {
        wake();  // without a wake-up it comes back when its time is over
        return !polling_;
    });
    --closers_;
    changed_.notify_all();
}

/// Ends the connection and tells the application why.
void Client::close(Lock& lock, int reason, mqtt::Bytes properties) {
    let_go_of_socket(lock);
    if (!transport_) {
        return;
    }
    const bool said_goodbye = session_.phase() == Session::Phase::leaving;
    if (said_goodbye) {
        transport_->say_goodbye();
    }
    transport_.reset();
    session_.closed();
    ++epoch_;
    deliver_disconnect(lock, reason, properties);
}

/// The connection has broken: what a function of the loop returns. Errno survives.
int Client::finish(Lock& lock, int reason) {
    const int saved = errno;
    const int result = end_wanted_ ? int{MOSQ_ERR_SUCCESS} : reason;
    close(lock, result, {});
    errno = saved;
    return result;
}

}  // namespace mq::client
