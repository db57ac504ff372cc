#include "broker/net/stream_transport.hpp"

#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/stream.hpp"
#include "broker/net/tls.hpp"
#include "mqtt/framer.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <utility>

namespace mq::broker {
namespace {

/// Packets from this size on are read into a block of their own.
constexpr std::size_t straight_bytes_min = std::size_t{32} * 1024;

template <class Stream>
std::string text_of(const Stream& stream, const StreamResult& result) {
    return result.error != 0 ? ::strerrordesc_np(result.error) : "TLS error: " + stream.failure();
}

}  // namespace

template <class Stream>
StreamTransport<Stream>::StreamTransport(Shard& shard, Listener& listener, Stream stream)
    : Transport(shard, listener), stream_(std::move(stream)) {}

template <class Stream>
void StreamTransport<Stream>::start(Shard& shard, Listener& listener, Stream stream, Peer peer,
                                    mqtt::Bytes decrypted) {
    auto* made = new StreamTransport(shard, listener, std::move(stream));
    made->interest_ = EPOLLIN;
    if (!shard.poller().add(made->stream_.descriptor(), EPOLLIN, *made)) {
        made->bury();
        return;
    }
    made->open(std::move(peer));
    if (!decrypted.empty()) {
        made->begin(decrypted);
    }
}

/// A stream between two shards.
template <class Stream>
class StreamTransport<Stream>::Detached final : public DetachedTransport {
 public:
    Detached(Listener& listener, Stream stream, Backlog backlog)
        : siblings_(listener.siblings()),
          predecessors_(listener.predecessors()),
          stream_(std::move(stream)),
          backlog_(std::move(backlog)) {}

    Outlet* attach(Connection& connection, ShardIndex self) override {
        Listener* listener = siblings_ ? siblings_(self) : nullptr;
        if (listener == nullptr || listener->predecessors() != predecessors_ ||
            !listener->admits(connection.peer)) {
            return nullptr;  // it is another one by now, or none
        }
        Shard& shard = listener->shard();
        auto* made = new StreamTransport(shard, *listener, std::move(stream_));
        made->phase_ = Phase::open;
        made->reading_ = false;
        made->backlog_ = std::move(backlog_);
        if (!shard.poller().add(made->stream_.descriptor(), 0, *made)) {
            made->bury();
            return nullptr;
        }
        made->Transport::attach(connection);
        return made;
    }

