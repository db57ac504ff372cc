#include "broker/net/tls_bridge.hpp"

#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/stream.hpp"
#include "broker/net/websocket.hpp"

#include <array>
#include <cerrno>
#include <sys/socket.h>
#include <utility>

namespace mq::broker {
namespace {

/// What is moved in one direction before others have their turn.
constexpr int records_per_turn_max = 4;
/// What the system keeps for either end of the pair, at most.
constexpr int pair_bytes_max = 64 * 1024;

constexpr std::uint32_t hang_up_events = EPOLLERR | EPOLLHUP;

/// Two connected local sockets; without descriptors, errno tells why.
std::array<UniqueFd, 2> open_pair() {
    int fds[2] = {-1, -1};
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, fds) != 0) {
        return {};
    }
    for (const int fd : fds) {
        ::setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &pair_bytes_max, sizeof pair_bytes_max);
    }
    return {UniqueFd(fds[0]), UniqueFd(fds[1])};
}

/// Takes `n` bytes from the front; an empty vector owns nothing.
void consume(std::vector<std::uint8_t>& bytes, std::size_t n) {
    if (n == bytes.size()) {
        std::vector<std::uint8_t>().swap(bytes);
    } else {
        bytes.erase(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(n));
    }
}

}  // namespace

TlsBridge::TlsBridge(Shard& shard, TlsStream stream)
    : shard_(shard), stream_(std::move(stream)), inside_(*this) {
    shard_.adopt(*this);
}

void TlsBridge::start(Shard& shard, WebSocketServer& server, Listener& listener, TlsStream stream,
                      Peer peer, std::span<const std::uint8_t> decrypted) {
    auto* made = new TlsBridge(shard, std::move(stream));
    made->to_inside_.assign(decrypted.begin(), decrypted.end());
    made->stream_.describe(peer);
    if (made->begin(server, listener, std::move(peer))) {
        made->move_bytes();
    } else {
        made->bury();
    }
}

/// Gives libwebsockets the client, which counts as its transport's.
bool TlsBridge::begin(WebSocketServer& server, Listener& listener, Peer peer) {
    auto [inside, outside] = open_pair();
    if (!inside || !shard_.poller().add(inside.get(), EPOLLIN, inside_) ||
        !shard_.poller().add(stream_.descriptor(), EPOLLIN, *this)) {
        listener.log_lost(peer, ::strerrordesc_np(errno));
        return false;
    }
    inside_.fd = std::move(inside);
    inner_ = {EPOLLIN, true, false};
    outer_ = {EPOLLIN, true, false};
    server.start(listener, std::move(outside), std::move(peer));
    return true;
}

void TlsBridge::ready(std::uint32_t events) {
    if (dead_) {
        return;
    }
    blocked_ = false;
    if (phase_ == Phase::lingering) {
        discard();
    } else {
        if ((events & hang_up_events) != 0) {
            unwatch(outer_, stream_.descriptor());
        }
        move_bytes();
    }
}

void TlsBridge::Inside::ready(std::uint32_t events) {
    if (owner.dead_ || owner.phase_ != Phase::open) {
        return;
    }
    if ((events & hang_up_events) != 0) {
        owner.unwatch(owner.inner_, fd.get());
    }
    owner.move_bytes();
}

/// What is no longer watched brings no further event, so that it is moved to its end.
void TlsBridge::move_bytes() {
    for (int i = 0; (i < records_per_turn_max || !outer_.watched) && move_in(); ++i) {
    }
    for (int i = 0; (i < records_per_turn_max || !inner_.watched) && move_out(); ++i) {
    }
    update_interest();
}

