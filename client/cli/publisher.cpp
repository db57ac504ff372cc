#include "client/cli/publisher.hpp"

#include "client/cli/reconnecting.hpp"

#include <cstdio>

namespace mq::cli {

Outcome<int> Publisher::run() {
    const bool lines = options_.source == MessageSource::lines;
    progress_ = std::make_unique<Progress>(
        options_.progress && (lines || options_.source == MessageSource::standard_input));
    if (!lines) {
        auto payload = payload_of(options_, progress_.get());
        if (!payload) {
            return payload.error();
        }
        payload_ = std::move(*payload);
    }
    auto connection = Connection::create(options_, *this);
    if (!connection) {
        return connection.error();
    }
    connection_ = std::move(*connection);
    if (auto done = connection_->connect(interrupts_); !done) {
        return done.error();
    }
    return lines ? publish_lines() : publish_message();
}

void Publisher::connected() {
    if (options_.source != MessageSource::lines && sent_ == 0) {
        send_due_ = true;
    }
}

void Publisher::published(int id, int code) {
    --waiting_;
    if (code >= 128 && !options_.quiet) {
        std::fprintf(stderr, "Warning: the broker did not take message %d: %s.\n", id,
                     mosquitto_reason_string(code));
    }
    if (options_.source != MessageSource::lines && sent_ < options_.repeat) {
        send_due_ = true;
        send_at_ =
            Connection::Clock::now() + std::chrono::duration_cast<Connection::Clock::duration>(
                                           std::chrono::duration<double>(options_.repeat_delay_s));
    }
}

/// False when nothing more is to be sent.
bool Publisher::publish(std::string_view payload) {
    ++waiting_;
    const int result =
        mosquitto_publish_v5(connection_->handle(), nullptr, options_.topics.front().c_str(),
                             static_cast<int>(payload.size()), payload.data(), options_.qos,
                             options_.retain, options_.properties[for_publish].get());
    if (result == MOSQ_ERR_SUCCESS || (result == MOSQ_ERR_NO_CONN && options_.qos > 0)) {
        return true;
    }
    --waiting_;
    if (result == MOSQ_ERR_NO_CONN || connection_->lost()) {
        return true;  // the loss is dealt with elsewhere
    }
    failure_ = result;
    if (!options_.quiet) {
        std::fprintf(stderr, "Error: the message cannot be published: %s\n",
                     mosquitto_strerror(result));
    }
    connection_->disconnect();
    return false;
}

int Publisher::lost() {
    if (!options_.quiet) {
        std::fprintf(stderr, "Error: %s\n", mosquitto_strerror(connection_->result()));
    }
    return connection_->result();
}

Outcome<int> Publisher::publish_message() {
    while (!connection_->finished()) {
        const bool due = send_due_ && Connection::Clock::now() >= send_at_;
        if (due) {
            send_due_ = false;
            ++sent_;
            publish(payload_);
        }
        if (sent_ == options_.repeat && waiting_ == 0) {
            connection_->disconnect();
        }
        if (connection_->lost()) {
            return lost();
        }
        if (connection_->finished()) {
            break;
        }
        connection_->turn(interrupts_, -1, send_due_ ? std::optional(send_at_) : std::nullopt);
    }
    return failure_ != 0 ? failure_ : connection_->result();
}

/// Whether more lines may be on their way.
bool Publisher::wants_lines() const {
    return connection_->up() && waiting_ < waiting_max &&
           !(options_.qos == 0 && mosquitto_want_write(connection_->handle()));
}

void Publisher::send_lines() {
    std::string_view line;
    while (wants_lines() && lines_.next(line)) {
        progress_->add_message(line.size() + 1);
        if (!publish(line)) {
            return;
        }
    }
    if (lines_.exhausted() && waiting_ == 0 && connection_->up() &&
        !mosquitto_want_write(connection_->handle())) {
        connection_->disconnect();
    }
}

Outcome<int> Publisher::publish_lines() {
    bool hungry = true;  // all lines that were read are sent
    while (!connection_->finished()) {
        if (connection_->lost()) {
            if (options_.qos == 0) {
                waiting_ = 0;  // nobody will tell of them any more
            }
            if (!reconnect_until_up(*connection_, interrupts_)) {
                return lost();
            }
            continue;
        }
        const bool reads = hungry && wants_lines() && !lines_.ended();
        const auto turn = connection_->turn(interrupts_, reads ? 0 : -1);
        if (turn.input) {
            if (auto done = lines_.fill(); !done) {
                std::fprintf(stderr, "Error: %s\n", done.error().text().c_str());
                failure_ = MOSQ_ERR_ERRNO;
                connection_->disconnect();
                continue;
            }
        }
        send_lines();
        hungry = wants_lines();
    }
    return failure_ != 0 ? failure_ : connection_->result();
}

}  // namespace mq::cli
