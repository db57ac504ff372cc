#pragma once

#include "client/lib/io.hpp"
#include "client/lib/log_lines.hpp"
#include "client/lib/socket.hpp"
#include "client/lib/socks5.hpp"
#include "client/lib/tls.hpp"
#include "client/lib/websocket_frames.hpp"
#include "client/lib/websocket_handshake.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mq::client {

/// What a connection is made of.
struct Route {
    Endpoint broker;
    const Proxy* proxy = nullptr;       ///< read by `start` only
    const TlsSettings* tls = nullptr;   ///< outlives the transport
    ssl_ctx_st* tls_context = nullptr;  ///< with `tls`
    std::optional<WebSocketTarget> websocket;
};

/// One connection as a pipe of bytes that never waits: TCP or a Unix domain socket, perhaps through
/// a SOCKS5 proxy, with TLS in it, with a WebSocket in that. First `start`, then `advance` whenever
/// the socket is ready until it is open, then `read` and `write`.
class Transport {
 public:
    /// Looks up the host, and begins to connect. Errors as of `Connector::start`.
    int start(const Route& route);
    /// Goes on as far as it can: `done` once the pipe is open.
    Io advance(LogLines& log);
    [[nodiscard]] bool open() const { return stage_ == Stage::open; }
    [[nodiscard]] int fd() const {
        return opening_ && !socket_ ? opening_->connector.fd() : socket_.get();
    }

    /// `done` with 0 bytes: try again at once (what came was not for MQTT).
    Io read(std::span<std::uint8_t> into);
    /// Takes as much as goes.
    Io write(std::span<const std::uint8_t> bytes);
    /// Something of the layers' own waits to be written.
    [[nodiscard]] bool has_own_output() const { return own_output_ != nullptr; }
    Io write_own_output();
    /// Bytes are here that no readiness of the socket will tell of.
    [[nodiscard]] bool pending() const;
    /// What `advance` or `read` waits for.
    [[nodiscard]] bool waits_to_write() const { return waits_to_write_; }
    [[nodiscard]] ssl_st* tls() const { return tls_ ? tls_->get() : nullptr; }
    /// Says goodbye in the layers that have a word for it.
    void say_goodbye();

 private:
    enum class Stage : std::uint8_t { connecting, proxy, tls, websocket, open };

    Io step(LogLines& log);
    Io step_connecting();
    Io step_proxy();
    Io step_websocket();
    int enter_tls();
    int enter_next();
    Io raw_read(std::span<std::uint8_t> into);
    Io raw_write(std::span<const std::uint8_t> bytes);
    Io read_frames(std::span<std::uint8_t> into);
    Io write_frame(std::span<const std::uint8_t> bytes);

    /// What is needed until the pipe is open.
    struct Opening {
        Connector connector;
        std::string host;
        const TlsSettings* tls_settings = nullptr;
        ssl_ctx_st* tls_context = nullptr;
        std::unique_ptr<Socks5> socks5;
        std::unique_ptr<WebSocketHandshake> handshake;
    };
    /// What a WebSocket needs from then on.
    struct Frames {
        WebSocketReader reader;
        std::vector<std::uint8_t> early;  ///< that came with the answer of the web server
        int error = 0;                    ///< to be told once the content before it was read
    };
    /// Written by a layer, not yet by the socket.
    struct OwnOutput {
        std::vector<std::uint8_t> bytes;
        std::size_t done = 0;
    };

    std::vector<std::uint8_t>& own_output();

    std::unique_ptr<Opening> opening_;
    std::unique_ptr<Tls> tls_;
    std::unique_ptr<Frames> frames_;
    std::unique_ptr<OwnOutput> own_output_;
    Descriptor socket_;
    Stage stage_ = Stage::connecting;
    bool waits_to_write_ = false;
};

}  // namespace mq::client
