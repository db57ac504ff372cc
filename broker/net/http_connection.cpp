#include "broker/net/http_connection.hpp"

#include "broker/net/forwarded.hpp"
#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/websocket.hpp"
#include "broker/net/websocket_upgrade.hpp"

#include <algorithm>
#include <cassert>
#include <cerrno>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <utility>

namespace mq::broker {
namespace {

constexpr UpgradeRefusal too_eager{
    {400, "The client must wait for the answer before it sends frames."},
    "data ahead of the websocket handshake"};

bool must_wait(int error) {
    return error == EAGAIN || error == EWOULDBLOCK;
}

std::string_view as_text(std::span<const std::uint8_t> bytes) {
    return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

std::time_t seconds_of(Time time) {
    return std::chrono::duration_cast<std::chrono::seconds>(time.time_since_epoch()).count();
}

std::string_view reason_of(const HttpFault& fault) {
    return fault.status == 431 ? "http headers too large" : "malformed http request";
}

}  // namespace

void HttpConnection::start(WebSocketServer& server, Shard& shard, Listener& listener,
                           std::shared_ptr<const HttpSite> site, UniqueFd client, Peer peer) {
    auto* made = new HttpConnection(server, shard, listener, std::move(site), std::move(client),
                                    std::move(peer));
    made->interest_ = EPOLLIN;
    if (!shard.poller().add(made->fd_.get(), made->interest_, *made)) {
        made->bury();
        return;
    }
    made->be_patient();
}

HttpConnection::HttpConnection(WebSocketServer& server, Shard& shard, Listener& listener,
                               std::shared_ptr<const HttpSite> site, UniqueFd client, Peer peer)
    : server_(server),
      shard_(shard),
      counted_at_(&listener),
      site_(std::move(site)),
      fd_(std::move(client)),
      peer_(std::move(peer)) {
    shard_.adopt(*this);
    counted_at_->opened();
}

HttpConnection::~HttpConnection() {
    leave_listener();
}

void HttpConnection::leave_listener() {
    if (counted_at_ != nullptr) {
        std::exchange(counted_at_, nullptr)->closed();
    }
}

void HttpConnection::ready(std::uint32_t events) {
    if (dead_) {
        return;
    }
    if ((events & EPOLLERR) != 0) {
        return bury();
    }
    if (phase_ == Phase::lingering) {
        discard();
    } else {
        serve();
    }
}

void HttpConnection::abandon() {
    bury();
}

void HttpConnection::stop() {
    bury();
}

/// Sends what is under way, then reads on, as far as it goes.
void HttpConnection::serve() {
    int requests = 0;
    bool goes_on = true;
    while (goes_on && !dead_ && phase_ != Phase::lingering) {
        if (phase_ == Phase::sending) {
            goes_on = send();
        } else {
            wait_for(EPOLLIN);
            goes_on = requests++ < requests_per_turn_max && read();
        }
    }
}

/// Looks for a request; false when there is no whole one.
bool HttpConnection::read() {
    const auto room = shard_.read_buffer();
    const ssize_t n = ::recv(fd_.get(), room.data(), room.size(), MSG_PEEK | MSG_DONTWAIT);
    if (n < 0 && must_wait(errno)) {
        return false;
    }
    if (n <= 0) {
        bury();
        return false;
    }
    const std::size_t had = begun_.size();
    begun_ += as_text(room.first(static_cast<std::size_t>(n)));
    const auto request = read_http_head(begun_, server_.header_bytes_max());
    if (!request) {
        refuse(request.error(), reason_of(request.error()));
        return true;
    }
    const std::size_t end = *request ? (*request)->size : begun_.size();
    const bool more_has_come = begun_.size() > end;
    if (!take(end - had) || !*request) {
        return false;
    }
    begun_ = std::string();
    return handle(**request, more_has_come);
}

/// Takes bytes that were looked at out of the socket.
bool HttpConnection::take(std::size_t bytes) {
    const ssize_t n = ::recv(fd_.get(), shard_.read_buffer().data(), bytes, MSG_DONTWAIT);
    if (n != static_cast<ssize_t>(bytes)) {
        bury();
        return false;
    }
    return true;
}

/// False when the connection is no longer ours.
bool HttpConnection::handle(const HttpHead& request, bool more_has_come) {
    if (!request.wants_websocket) {
        const bool keep_alive = request.keep_alive && !request.has_body;
        respond(site_->answer(request), keep_alive, request.method != HttpMethod::head);
        return true;
    }
    if (const auto true_peer =
            forwarded_address({request.x_forwarded_for, request.forwarded, request.x_real_ip},
                              peer_.address, counted_at_->trusted_proxies())) {
        peer_.address = true_peer->address;
        peer_.port = true_peer->port;
    }
    auto refusal = refuse_upgrade(request, site_->listener());
    if (!refusal && more_has_come) {
        refusal = too_eager;
    }
    if (refusal) {
        refuse(refusal->fault, refusal->reason);
        return true;
    }
    upgrade(request);
    return false;
}

void HttpConnection::upgrade(const HttpHead& request) {
    assert(counted_at_ != nullptr);
    Listener& listener = *counted_at_;
    leave_listener();
    shard_.poller().remove(fd_.get());
    server_.upgrade(listener, site_->listener(), std::move(fd_), std::move(peer_),
                    upgrade_request(request));
    bury();
}

void HttpConnection::refuse(const HttpFault& fault, std::string_view reason) {
    counted_at_->log_lost(peer_, reason);
    respond(http_fault(fault), false, true);
}

void HttpConnection::respond(HttpResponse response, bool keep_alive, bool with_body) {
    keep_alive_ = keep_alive;
    out_ = response_head(response, keep_alive, http_date(seconds_of(shard_.now())));
    sent_ = 0;
    if (with_body) {
        out_ += response.body;
        if (response.file) {
            file_ = std::move(response.file->fd);
            file_left_ = response.file->size;
        }
    }
    phase_ = Phase::sending;
}

/// Sends; true when the answer has gone and another request may be read.
bool HttpConnection::send() {
    while (sent_ < out_.size()) {
        const ssize_t n = ::send(fd_.get(), out_.data() + sent_, out_.size() - sent_,
                                 MSG_NOSIGNAL | MSG_DONTWAIT | (file_left_ > 0 ? MSG_MORE : 0));
        if (n < 0 && must_wait(errno)) {
            wait_for(EPOLLOUT);
            return false;
        }
        if (n < 0) {
            bury();
            return false;
        }
        sent_ += static_cast<std::size_t>(n);
        be_patient();
    }
    if (file_left_ > 0 && !send_file()) {
        return false;
    }
    out_ = std::string();
    file_.reset();
    if (!keep_alive_) {
        linger();
        return false;
    }
    phase_ = Phase::reading;
    be_patient();
    return true;
}

/// Sends a piece of the file; true when that was its end.
bool HttpConnection::send_file() {
    const auto piece =
        static_cast<std::size_t>(std::min<std::uint64_t>(file_left_, file_bytes_per_turn_max));
    const ssize_t n = ::sendfile(fd_.get(), file_.get(), nullptr, piece);
    if (n == 0 || (n < 0 && !must_wait(errno))) {
        bury();  // the file has become shorter than was promised, or the client is gone
        return false;
    }
    if (n > 0) {
        file_left_ -= static_cast<std::uint64_t>(n);
        be_patient();
    }
    if (file_left_ > 0) {
        wait_for(EPOLLOUT);
    }
    return file_left_ == 0;
}

/// Closing while something unread is there would take the answer away from the client.
void HttpConnection::linger() {
    phase_ = Phase::lingering;
    ::shutdown(fd_.get(), SHUT_WR);
    shard_.set_deadline(*this, shard_.now() + Shard::linger_max);
    wait_for(EPOLLIN);
    discard();
}

void HttpConnection::discard() {
    const auto room = shard_.read_buffer();
    const ssize_t n = ::recv(fd_.get(), room.data(), room.size(), MSG_DONTWAIT);
    if (n == 0 || (n < 0 && !must_wait(errno))) {
        bury();
    }
}

void HttpConnection::wait_for(std::uint32_t events) {
    if (events != interest_) {
        interest_ = events;
        shard_.poller().change(fd_.get(), events, *this);
    }
}

void HttpConnection::be_patient() {
    shard_.set_deadline(*this, shard_.now() + server_.patience());
}

void HttpConnection::bury() {
    if (!dead_) {
        dead_ = true;
        shard_.bury(*this);
    }
}

}  // namespace mq::broker
