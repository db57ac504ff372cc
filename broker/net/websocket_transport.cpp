#include "broker/net/websocket_transport.hpp"

#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/websocket.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <span>
#include <sys/socket.h>
#include <utility>

namespace mq::broker {
namespace {

constexpr std::uint8_t mask_bit = 0x80;  ///< in the second byte of a frame

/// Whose connection this is; null for events that are about none. The adoption with a request has
/// no argument for it, and tells first events before it returns.
WebSocketTransport* transport_of(lws* wsi) {
    if (wsi == nullptr) {
        return nullptr;
    }
    if (lws_get_opaque_user_data(wsi) == nullptr) {
        auto* server = static_cast<WebSocketServer*>(lws_context_user(lws_get_context(wsi)));
        lws_set_opaque_user_data(wsi, server->starting);
    }
    return static_cast<WebSocketTransport*>(lws_get_opaque_user_data(wsi));
}

int on_event(lws* wsi, lws_callback_reasons reason, void*, void* in, std::size_t size) {
    WebSocketTransport* transport = transport_of(wsi);
    if (transport == nullptr) {
        return lws_callback_http_dummy(wsi, reason, nullptr, in, size);
    }
    return transport->handle(wsi, reason, in, size);
}

}  // namespace

void WebSocketTransport::start(WebSocketServer& server, Shard& shard, Listener& listener,
                               lws_vhost* vhost, UniqueFd client, Peer peer,
                               const std::string& request) {
    auto* made = new WebSocketTransport(server, shard, listener, std::move(peer));
    made->adopt(vhost, std::move(client), request);
}

WebSocketTransport::WebSocketTransport(WebSocketServer& server, Shard& shard, Listener& listener,
                                       Peer peer)
    : Transport(shard, listener), server_(server), peer_(std::move(peer)) {
    server_.opened();
}

WebSocketTransport::~WebSocketTransport() {
    if (wsi_ != nullptr) {
        lws_set_opaque_user_data(wsi_, nullptr);
    }
    server_.closed();
}

void WebSocketTransport::adopt(lws_vhost* vhost, UniqueFd client, const std::string& request) {
    fd_ = client.get();
    interest_ = EPOLLIN;
    if (!shard_.poller().add(fd_, interest_, *this)) {
        bury();
        return;
    }
    in_service_ = true;
    server_.starting = this;
    wsi_ = lws_adopt_socket_vhost_readbuf(vhost, client.release(), request.data(), request.size());
    server_.starting = nullptr;
    in_service_ = false;
    if (wsi_ == nullptr) {
        bury();
    } else {
        settle();
    }
}

/// Looks at the socket once; does not take anything out of it.
bool WebSocketTransport::first_frame_unmasked() {
    std::array<std::uint8_t, 2> head{};
    const ssize_t n = ::recv(fd_, head.data(), head.size(), MSG_PEEK | MSG_DONTWAIT);
    first_frame_seen_ = n > 0;
    return n == static_cast<ssize_t>(head.size()) && (head[1] & mask_bit) == 0;
}

void WebSocketTransport::ready(std::uint32_t events) {
    if (wsi_ == nullptr) {
        return;
    }
    received_ = false;
    constexpr std::uint32_t hang_up = EPOLLERR | EPOLLHUP;
    if ((events & EPOLLIN) != 0 && !first_frame_seen_ && first_frame_unmasked()) {
        unmasked_ = true;
        events = EPOLLOUT;  // for the close frame
    }
    if ((events & (EPOLLIN | hang_up)) != 0) {
        service(static_cast<short>(LWS_POLLIN | ((events & hang_up) != 0 ? LWS_POLLHUP : 0)));
    }
    // Handshakes and pongs are not announced: offer to write when no data explains the event.
    if (wsi_ != nullptr && (!received_ || (events & EPOLLOUT) != 0)) {
        service(LWS_POLLOUT);
    }
    if (wsi_ != nullptr) {
        settle();
    }
}

void WebSocketTransport::abandon() {
    tell_closed("");
    if (wsi_ != nullptr) {
        lws_set_timeout(wsi_, PENDING_TIMEOUT_USER_OK, LWS_TO_KILL_SYNC);
    }
}

int WebSocketTransport::handle(lws* wsi, lws_callback_reasons reason, void* in, std::size_t size) {
    wsi_ = wsi;
    switch (reason) {
        case LWS_CALLBACK_ESTABLISHED:
            open(std::move(peer_));
            return 0;
        case LWS_CALLBACK_RECEIVE:
            return receive({static_cast<const std::uint8_t*>(in), size});
        case LWS_CALLBACK_SERVER_WRITEABLE:
            return write();
        case LWS_CALLBACK_CLOSED:
            tell_closed("");
            return 0;
        case LWS_CALLBACK_WSI_DESTROY:
            wsi_ = nullptr;
            tell_closed("");
            bury();
            return 0;
        default:
            return lws_callback_http_dummy(wsi_, reason, nullptr, in, size);
    }
}

void WebSocketTransport::service(int events) {
    in_service_ = true;
    lws_pollfd poll{fd_, static_cast<short>(events), static_cast<short>(events)};
    lws_service_fd(server_.context(), &poll);
    if (wsi_ != nullptr && std::exchange(close_begun_, false)) {
        lws_pollfd again{fd_, LWS_POLLOUT, LWS_POLLOUT};  // for the close frame
        lws_service_fd(server_.context(), &again);
    }
    in_service_ = false;
}

/// The core is told at once, for libwebsockets waits for the peer's answer.
int WebSocketTransport::begin_close(lws_close_status status, std::string_view reason) {
    tell_closed(reason);
    lws_close_reason(wsi_, status, nullptr, 0);
    close_begun_ = true;
    return -1;
}

/// After libwebsockets has been served: what to wait for, and whether it has more by itself.
void WebSocketTransport::settle() {
    blocked_ = lws_partial_buffered(wsi_) != 0 ||
               (connection_ != nullptr && !connection_->outbox.empty()) ||
               (closing_ && connection_ != nullptr);
    const bool reading = connection_ == nullptr || (accepts_bytes() && !overfull());
    paused_ = !reading;
    const std::uint32_t wanted = (reading ? EPOLLIN : 0U) | (blocked_ ? EPOLLOUT : 0U);
    if (wanted != interest_) {
        interest_ = wanted;
        shard_.poller().change(fd_, wanted, *this);
    }
    server_.after_service();
}

int WebSocketTransport::receive(mqtt::Bytes bytes) {
    received_ = true;
    if (lws_frame_is_binary(wsi_) == 0) {
        return begin_close(LWS_CLOSE_STATUS_UNACCEPTABLE_OPCODE,
                           "text frame instead of a binary one");
    }
    if (connection_ == nullptr) {
        return -1;
    }
    take(bytes);
    return 0;
}

int WebSocketTransport::write() {
    if (connection_ == nullptr) {
        return 0;
    }
    if (unmasked_) {
        return begin_close(LWS_CLOSE_STATUS_PROTOCOL_ERR, "unmasked frame");
    }
    Outbox& outbox = connection_->outbox;
    std::size_t written = 0;
    while (!outbox.empty() && lws_partial_buffered(wsi_) == 0) {
        const std::size_t size = fill_frame(outbox);
        if (lws_write(wsi_, server_.frame_buffer() + LWS_PRE, size, LWS_WRITE_BINARY) < 0) {
            return -1;
        }
        outbox.consume(size);
        written += size;
    }
    wrote(written);
    if (closing_ && outbox.empty() && lws_partial_buffered(wsi_) == 0) {
        return begin_close(LWS_CLOSE_STATUS_NORMAL, "");
    }
    return 0;
}

/// Several packets, or a part of one: the frames' borders mean nothing.
std::size_t WebSocketTransport::fill_frame(const Outbox& outbox) {
    std::array<iovec, 64> parts;
    std::uint8_t* const frame = server_.frame_buffer() + LWS_PRE;
    std::size_t size = 0;
    for (const iovec& part : std::span(parts).first(outbox.gather(parts))) {
        const std::size_t n = std::min(part.iov_len, WebSocketServer::frame_bytes_max - size);
        std::memcpy(frame + size, part.iov_base, n);
        size += n;
    }
    return size;
}

void WebSocketTransport::flush() {
    if (wsi_ == nullptr || blocked_ || in_service_) {
        return;
    }
    service(LWS_POLLOUT);
    if (wsi_ != nullptr) {
        settle();
    }
    if (wsi_ != nullptr && paused_ && accepts_bytes() && !overfull()) {
        resume();
    }
}

void WebSocketTransport::close() {
    if (wsi_ == nullptr) {
        return;
    }
    closing_ = true;
    shard_.linger(*this);
    flush();
}

void WebSocketTransport::read_on() {
    take_backlog();
    if (wsi_ != nullptr) {
        settle();
    }
}

const lws_protocols* websocket_protocols() {
    static const lws_protocols protocols[] = {
        {"mqtt", on_event, 0, websocket_read_bytes_max, 0, nullptr, 0},
        {"mqttv3.1", on_event, 0, websocket_read_bytes_max, 0, nullptr, 0},
        {nullptr, nullptr, 0, 0, 0, nullptr, 0},
    };
    return protocols;
}

}  // namespace mq::broker
