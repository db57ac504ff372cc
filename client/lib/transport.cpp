#include "client/lib/transport.hpp"

#include "client/include/mosquitto/defs.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace mq::client {

int Transport::start(const Route& route) {
    host_ = route.broker.host;
    tls_settings_ = route.tls;
    tls_context_ = route.tls_context;
    if (route.websocket) {
        std::array<std::uint8_t, 16> key{};
        if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
            return MOSQ_ERR_TLS;
        }
        handshake_ = std::make_unique<WebSocketHandshake>(*route.websocket, key);
    }
    Endpoint first = route.broker;
    if (route.proxy != nullptr) {
        socks5_ = std::make_unique<Socks5>(*route.proxy, route.broker.host, route.broker.port);
        first.host = route.proxy->host;
        first.port = route.proxy->port;
    }
    connector_ = std::make_unique<Connector>();
    const int result = connector_->start(first);
    waits_to_write_ = true;
    return result == MOSQ_ERR_CONN_PENDING ? MOSQ_ERR_SUCCESS : result;
}

Io Transport::advance(LogLines& log) {
    while (stage_ != Stage::open) {
        const Io io = step(log);
        waits_to_write_ = io.status == Io::Status::wait_write;
        if (!io.ok()) {
            return io;
        }
    }
    waits_to_write_ = false;
    return Io::done(0);
}

/// `done`: something has changed, go on.
Io Transport::step(LogLines& log) {
    switch (stage_) {
        case Stage::connecting:
            return step_connecting();
        case Stage::proxy:
            return step_proxy();
        case Stage::tls: {
            const Io io = tls_->handshake(log);
            if (io.ok()) {
                const int problem = enter_next();
                return problem == MOSQ_ERR_SUCCESS ? io : Io::failed(problem);
            }
            return io;
        }
        case Stage::websocket:
            return step_websocket();
        case Stage::open:
            break;
    }
    return Io::done(0);
}

Io Transport::step_connecting() {
    const int result = connector_->proceed();
    if (result == MOSQ_ERR_CONN_PENDING) {
        return Io::wait_write();
    }
    if (result != MOSQ_ERR_SUCCESS) {
        return Io::failed(result);
    }
    socket_ = connector_->take();
    connector_.reset();
    const int problem = enter_next();
    return problem == MOSQ_ERR_SUCCESS ? Io::done(0) : Io::failed(problem);
}

/// The next stage that this connection has.
int Transport::enter_next() {
    if (socks5_) {
        stage_ = Stage::proxy;
        framed_ = socks5_->take_output();
        return MOSQ_ERR_SUCCESS;
    }
    if (tls_settings_ != nullptr && !tls_) {
        return enter_tls();
    }
    if (handshake_) {
        stage_ = Stage::websocket;
        const std::string& request = handshake_->request();
        framed_.assign(request.begin(), request.end());
        return MOSQ_ERR_SUCCESS;
    }
    stage_ = Stage::open;
    host_ = {};
    return MOSQ_ERR_SUCCESS;
}

int Transport::enter_tls() {
    stage_ = Stage::tls;
    return Tls::create(tls_context_, *tls_settings_, host_, socket_.get(), tls_);
}

/// One reply at a time and no byte more: what follows is the broker's.
Io Transport::step_proxy() {
    const Io written = write_own_output();
    if (!written.ok()) {
        return written;
    }
    std::array<std::uint8_t, 264> bytes{};
    const std::size_t wanted = std::min(bytes.size(), socks5_->wanted());
    const Io io = receive_from(socket_.get(), std::span(bytes).first(wanted));
    if (!io.ok()) {
        return io.waits() ? io : Io::failed(MOSQ_ERR_PROXY);
    }
    const int problem = socks5_->feed(std::span(bytes).first(io.size));
    if (problem != MOSQ_ERR_SUCCESS) {
        return Io::failed(problem);
    }
    framed_ = socks5_->take_output();
    if (!socks5_->done()) {
        return Io::done(0);
    }
    socks5_.reset();
    const int next = enter_next();
    return next == MOSQ_ERR_SUCCESS ? Io::done(0) : Io::failed(next);
}

