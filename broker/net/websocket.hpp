#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/config/config.hpp"
#include "broker/net/shard.hpp"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <vector>

struct lws_context;
struct lws_retry_bo;
struct lws_vhost;

namespace mq::broker {

class Listener;

struct WebSocketSettings {
    /// After so many seconds in which nothing proved that the peer is there it is sent a ping. Web
    /// proxies cut what is silent for one to three minutes.
    std::uint16_t ping_seconds = 30;
    /// After so many, the connection is closed.
    std::uint16_t hang_up_seconds = 150;
    std::uint32_t header_bytes_max = 4096;  ///< of one request
};

/// MQTT in WebSocket frames, and what little HTTP there is beside it, by libwebsockets: it is given
/// accepted sockets, and served when the shard's poller finds them ready. One per shard, on its
/// thread. Its own timers are swept once a second while it has connections, and not at all
/// otherwise.
///
/// Sub-protocols are `mqtt` and `mqttv3.1` on any path; an upgrade without them is refused with 400
/// [MQTT-6.0.0-3]. Messages are binary [MQTT-6.0.0-1] and taken as a stream of bytes, wherever they
/// are cut. permessage-deflate is not offered. A plain GET yields a page that tells what this port
/// is for, and `/healthz`, also behind a prefix that a proxy adds, `ok`.
class WebSocketServer final : private Timed {
 public:
    static Outcome<std::unique_ptr<WebSocketServer>> create(Shard& shard,
                                                            const WebSocketSettings& settings = {});
    ~WebSocketServer();
    WebSocketServer(const WebSocketServer&) = delete;
    WebSocketServer& operator=(const WebSocketServer&) = delete;

    /// Makes a listener's rules known, before its first `start`.
    Outcome<void> add(const Listener& listener);
    /// Forgets them, once no client of the listener is left.
    void remove(const Listener& listener);
    /// Takes over a client that has been accepted.
    void start(Listener& listener, UniqueFd client, Peer peer);

    // For its transports.
    [[nodiscard]] lws_context* context() const { return context_; }
    /// Room for a frame: headroom of libwebsockets, then `frame_bytes_max` bytes.
    [[nodiscard]] std::uint8_t* frame_buffer() { return frame_buffer_.data(); }
    static constexpr std::size_t frame_bytes_max = 16384;
    void opened();
    void closed() { --connections_; }
    /// Serves what libwebsockets has read already, if there is such.
    void after_service();

 private:
    struct Host {
        const Listener* listener;
        lws_vhost* vhost;
    };

    WebSocketServer(Shard& shard, const WebSocketSettings& settings);
    void sweep();
    [[nodiscard]] Time next_deadline() const override { return next_sweep_; }
    void run_timer(Time now) override;

    Shard& shard_;
    const WebSocketSettings settings_;
    const std::unique_ptr<lws_retry_bo> idle_policy_;  ///< libwebsockets keeps the address
    lws_context* context_ = nullptr;
    std::vector<Host> hosts_;
    std::size_t last_host_ = 0;  ///< names the next one
    std::vector<std::uint8_t> frame_buffer_;
    std::size_t connections_ = 0;
    Time next_sweep_ = never;
    bool sweep_posted_ = false;
};

}  // namespace mq::broker
