#include "client/cli/connection.hpp"

#include "client/cli/standard_output.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <poll.h>

namespace mq::cli {
namespace {

constexpr std::chrono::milliseconds turn_max{1000};

int milliseconds_until(Connection::Clock::time_point until) {
    const auto left =
        std::chrono::ceil<std::chrono::milliseconds>(until - Connection::Clock::now());
    return static_cast<int>(std::clamp(left, std::chrono::milliseconds(0), turn_max).count());
}

}  // namespace

Outcome<std::unique_ptr<Connection>> Connection::create(const Options& options,
                                                        ConnectionEvents& events) {
    auto client = make_client(options);
    if (!client) {
        return client.error();
    }
    std::unique_ptr<Connection> connection(new Connection(options, events, std::move(*client)));
    mosquitto_user_data_set(connection->handle(), connection.get());
    connection->set_callbacks();
    if (auto done = apply_settings(options, connection->handle()); !done) {
        return done.error();
    }
    return connection;
}

Connection::~Connection() = default;

void Connection::set_callbacks() {
    mosquitto* const client = client_.get();
    mosquitto_connect_v5_callback_set(
        client, [](mosquitto*, void* self, int code, int, const mosquitto_property*) {
            static_cast<Connection*>(self)->answered(code);
        });
    mosquitto_disconnect_v5_callback_set(
        client, [](mosquitto*, void* self, int error, const mosquitto_property*) {
            static_cast<Connection*>(self)->closed(error);
        });
    mosquitto_publish_v5_callback_set(
        client, [](mosquitto*, void* self, int id, int code, const mosquitto_property*) {
            static_cast<Connection*>(self)->events_.published(id, code);
        });
    mosquitto_subscribe_v5_callback_set(client, [](mosquitto*, void* self, int id, int count,
                                                   const int* codes, const mosquitto_property*) {
        static_cast<Connection*>(self)->events_.subscribed(
            id, std::span(codes, static_cast<std::size_t>(count)));
    });
    mosquitto_message_v5_callback_set(
        client, [](mosquitto*, void* self, const mosquitto_message* message,
                   const mosquitto_property* properties) {
            ReceivedMessage received;
            received.topic = message->topic;
            received.payload = {static_cast<const char*>(message->payload),
                                static_cast<std::size_t>(message->payloadlen)};
            received.qos = message->qos;
            received.retain = message->retain;
            received.id = message->mid;
            received.properties = properties;
            ::clock_gettime(CLOCK_REALTIME, &received.time);
            static_cast<Connection*>(self)->events_.received(received);
        });
    if (options_.debug) {
        mosquitto_log_callback_set(
            client, [](mosquitto*, void*, int, const char* line) { std::printf("%s\n", line); });
    } else if (!options_.quiet) {
        mosquitto_log_callback_set(client, tell_error);
    }
}

Outcome<void> Connection::opened(int result) {
    if (result == MOSQ_ERR_SUCCESS) {
        lost_ = false;
        return {};
    }
    return connection_problem(options_, error_text(result));
}

Outcome<void> Connection::connect(Interrupts& interrupts) {
    const Interrupts::EndAtOnce meanwhile(interrupts);
    std::fflush(stdout);
    return opened(connect_client(options_, client_.get()));
}

Outcome<void> Connection::reconnect(Interrupts& interrupts) {
    const Interrupts::EndAtOnce meanwhile(interrupts);
    std::fflush(stdout);
    return opened(mosquitto_reconnect(client_.get()));
}

void Connection::answered(int code) {
    if (code == 0) {
        up_ = was_up_ = true;
        lost_ = false;
        result_ = 0;
        events_.connected();
        return;
    }
    result_ = code;
    finished_ = true;
    if (!options_.quiet) {
        std::fprintf(stderr, "Connection error: %s\n", refusal_text(options_, code));
    }
}

void Connection::closed(int error) {
    up_ = false;
    if (finished_) {
        return;
    }
    if (leaving_ || error == MOSQ_ERR_SUCCESS) {
        finished_ = true;
        return;
    }
    lost_ = true;
    result_ = error;
}

void Connection::network(short happened) {
    mosquitto* const client = client_.get();
    if ((happened & (POLLIN | POLLHUP | POLLERR)) != 0) {
        mosquitto_loop_read(client, 1);
    }
    if ((happened & POLLOUT) != 0) {
        mosquitto_loop_write(client, 1);
    }
    mosquitto_loop_misc(client);
    if (mosquitto_socket(client) < 0 && !finished_ && !lost_) {
        closed(MOSQ_ERR_CONN_LOST);
    }
}

Connection::Turn Connection::turn(Interrupts& interrupts, int input,
                                  std::optional<Clock::time_point> until) {
    // What was printed is seen before we wait. What cannot be printed is lost, and with it what we
    // would go on to acknowledge.
    if (!flush_output()) {
        finished_ = true;
        return {};
    }
    const auto latest = std::min(until.value_or(Clock::time_point::max()),
                                 interrupts.deadline().value_or(Clock::time_point::max()));
    const int timeout = latest == Clock::time_point::max() ? static_cast<int>(turn_max.count())
                                                           : milliseconds_until(latest);
    const bool writes = mosquitto_want_write(client_.get());
    std::array<pollfd, 3> waiting{pollfd{mosquitto_socket(client_.get()),
                                         static_cast<short>(POLLIN | (writes ? POLLOUT : 0)), 0},
                                  pollfd{interrupts.descriptor(), POLLIN, 0},
                                  pollfd{input, POLLIN, 0}};
    const bool any = ::poll(waiting.data(), waiting.size(), timeout) > 0;
    if (any && waiting[1].revents != 0) {
        interrupts.take_signal();
    }
    if (waiting[0].fd >= 0) {
        network(any ? waiting[0].revents : short{0});
    }
    return {any && waiting[2].revents != 0};
}

void Connection::disconnect(int code) {
    if (leaving_ || finished_) {
        return;
    }
    leaving_ = true;
    if (mosquitto_disconnect_v5(client_.get(), code, options_.properties[for_disconnect].get()) !=
            MOSQ_ERR_SUCCESS ||
        !up_) {
        finished_ = true;  // nobody has answered yet, and perhaps nobody will
    }
}

}  // namespace mq::cli