/// One record from the client to libwebsockets. False when there is no more for now.
bool TlsBridge::move_in() {
    if (dead_ || phase_ != Phase::open || !write_in() || outer_.ended) {
        return false;
    }
    const auto room = shard_.read_buffer().first(TlsStream::record_bytes_max);
    const StreamResult result = stream_.read(room);
    switch (result.state) {
        case StreamState::done:
            to_inside_.assign(room.begin(),
                              room.begin() + static_cast<std::ptrdiff_t>(result.bytes));
            return write_in();
        case StreamState::want_read:
            return false;
        case StreamState::want_write:
            blocked_ = true;
            return false;
        case StreamState::end:
            outer_.ended = true;
            ::shutdown(inside_.fd.get(), SHUT_WR);
            return false;
        case StreamState::failed:
            break;
    }
    bury();
    return false;
}

/// Writes what waits for libwebsockets; true when nothing waits any more.
bool TlsBridge::write_in() {
    while (!to_inside_.empty()) {
        const ssize_t n = ::send(inside_.fd.get(), to_inside_.data(), to_inside_.size(),
                                 MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n < 0 && errno == EAGAIN) {
            return false;
        }
        // When libwebsockets has closed its end nobody is left to take what the client sends.
        outer_.ended = outer_.ended || n < 0;
        consume(to_inside_, n < 0 ? to_inside_.size() : static_cast<std::size_t>(n));
    }
    return true;
}

/// The same from libwebsockets to the client.
bool TlsBridge::move_out() {
    if (dead_ || phase_ != Phase::open || !write_out()) {
        return false;
    }
    const auto room = shard_.read_buffer().first(TlsStream::record_bytes_max);
    const ssize_t n = ::recv(inside_.fd.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (n < 0 && errno == EAGAIN) {
        return false;
    }
    if (n <= 0) {
        stream_.finish();
        linger();
        return false;
    }
    to_outside_.assign(room.begin(), room.begin() + n);
    return write_out();
}

bool TlsBridge::write_out() {
    while (!to_outside_.empty()) {
        const iovec part{to_outside_.data(), to_outside_.size()};
        const StreamResult result = stream_.write({&part, 1}, shard_.write_buffer());
        if (result.state == StreamState::want_write) {
            blocked_ = true;
            return false;
        }
        if (result.state != StreamState::done) {
            bury();
            return false;
        }
        consume(to_outside_, result.bytes);
    }
    return true;
}

/// Everything is said. The reading side stays open until the client has closed too, since closing
/// with unread bytes would take the last words back.
void TlsBridge::linger() {
    phase_ = Phase::lingering;
    blocked_ = false;
    inside_.fd.reset();
    inner_.watched = false;
    shard_.set_deadline(*this, shard_.now() + Shard::linger_max);
    ::shutdown(stream_.descriptor(), SHUT_WR);
    update_interest();
    discard();
}

void TlsBridge::discard() {
    if (!discard_input(stream_.descriptor(), shard_.write_buffer())) {
        bury();
    }
}

void TlsBridge::unwatch(Side& side, int fd) {
    if (std::exchange(side.watched, false)) {
        shard_.poller().remove(fd);
    }
}

void TlsBridge::update_interest() {
    const bool open = phase_ == Phase::open;
    const bool reads_outer = !open || (to_inside_.empty() && !outer_.ended);
    watch(outer_, stream_.descriptor(), *this,
          (reads_outer ? EPOLLIN : 0U) | (blocked_ ? EPOLLOUT : 0U));
    watch(inner_, inside_.fd.get(), inside_,
          (to_outside_.empty() ? EPOLLIN : 0U) | (to_inside_.empty() ? 0U : EPOLLOUT));
    // libwebsockets is gone, and the client does not take the rest.
    if (!dead_ && open && !inner_.watched && deadline == never) {
        shard_.linger(*this);
    }
}

void TlsBridge::watch(Side& side, int fd, Pollable& target, std::uint32_t wanted) {
    if (!dead_ && side.watched && side.interest != wanted) {
        side.interest = wanted;
        shard_.poller().change(fd, wanted, target);
    }
}

void TlsBridge::abandon() {
    bury();
}

/// libwebsockets has the client: its end is this one's.
void TlsBridge::stop() {}

void TlsBridge::bury() {
    if (!std::exchange(dead_, true)) {
        shard_.bury(*this);
    }
}

}  // namespace mq::broker
