#include "broker/net/transport.hpp"

#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "mqtt/framer.hpp"

#include <cstdint>
#include <utility>

namespace mq::broker {

Transport::Transport(Shard& shard, Listener& listener) : shard_(shard), listener_(listener) {
    shard_.adopt(*this);
    listener_.opened();
}

Transport::~Transport() {
    listener_.closed();
}

void Transport::open(Peer peer) {
    if (listener_.gone()) {
        return shard_.set_deadline(*this, shard_.now());
    }
    connection_ = &shard_.broker().open(*this, listener_.settings(), std::move(peer), shard_.now());
}

void Transport::attach(Connection& connection) {
    connection_ = &connection;
    connection.listener = &listener_.settings();
}

void Transport::flush_later() {
    flush_noted_ = true;
    note();
}

void Transport::close_later() {
    close_noted_ = true;
    note();
}

void Transport::resume() {
    read_on_noted_ = true;
    note();
}

void Transport::note() {
    if (!noted_) {
        noted_ = true;
        shard_.note(*this);
    }
}

void Transport::finish_turn() {
    noted_ = false;
    if (dead_) {
        return;
    }
    if (std::exchange(read_on_noted_, false) && !close_noted_) {
        read_on();
    }
    if (dead_) {
        return;
    }
    if (std::exchange(close_noted_, false)) {
        flush_noted_ = false;
        close();
    } else if (std::exchange(flush_noted_, false)) {
        flush();
    }
}

bool Transport::accepts_bytes() const {
    return connection_ != nullptr && connection_->state != ConnectionState::awaiting_login &&
           connection_->state != ConnectionState::closing && !connection_->held;
}

bool Transport::overfull() const {
    return connection_ != nullptr && connection_->outbox.size() > unread_answers_bytes_max;
}

void Transport::take(mqtt::Bytes bytes) {
    if (!backlog_.empty()) {
        backlog_.append(bytes);
        take_backlog();
    } else if (connection_ != nullptr) {
        const std::size_t n = shard_.broker().receive(*connection_, bytes, shard_.now());
        keep(bytes.subspan(n));
    }
}

void Transport::take_backlog() {
    if (backlog_.empty() || !accepts_bytes() || backlog_.size() < backlog_.needed()) {
        return;
    }
    Broker& broker = shard_.broker();
    const std::size_t n = backlog_.is_one_packet()
                              ? broker.receive(*connection_, backlog_.block(), shard_.now())
                              : broker.receive(*connection_, backlog_.bytes(), shard_.now());
    backlog_.consume(n);
    keep({});
}

/// How large the packet is that these bytes begin, if the core would take it and it is not
/// complete.
std::size_t Transport::needed(mqtt::Bytes bytes) const {
    // The core has refused what is malformed or too large, so only the size is of interest.
    const auto framing = mqtt::cut_frame(bytes, SIZE_MAX);
    const bool incomplete = framing && framing->kind == mqtt::Framing::Kind::incomplete;
    return accepts_bytes() && incomplete ? framing->needed : 0;
}

/// `rest` comes behind the backlog, of which nothing can be consumed now.
void Transport::keep(mqtt::Bytes rest) {
    if (connection_ == nullptr || connection_->state == ConnectionState::closing) {
        backlog_ = Backlog();
        return;
    }
    if (!rest.empty()) {
        if (backlog_.empty()) {
            backlog_.need(needed(rest));
        }
        backlog_.append(rest);
    }
    if (!backlog_.empty()) {
        backlog_.need(needed(backlog_.bytes()));
    }
}

void Transport::wrote(std::size_t bytes) {
    if (bytes > 0 && connection_ != nullptr) {
        shard_.broker().flushed(*connection_, bytes, shard_.now());
        if (connection_->outbox.empty()) {
            shard_.lend_buffer(*this);
        }
    }
}

/// The core closes those that it knows of, and those that linger have a deadline.
void Transport::stop() {
    if (connection_ == nullptr && deadline == never) {
        abandon();
    }
}

void Transport::release_buffer() {
    if (connection_ != nullptr && connection_->outbox.empty()) {
        mqtt::Buffer none;
        connection_->outbox.swap_buffer(none);
    }
}

void Transport::tell_closed(std::string_view reason) {
    if (connection_ != nullptr) {
        shard_.broker().closed(*std::exchange(connection_, nullptr), reason, shard_.now());
        backlog_ = Backlog();
    }
}

void Transport::bury() {
    if (!dead_) {
        dead_ = true;
        shard_.forget(*this);
        shard_.bury(*this);
    }
}

}  // namespace mq::broker
