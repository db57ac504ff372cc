#include "client/cli/bench_client.hpp"

#include <cerrno>
#include <sys/epoll.h>
#include <unistd.h>
#include <utility>

namespace mq::cli {
namespace {

constexpr int refused_from = 128;

BenchClient& self_of(void* object) {
    return *static_cast<BenchClient*>(object);
}

}  // namespace

BenchClient::~BenchClient() = default;

Outcome<void> BenchClient::create(Options& options) {
    const std::string prefix = options.id_prefix.value_or("mqbench-");
    options.id = prefix + std::to_string(::getpid()) + "-" + std::to_string(number_);
    const auto kept = std::exchange(options.id_prefix, std::nullopt);  // it would win
    auto client = make_client(options);
    options.id_prefix = kept;
    if (!client) {
        return client.error();
    }
    client_ = std::move(*client);
    mosquitto_user_data_set(client_.get(), this);
    set_callbacks();
    return apply_settings(options, client_.get());
}

void BenchClient::set_callbacks() {
    mosquitto* const client = client_.get();
    mosquitto_connect_v5_callback_set(
        client, [](mosquitto*, void* self, int code, int, const mosquitto_property*) {
            self_of(self).answered(code);
        });
    mosquitto_disconnect_callback_set(
        client, [](mosquitto*, void* self, int error) { self_of(self).over(error); });
    mosquitto_publish_callback_set(client, [](mosquitto*, void* self, int) {
        self_of(self).events_.completed(self_of(self));
    });
    mosquitto_subscribe_callback_set(
        client, [](mosquitto*, void* self, int, int count, const int* granted) {
            self_of(self).events_.subscribed(self_of(self), count > 0 && *granted < refused_from);
        });
    mosquitto_message_callback_set(
        client, [](mosquitto*, void* self, const mosquitto_message* message) {
            self_of(self).events_.received(self_of(self),
                                           {static_cast<const char*>(message->payload),
                                            static_cast<std::size_t>(message->payloadlen)});
        });
}

int BenchClient::connect() {
    refused_ = 0;
    watched_ = -1;
    const int result = connect_client(options_, client_.get());
    const int reason = errno;
    watch();
    errno = reason;
    return result;
}

void BenchClient::disconnect() {
    mosquitto_disconnect(client_.get());
    watch();
}

int BenchClient::subscribe(const std::string& filter) {
    const int result = mosquitto_subscribe(client_.get(), nullptr, filter.c_str(), options_.qos);
    watch();
    return result;
}

int BenchClient::publish(const std::string& topic, std::string_view payload) {
    const int result =
        mosquitto_publish(client_.get(), nullptr, topic.c_str(), static_cast<int>(payload.size()),
                          payload.data(), options_.qos, false);
    watch();
    return result;
}

void BenchClient::ready(std::uint32_t happened) {
    if ((happened & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0) {
        mosquitto_loop_read(client_.get(), 1);
    }
    if ((happened & EPOLLOUT) != 0 && mosquitto_socket(client_.get()) >= 0) {
        mosquitto_loop_write(client_.get(), 1);
    }
    watch();
}

void BenchClient::tick() {
    if (mosquitto_socket(client_.get()) >= 0) {
        mosquitto_loop_misc(client_.get());
        watch();
    }
}

void BenchClient::answered(int code) {
    if (code == 0) {
        up_ = true;
        events_.connected(*this);
        return;
    }
    refused_ = code;
    mosquitto_disconnect(client_.get());
}

void BenchClient::over(int error) {
    up_ = false;
    watched_ = -1;
    const char* why = error == MOSQ_ERR_SUCCESS ? nullptr : mosquitto_strerror(error);
    if (refused_ != 0) {
        why = refusal_text(options_, refused_);
    }
    events_.closed(*this, why);
}

/// Lets the poller watch what there is to watch. A descriptor that was closed has left it by
/// itself, and its number may be that of the next connection.
void BenchClient::watch() {
    const int now = mosquitto_socket(client_.get());
    const bool wants_write = now >= 0 && mosquitto_want_write(client_.get());
    if (now >= 0 && (now != watched_ || wants_write != clogged_)) {
        epoll_event event{};
        event.events = EPOLLIN | (wants_write ? EPOLLOUT : 0U);
        event.data.ptr = this;
        if (::epoll_ctl(poller_, EPOLL_CTL_MOD, now, &event) != 0) {
            ::epoll_ctl(poller_, EPOLL_CTL_ADD, now, &event);
        }
    }
    watched_ = now;
    clogged_ = wants_write;
}

}  // namespace mq::cli
