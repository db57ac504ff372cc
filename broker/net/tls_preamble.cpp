#include "broker/net/tls_preamble.hpp"

#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/stream_transport.hpp"
#include "broker/net/tls_bridge.hpp"

#include <cstring>
#include <span>
#include <sys/socket.h>
#include <utility>

namespace mq::broker {

/// In the handshake what comes is told once, so that it need not be waited for anew while a step is
/// away.
void TlsPreamble::start(Shard& shard, Listener& listener, TlsStream stream, Peer peer, Inner inner,
                        Time until) {
    auto* made = new TlsPreamble(shard, listener, std::move(stream), std::move(peer), inner);
    made->interest_ = EPOLLIN | EPOLLET;
    if (!shard.poller().add(made->stream().descriptor(), made->interest_, *made)) {
        made->bury();
        return;
    }
    shard.set_deadline(*made, until);
}

TlsPreamble::TlsPreamble(Shard& shard, Listener& listener, TlsStream stream, Peer peer, Inner inner)
    : shard_(shard),
      listener_(listener),
      step_(std::make_unique<HandshakeStep>(std::move(stream), static_cast<Owner&>(*this))),
      peer_(std::move(peer)),
      inner_(inner) {
    shard_.adopt(*this);
    listener_.opened();
}

TlsPreamble::~TlsPreamble() {
    if (away_) {
        shard_.poller().remove(stream().descriptor());
        shard_.handshakes().give_up(std::move(step_));
    }
    if (counted_) {
        listener_.closed();
    }
}

void TlsPreamble::ready(std::uint32_t) {
    if (dead_ || away_) {
        again_ = true;
        return;
    }
    go_on();
}

void TlsPreamble::go_on() {
    if (listener_.gone() && phase_ != Phase::lingering) {
        deny("the listener is gone");
        return;
    }
    if (phase_ == Phase::lingering) {
        if (!discard_input(stream().descriptor(), shard_.write_buffer())) {
            bury();
        }
        return;
    }
    if (phase_ == Phase::handshake) {
        shake_hands();
    }
    while (!dead_ && phase_ == Phase::protocol && read_on()) {
    }
}

void TlsPreamble::shake_hands() {
    if (!costly_) {
        step_->run(true);
        costly_ = stream().paused();
        if (!costly_) {
            judge_step();
            return;
        }
    }
    if (!stream().handshake_is_light() && shard_.handshakes().begin(*step_)) {
        away_ = true;
        return;
    }
    step_->run();
    judge_step();
}

void TlsPreamble::step_done() {
    away_ = false;
    const bool again = std::exchange(again_, false);
    if (dead_) {
        return;
    }
    judge_step();
    if (!dead_ && (again || phase_ == Phase::protocol)) {
        go_on();
    }
}

void TlsPreamble::judge_step() {
    switch (step_->state) {
        case StreamState::done:
            begin_protocol();
            return;
        case StreamState::want_read:
        case StreamState::want_write:
            wait(step_->state);
            return;
        case StreamState::end:
            lost("connection closed by client");
            return;
        case StreamState::failed:
            break;
    }
    listener_.log_lost(peer_, "TLS handshake failed: " + step_->failure);
    linger();
}

void TlsPreamble::begin_protocol() {
    if (listener_.gone()) {
        deny("the listener is gone");
        return;
    }
    phase_ = Phase::protocol;
    if (inner_ != Inner::unknown) {
        choose(inner_ == Inner::mqtt ? FirstBytes::mqtt : FirstBytes::http);
    }
}

/// False when there is no more for now, or all is decided.
bool TlsPreamble::read_on() {
    const StreamResult result = stream().read(std::span(bytes_).subspan(size_));
    switch (result.state) {
        case StreamState::done:
            break;
        case StreamState::want_read:
        case StreamState::want_write:
            wait(result.state);
            return false;
        case StreamState::end:
            lost("connection closed by client");
            return false;
        case StreamState::failed:
            lost(result.error != 0 ? ::strerrordesc_np(result.error)
                                   : "TLS error: " + stream().failure());
            return false;
    }
    size_ = static_cast<std::uint8_t>(size_ + result.bytes);
    const FirstBytes meaning = look_at_first_bytes(bytes());
    if (meaning == FirstBytes::undecided) {
        return true;
    }
    choose(meaning);
    return false;
}

mqtt::Bytes TlsPreamble::bytes() const {
    return mqtt::Bytes(bytes_).first(size_);
}

/// From here on a reload that changes keys finds the client in the core, under its identity.
void TlsPreamble::choose(FirstBytes meaning) {
    if (!stream().key_holds()) {
        deny("its key was changed meanwhile");
    } else if (meaning == FirstBytes::mqtt) {
        stream().describe(peer_);
        StreamTransport<TlsStream>::start(shard_, listener_, hand_over(), std::move(peer_),
                                          bytes());
    } else if (meaning == FirstBytes::http) {
        TlsBridge::start(shard_, *listener_.websockets(), listener_, hand_over(), std::move(peer_),
                         bytes());
    } else {
        deny("its first bytes within TLS are neither MQTT nor HTTP");
    }
}

void TlsPreamble::wait(StreamState state) {
    const std::uint32_t wanted = (state == StreamState::want_write ? EPOLLOUT : EPOLLIN) |
                                 (phase_ == Phase::handshake ? EPOLLET : 0U);
    if (wanted != interest_) {
        interest_ = wanted;
        shard_.poller().change(stream().descriptor(), wanted, *this);
    }
}

/// Lets go of the stream; what takes it counts as the listener's from here on.
TlsStream TlsPreamble::hand_over() {
    shard_.poller().remove(stream().descriptor());
    listener_.closed();
    counted_ = false;
    bury();
    return std::move(stream());
}

void TlsPreamble::deny(const std::string& reason) {
    listener_.log_denied(peer_, reason);
    if (away_) {
        bury();
        return;
    }
    stream().finish();
    linger();
}

void TlsPreamble::lost(const std::string& reason) {
    listener_.log_lost(peer_, reason);
    bury();
}

/// Closing with unread bytes would take back what tells the client why.
void TlsPreamble::linger() {
    phase_ = Phase::lingering;
    wait(StreamState::want_read);
    shard_.set_deadline(*this, shard_.now() + Shard::linger_max);
    ::shutdown(stream().descriptor(), SHUT_WR);
    ready(0);
}

void TlsPreamble::abandon() {
    if (phase_ == Phase::lingering) {
        bury();
        return;
    }
    deny(std::string(phase_ == Phase::handshake ? "no TLS handshake" : "nothing said within TLS") +
         " within " + std::to_string(listener_.connect_timeout_s()) + " seconds");
}

void TlsPreamble::stop() {
    bury();
}

void TlsPreamble::bury() {
    if (!std::exchange(dead_, true)) {
        shard_.bury(*this);
    }
}

}  // namespace mq::broker
