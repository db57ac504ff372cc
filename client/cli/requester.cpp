#include "client/cli/requester.hpp"

#include "client/cli/message_payload.hpp"

#include <cstdio>

namespace mq::cli {

Requester::Requester(Options& options)
    : options_(options), interrupts_(true, options.timeout_s, options.quiet), output_(options) {}

Outcome<int> Requester::run() {
    auto payload = payload_of(options_);
    if (!payload) {
        return payload.error();
    }
    payload_ = std::move(*payload);
    if (options_.version == MQTT_PROTOCOL_V5) {
        append_property(options_.properties[for_publish], mosquitto_property_add_string,
                        MQTT_PROP_RESPONSE_TOPIC, options_.response_topic.c_str());
    }
    auto connection = Connection::create(options_, *this);
    if (!connection) {
        return connection.error();
    }
    connection_ = std::move(*connection);
    if (auto done = connection_->connect(interrupts_); !done) {
        return done.error();
    }
    while (!connection_->finished()) {
        if (connection_->lost()) {
            if (!options_.quiet) {
                std::fprintf(stderr, "Error: %s\n", mosquitto_strerror(connection_->result()));
            }
            return connection_->result();
        }
        connection_->turn(interrupts_);
        leave_when_told();
    }
    return timed_out_      ? Interrupts::exit_timed_out
           : failure_ != 0 ? failure_
                           : connection_->result();
}

void Requester::leave_when_told() {
    const bool over = !timed_out_ && interrupts_.timed_out();
    if (over) {
        timed_out_ = true;
        if (!options_.quiet) {
            std::fflush(stdout);
            std::fputs("Timed out\n", stderr);
        }
    }
    if (over || interrupts_.signalled()) {
        connection_->disconnect(MQTT_RC_DISCONNECT_WITH_WILL_MSG);
    }
}

void Requester::failed(int error, const char* what) {
    failure_ = error;
    if (!options_.quiet) {
        std::fprintf(stderr, "Error: %s: %s\n", what, mosquitto_strerror(error));
    }
    connection_->disconnect();
}

void Requester::connected() {
    const int retain = options_.no_retained ? MQTT_SUB_OPT_SEND_RETAIN_NEVER
                                            : options_.retain_handling.value_or(0);
    const int published = options_.retain_as_published ? MQTT_SUB_OPT_RETAIN_AS_PUBLISHED : 0;
    const int result = mosquitto_subscribe_v5(
        connection_->handle(), nullptr, options_.response_topic.c_str(), options_.qos,
        retain | published, options_.properties[for_subscribe].get());
    if (result != MOSQ_ERR_SUCCESS) {
        failed(result, "the response topic");
    }
}

void Requester::subscribed(int, std::span<const int> codes) {
    if (codes.empty() || codes.front() >= 128) {
        if (!options_.quiet) {
            std::fputs("The subscription to the response topic was denied.\n", stderr);
        }
        connection_->disconnect();
        return;
    }
    sent_at_ = Connection::Clock::now();
    const int result =
        mosquitto_publish_v5(connection_->handle(), nullptr, options_.topics.front().c_str(),
                             static_cast<int>(payload_.size()), payload_.data(), options_.qos,
                             options_.retain, options_.properties[for_publish].get());
    if (result != MOSQ_ERR_SUCCESS) {
        failed(result, "the request");
    }
}

void Requester::published(int id, int code) {
    if (code >= 128 && !options_.quiet) {
        std::fprintf(stderr, "Warning: the broker did not take message %d: %s.\n", id,
                     mosquitto_reason_string(code));
    }
}

void Requester::received(const ReceivedMessage& message) {
    if (answered_ || (options_.no_retained && message.retain)) {
        return;
    }
    answered_ = true;
    const auto took = Connection::Clock::now() - sent_at_;
    output_.print(message);
    if (options_.latency) {
        std::printf("Latency: %.6f s\n", std::chrono::duration<double>(took).count());
    }
    connection_->disconnect();
}

}  // namespace mq::cli
