#include "client/lib/transport.hpp"

#include "client/include/mosquitto/defs.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace mq::client {

int Transport::start(const Route& route) {
    opening_ = std::make_unique<Opening>();
    opening_->host = route.broker.host;
    opening_->tls_settings = route.tls;
    opening_->tls_context = route.tls_context;
    if (route.websocket) {
        std::array<std::uint8_t, 16> key{};
        if (RAND_bytes(key.data(), static_cast<int>(key.size())) != 1) {
            return MOSQ_ERR_TLS;
        }
        opening_->handshake = std::make_unique<WebSocketHandshake>(*route.websocket, key);
    }
    Endpoint first = route.broker;
    if (route.proxy != nullptr) {
        opening_->socks5 =
            std::make_unique<Socks5>(*route.proxy, route.broker.host, route.broker.port);
        first.host = route.proxy->host;
        first.port = route.proxy->port;
    }
    const int result = opening_->connector.start(first);
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
    const int result = opening_->connector.proceed();
    if (result == MOSQ_ERR_CONN_PENDING) {
        return Io::wait_write();
    }
    if (result != MOSQ_ERR_SUCCESS) {
        return Io::failed(result);
    }
    socket_ = opening_->connector.take();
    const int problem = enter_next();
    return problem == MOSQ_ERR_SUCCESS ? Io::done(0) : Io::failed(problem);
}

/// The next stage that this connection has.
int Transport::enter_next() {
    if (opening_->socks5) {
        stage_ = Stage::proxy;
        own_output() = opening_->socks5->take_output();
        return MOSQ_ERR_SUCCESS;
    }
    if (opening_->tls_settings != nullptr && !tls_) {
        return enter_tls();
    }
    if (opening_->handshake) {
        stage_ = Stage::websocket;
        const std::string& request = opening_->handshake->request();
        own_output().assign(request.begin(), request.end());
        return MOSQ_ERR_SUCCESS;
    }
    stage_ = Stage::open;
    opening_.reset();
    return MOSQ_ERR_SUCCESS;
}

int Transport::enter_tls() {
    stage_ = Stage::tls;
    return Tls::create(opening_->tls_context, *opening_->tls_settings, opening_->host,
                       socket_.get(), tls_);
}

/// One reply at a time and no byte more: what follows is the broker's.
Io Transport::step_proxy() {
    const Io written = write_own_output();
    if (!written.ok()) {
        return written;
    }
    std::array<std::uint8_t, 264> bytes{};
    const std::size_t wanted = std::min(bytes.size(), opening_->socks5->wanted());
    const Io io = receive_from(socket_.get(), std::span(bytes).first(wanted));
    if (!io.ok()) {
        return io.waits() ? io : Io::failed(MOSQ_ERR_PROXY);
    }
    const int problem = opening_->socks5->feed(std::span(bytes).first(io.size));
    if (problem != MOSQ_ERR_SUCCESS) {
        return Io::failed(problem);
    }
    if (!opening_->socks5->done()) {
        if (auto next = opening_->socks5->take_output(); !next.empty()) {
            own_output() = std::move(next);
        }
        return Io::done(0);
    }
    opening_->socks5.reset();
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
    const int problem = opening_->handshake->feed(std::span(bytes).first(io.size));
    if (problem != MOSQ_ERR_SUCCESS) {
        return Io::failed(problem);
    }
    if (opening_->handshake->done()) {
        const std::string_view rest = opening_->handshake->rest();
        frames_ = std::make_unique<Frames>();
        frames_->early.assign(rest.begin(), rest.end());
        opening_->handshake.reset();
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
    const Io io = frames_ ? read_frames(into) : raw_read(into);
    waits_to_write_ = io.status == Io::Status::wait_write;
    return io;
}

Io Transport::read_frames(std::span<std::uint8_t> into) {
    Io io;
    if (frames_->error != MOSQ_ERR_SUCCESS) {
        static_cast<void>(write_own_output());  // the answer to a close frame
        return Io::failed(frames_->error);
    }
    if (!frames_->early.empty()) {
        const std::size_t size = std::min(into.size(), frames_->early.size());
        std::memcpy(into.data(), frames_->early.data(), size);
        frames_->early.erase(frames_->early.begin(),
                             frames_->early.begin() + static_cast<std::ptrdiff_t>(size));
        io = Io::done(size);
    } else {
        io = raw_read(into);
    }
    if (!io.ok()) {
        return io;
    }
    std::vector<std::uint8_t> answers;
    const auto taken = frames_->reader.take(into.first(io.size), answers);
    frames_->error = taken.error;
    if (!answers.empty()) {
        std::vector<std::uint8_t>& out = own_output();
        out.insert(out.end(), answers.begin(), answers.end());
    }
    return Io::done(taken.size);
}

bool Transport::pending() const {
    const bool framed = frames_ && (!frames_->early.empty() || frames_->error != MOSQ_ERR_SUCCESS);
    return framed || (tls_ && open() && tls_->pending());
}

// Writing

Io Transport::raw_write(std::span<const std::uint8_t> bytes) {
    return tls_ ? tls_->write(bytes) : send_to(socket_.get(), bytes);
}

std::vector<std::uint8_t>& Transport::own_output() {
    if (!own_output_) {
        own_output_ = std::make_unique<OwnOutput>();
    }
    return own_output_->bytes;
}

Io Transport::write_own_output() {
    while (own_output_ && own_output_->done < own_output_->bytes.size()) {
        const Io io = raw_write(std::span(own_output_->bytes).subspan(own_output_->done));
        if (!io.ok()) {
            return io;
        }
        own_output_->done += io.size;
    }
    own_output_.reset();
    return Io::done(0);
}

Io Transport::write(std::span<const std::uint8_t> bytes) {
    return frames_ ? write_frame(bytes) : raw_write(bytes);
}

/// Takes the bytes into one frame; the frame is then written as far as that goes.
Io Transport::write_frame(std::span<const std::uint8_t> bytes) {
    const Io before = write_own_output();
    if (!before.ok()) {
        return before;
    }
    constexpr std::size_t frame_size_max = 64 * std::size_t{1024};
    const auto content = bytes.first(std::min(bytes.size(), frame_size_max));
    append_frame(WebSocketOpcode::binary, content, random_mask(), own_output());
    const Io io = write_own_output();
    return io.status == Io::Status::failed ? io : Io::done(content.size());
}

void Transport::say_goodbye() {
    if (!open()) {
        return;
    }
    if (frames_ && !own_output_) {
        constexpr std::array<std::uint8_t, 2> normal = {1000 >> 8, 1000 & 0xFF};
        append_frame(WebSocketOpcode::close, normal, random_mask(), own_output());
        static_cast<void>(write_own_output());
    }
    if (tls_) {
        tls_->close();
    }
}

}  // namespace mq::client