Io Transport::step_websocket() {
    const Io written = write_own_output();
    if (!written.ok()) {
        return written;
    }
    std::array<std::uint8_t, 1024> bytes{};
    const Io io = raw_read(bytes);
    if (!io.ok()) {
        return io;
    }
    const int problem = handshake_->feed(std::span(bytes).first(io.size));
    if (problem != MOSQ_ERR_SUCCESS) {
        return Io::failed(problem);
    }
    if (handshake_->done()) {
        const std::string_view rest = handshake_->rest();
        early_.assign(rest.begin(), rest.end());
        reader_ = std::make_unique<WebSocketReader>();
        handshake_.reset();
        const int next = enter_next();
        return next == MOSQ_ERR_SUCCESS ? Io::done(0) : Io::failed(next);
    }
    return Io::done(0);
}

// Reading

Io Transport::raw_read(std::span<std::uint8_t> into) {
    return tls_ ? tls_->read(into) : receive_from(socket_.get(), into);
}

Io Transport::read(std::span<std::uint8_t> into) {
    const Io io = reader_ ? read_frames(into) : raw_read(into);
    waits_to_write_ = io.status == Io::Status::wait_write;
    return io;
}

Io Transport::read_frames(std::span<std::uint8_t> into) {
    Io io;
    if (frame_error_ != MOSQ_ERR_SUCCESS) {
        static_cast<void>(write_own_output());  // the answer to a close frame
        return Io::failed(frame_error_);
    }
    if (!early_.empty()) {
        const std::size_t size = std::min(into.size(), early_.size());
        std::memcpy(into.data(), early_.data(), size);
        early_.erase(early_.begin(), early_.begin() + static_cast<std::ptrdiff_t>(size));
        io = Io::done(size);
    } else {
        io = raw_read(into);
    }
    if (!io.ok()) {
        return io;
    }
    const auto taken = reader_->take(into.first(io.size), framed_);
    frame_error_ = taken.error;
    return Io::done(taken.size);
}

bool Transport::pending() const {
    return !early_.empty() || frame_error_ != MOSQ_ERR_SUCCESS ||
           (tls_ && open() && tls_->pending());
}

// Writing

Io Transport::raw_write(std::span<const std::uint8_t> bytes) {
    return tls_ ? tls_->write(bytes) : send_to(socket_.get(), bytes);
}

Io Transport::write_own_output() {
    while (framed_done_ < framed_.size()) {
        const Io io = raw_write(std::span(framed_).subspan(framed_done_));
        if (!io.ok()) {
            return io;
        }
        framed_done_ += io.size;
    }
    framed_ = {};
    framed_done_ = 0;
    return Io::done(0);
}

Io Transport::write(std::span<const std::uint8_t> bytes) {
    return reader_ ? write_frame(bytes) : raw_write(bytes);
}

/// Takes the bytes into one frame; the frame is then written as far as that goes.
Io Transport::write_frame(std::span<const std::uint8_t> bytes) {
    const Io before = write_own_output();
    if (!before.ok()) {
        return before;
    }
    constexpr std::size_t frame_size_max = 64 * std::size_t{1024};
    const auto content = bytes.first(std::min(bytes.size(), frame_size_max));
    append_frame(WebSocketOpcode::binary, content, random_mask(), framed_);
    const Io io = write_own_output();
    return io.status == Io::Status::failed ? io : Io::done(content.size());
}

void Transport::say_goodbye() {
    if (!open()) {
        return;
    }
    if (reader_ && framed_.empty()) {
        constexpr std::array<std::uint8_t, 2> normal = {1000 >> 8, 1000 & 0xFF};
        append_frame(WebSocketOpcode::close, normal, random_mask(), framed_);
        static_cast<void>(write_own_output());
    }
    if (tls_) {
        tls_->close();
    }
}

}  // namespace mq::client