 private:
    Listener::Siblings siblings_;
    std::uint32_t predecessors_;
    Stream stream_;
    Backlog backlog_;
};

template <class Stream>
bool StreamTransport<Stream>::can_detach() const {
    return phase_ == Phase::open && !dead_ && !listener_.replaced();
}

template <class Stream>
std::unique_ptr<DetachedTransport> StreamTransport<Stream>::detach() {
    shard_.poller().remove(stream_.descriptor());
    connection_ = nullptr;
    auto detached =
        std::make_unique<Detached>(listener_, std::move(stream_), std::exchange(backlog_, {}));
    bury();
    return detached;
}

/// What follows the bytes may be in the stream already, where no event tells of it.
template <class Stream>
void StreamTransport<Stream>::begin(mqtt::Bytes decrypted) {
    if (shake_hands()) {
        take(decrypted);
        if (!dead_) {
            read();
        }
    }
}

template <class Stream>
void StreamTransport<Stream>::ready(std::uint32_t events) {
    if (dead_) {
        return;
    }
    if (phase_ == Phase::lingering) {
        discard();
        return;
    }
    if ((events & (EPOLLERR | EPOLLHUP)) != 0 && (interest_ & EPOLLIN) == 0) {
        lost("");  // nobody would read the end of the stream
        return;
    }
    if (phase_ == Phase::handshake && !shake_hands()) {
        return;
    }
    if (phase_ == Phase::open) {
        read();
    }
    if (!dead_ && blocked_) {
        blocked_ = false;
        write_or_close();
    }
}

template <class Stream>
bool StreamTransport<Stream>::shake_hands() {
    switch (stream_.handshake()) {
        case StreamState::done:
            if (connection_ != nullptr) {
                stream_.describe(connection_->peer);
            }
            phase_ = Phase::open;
            blocked_ = false;
            update_interest();
            return true;
        case StreamState::want_read:
            blocked_ = false;
            update_interest();
            return false;
        case StreamState::want_write:
            blocked_ = true;
            update_interest();
            return false;
        case StreamState::end:
            lost("");
            return false;
        case StreamState::failed:
            break;
    }
    tell_closed("TLS handshake failed: " + stream_.failure());
    shard_.linger(*this);
    linger();  // the client gets to know why
    return false;
}

template <class Stream>
void StreamTransport<Stream>::read() {
    std::size_t bytes = 0;
    for (std::size_t i = 0; i < Shard::reads_per_turn_max && bytes < Shard::read_buffer_bytes;
         ++i) {
        if (!accepts_bytes() || overfull()) {
            reading_ = false;
            update_interest();
            return;
        }
        if (!read_once(bytes)) {
            return;
        }
    }
    if (stream_.has_pending() && !dead_) {
        read_on_noted_ = true;
        shard_.note_next_turn(*this);
    }
}

/// Adds to `bytes` what has come. False when there is no more for now, or no connection any more.
template <class Stream>
bool StreamTransport<Stream>::read_once(std::size_t& bytes) {
    const auto buffer = shard_.read_buffer();
    look_ahead();
    const bool straight =
        backlog_.needed() >= straight_bytes_min && backlog_.size() < backlog_.needed();
    const std::size_t kept = straight ? 0 : backlog_.size();
    assert(kept < buffer.size());
    const auto room = straight ? backlog_.room() : buffer.subspan(kept);
    const StreamResult result = stream_.read(room);
    switch (result.state) {
        case StreamState::done:
            break;
        case StreamState::want_read:
            return false;
        case StreamState::want_write:
            blocked_ = true;
            update_interest();
            return false;
        case StreamState::end:
            lost("");
            return false;
        case StreamState::failed:
            lost(text_of(stream_, result));
            return false;
    }
    bytes += result.bytes;
    shard_.note_read(result.bytes);
    if (straight) {
        backlog_.grown(result.bytes);
        if (backlog_.is_one_packet()) {
            largest_ = std::max(largest_, static_cast<std::uint32_t>(backlog_.size()));
            looks_ahead_ = true;
        }
        take_backlog();
    } else if (kept > 0) {
        std::memcpy(buffer.data(), backlog_.bytes().data(), kept);
        backlog_ = Backlog();
        take(buffer.first(kept + result.bytes));
    } else {
        take(buffer.first(result.bytes));
    }
    return !dead_ && !result.drained;
}

/// Large packets come one after another: the next one is read into a block of its own, too, where
/// it is no larger than what the core has taken before.
template <class Stream>
void StreamTransport<Stream>::look_ahead() {
    if (!looks_ahead_ || !backlog_.empty()) {
        return;
    }
    std::array<std::uint8_t, 5> head;
    const auto framing = mqtt::cut_frame(stream_.peek(head), largest_);
    looks_ahead_ = framing && framing->kind == mqtt::Framing::Kind::incomplete &&
                   framing->needed >= straight_bytes_min;
    if (looks_ahead_) {
        backlog_.need(framing->needed);
    }
}

template <class Stream>
void StreamTransport<Stream>::read_on() {
    if (phase_ != Phase::open) {
        return;
    }
    take_backlog();
    reading_ = accepts_bytes() && !overfull();
    update_interest();
    if (reading_ && stream_.has_pending()) {
        read();
    }
}

template <class Stream>
void StreamTransport<Stream>::flush() {
    if (phase_ == Phase::open && !blocked_) {
        write();
    }
}

template <class Stream>
void StreamTransport<Stream>::write() {
    std::array<iovec, 64> parts;
    Outbox& outbox = connection_->outbox;
    std::size_t written = 0;
    while (!outbox.empty()) {
        const auto filled = std::span(parts).first(outbox.gather(parts));
        const StreamResult result = stream_.write(filled, shard_.write_buffer());
        if (result.state == StreamState::want_write) {
            blocked_ = true;
            break;
        }
        if (result.state != StreamState::done) {
            lost(text_of(stream_,
                         result));  // also for `want_read`: without renegotiation it never comes
            return;
        }
        outbox.consume(result.bytes);
        written += result.bytes;
    }
    update_interest();
    wrote(written);
    if (!dead_ && !reading_ && phase_ == Phase::open && accepts_bytes() && !overfull()) {
        resume();
    }
}

template <class Stream>
void StreamTransport<Stream>::close() {
    if (phase_ == Phase::handshake) {
        tell_closed("");
        bury();
        return;
    }
    if (phase_ != Phase::open) {
        return;
    }
    phase_ = Phase::closing;
    answered_ = !connection_->outbox.empty();
    shard_.linger(*this);
    if (!blocked_) {
        write_or_close();
    } else {
        update_interest();
    }
}

template <class Stream>
void StreamTransport<Stream>::write_or_close() {
    if (connection_ != nullptr) {
        write();
    }
    if (dead_ || phase_ != Phase::closing || blocked_) {
        return;
    }
    tell_closed("");
    stream_.finish();
    if (answered_) {
        linger();
    } else {
        bury();
    }
}

/// Leaves the reading side open until the peer has closed too: closing with unread bytes would
/// reset the connection, and with it the last words that were just written.
template <class Stream>
void StreamTransport<Stream>::linger() {
    ::shutdown(stream_.descriptor(), SHUT_WR);
    phase_ = Phase::lingering;
    reading_ = true;
    update_interest();
    discard();
}

template <class Stream>
void StreamTransport<Stream>::discard() {
    if (!discard_input(stream_.descriptor(), shard_.write_buffer())) {
        bury();
    }
}

template <class Stream>
void StreamTransport<Stream>::abandon() {
    tell_closed("");
    bury();
}

template <class Stream>
void StreamTransport<Stream>::lost(std::string_view reason) {
    tell_closed(reason);
    bury();
}

template <class Stream>
void StreamTransport<Stream>::update_interest() {
    const std::uint32_t wanted =
        (reading_ && phase_ != Phase::closing ? EPOLLIN : 0U) | (blocked_ ? EPOLLOUT : 0U);
    if (wanted != interest_ && !dead_) {
        interest_ = wanted;
        shard_.poller().change(stream_.descriptor(), wanted, *this);
    }
}

template class StreamTransport<PlainStream>;
template class StreamTransport<TlsStream>;

}  // namespace mq::broker
