#include "client/cli/subscriber.hpp"

#include "client/cli/reconnecting.hpp"
#include "client/cli/standard_output.hpp"

#include <algorithm>
#include <cstdio>
#include <vector>

namespace mq::cli {

Subscriber::Subscriber(Options& options)
    : options_(options),
      interrupts_(true, options.timeout_s, options.quiet),
      output_(options),
      random_(std::random_device{}()) {}

Outcome<int> Subscriber::run() {
    auto connection = Connection::create(options_, *this);
    if (!connection) {
        return connection.error();
    }
    connection_ = std::move(*connection);
    if (auto done = connection_->connect(interrupts_); !done) {
        return done.error();
    }
    rate_at_ = Connection::Clock::now() + std::chrono::seconds(1);
    while (!connection_->finished()) {
        if (connection_->lost()) {
            removals_ = 0;
            if (leaving_ || !reconnect_until_up(*connection_, interrupts_)) {
                failed_ = !leaving_ && !interrupts_.signalled() && !interrupts_.timed_out();
                break;
            }
            continue;
        }
        connection_->turn(interrupts_, -1,
                          options_.message_rate ? std::optional(rate_at_) : std::nullopt);
        leave_when_told();
        show_rate();
    }
    leave_when_told();
    return exit_code();
}

int Subscriber::exit_code() const {
    if (failed_ && !options_.quiet) {
        std::fprintf(stderr, "Error: %s\n", mosquitto_strerror(connection_->result()));
    }
    if ((timed_out_ || interrupts_.signalled()) && !connection_->was_up()) {
        return Interrupts::exit_not_connected;
    }
    if (timed_out_) {
        return Interrupts::exit_timed_out;
    }
    if (interrupts_.signalled()) {
        return 0;
    }
    return leaving_ ? 0 : connection_->result();
}

/// Does what a signal or the time limit asks for.
void Subscriber::leave_when_told() {
    const bool over = !timed_out_ && interrupts_.timed_out();
    if (over) {
        timed_out_ = true;
        if (!options_.quiet) {
            std::fflush(stdout);
            std::fputs("Timed out\n", stderr);
        }
    }
    if (over || interrupts_.signalled()) {
        leaving_ = true;
        connection_->disconnect(MQTT_RC_DISCONNECT_WITH_WILL_MSG);
    }
}

void Subscriber::leave() {
    leaving_ = true;
    if (removals_ == 0) {
        connection_->disconnect();
    }
}

int Subscriber::subscribe_options() const {
    int result = options_.retain_handling.value_or(MQTT_SUB_OPT_SEND_RETAIN_ALWAYS);
    if (options_.no_retained) {
        result = MQTT_SUB_OPT_SEND_RETAIN_NEVER;
    }
    return result | (options_.retain_as_published ? MQTT_SUB_OPT_RETAIN_AS_PUBLISHED : 0);
}

void Subscriber::connected() {
    std::vector<char*> filters;
    for (auto& filter : options_.topics) {
        filters.push_back(filter.data());
    }
    int result = MOSQ_ERR_SUCCESS;
    if (!filters.empty()) {
        result = mosquitto_subscribe_multiple(
            connection_->handle(), nullptr, static_cast<int>(filters.size()), filters.data(),
            options_.qos, subscribe_options(), options_.properties[for_subscribe].get());
    }
    for (const auto& filter : options_.unsubscribe) {
        if (result == MOSQ_ERR_SUCCESS) {
            result = mosquitto_unsubscribe_v5(connection_->handle(), nullptr, filter.c_str(),
                                              options_.properties[for_unsubscribe].get());
        }
    }
    if (result != MOSQ_ERR_SUCCESS) {
        if (!options_.quiet) {
            std::fprintf(stderr, "Error: the subscription cannot be asked for: %s\n",
                         mosquitto_strerror(result));
        }
        leave();
    }
}

void Subscriber::subscribed(int id, std::span<const int> codes) {
    if (options_.debug) {
        std::printf("Subscribed (mid: %d): ", id);
        for (std::size_t i = 0; i < codes.size(); ++i) {
            std::printf("%s%d", i == 0 ? "" : ", ", codes[i]);
        }
        std::printf("\n");
    }
    if (std::all_of(codes.begin(), codes.end(), [](int code) { return code >= 128; })) {
        if (!options_.quiet) {
            std::fflush(stdout);
            std::fputs("All subscription requests were denied.\n", stderr);
        }
        leave();
    } else if (options_.exit_after_subscribe) {
        leave();
    }
}

void Subscriber::published(int, int) {
    if (removals_ > 0 && --removals_ == 0 && leaving_) {
        connection_->disconnect();
    }
}

bool Subscriber::filtered_out(const ReceivedMessage& message) {
    if (message.retain && options_.no_retained) {
        return true;
    }
    return std::any_of(
        options_.filter_out.begin(), options_.filter_out.end(), [&](const std::string& filter) {
            bool matches = false;
            mosquitto_topic_matches_sub(filter.c_str(), message.topic.data(), &matches);
            return matches;
        });
}

void Subscriber::remove_retained(const ReceivedMessage& message) {
    ++removals_;
    if (mosquitto_publish(connection_->handle(), nullptr, message.topic.data(), 0, nullptr, 1,
                          true) != MOSQ_ERR_SUCCESS) {
        --removals_;
    }
}

void Subscriber::received(const ReceivedMessage& message) {
    if (leaving_) {
        return;
    }
    if (options_.retained_only && !message.retain) {
        leave();
        return;
    }
    if (filtered_out(message)) {
        return;
    }
    const bool shown = show(message);
    // The broker's copy goes when ours is out.
    if (options_.remove_retained && message.retain && flush_output()) {
        remove_retained(message);
    }
    if (shown && options_.count > 0 && ++shown_ >= options_.count) {
        leave();
    }
}

/// False for those that chance leaves out.
bool Subscriber::show(const ReceivedMessage& message) {
    if (options_.message_rate) {
        ++received_since_;
    } else if (options_.percent_of_100 >= 10000 || random_() % 10000 < options_.percent_of_100) {
        output_.print(message);
    } else {
        return false;
    }
    return true;
}

void Subscriber::show_rate() {
    const auto now = Connection::Clock::now();
    if (!options_.message_rate || now < rate_at_) {
        return;
    }
    std::printf("%ld\n", received_since_);
    received_since_ = 0;
    rate_at_ = now + std::chrono::seconds(1);
}

}  // namespace mq::cli
