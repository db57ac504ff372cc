#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/config/config.hpp"
#include "broker/net/http_site.hpp"
#include "broker/net/shard.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

struct lws_context;
struct lws_retry_bo;
struct lws_vhost;

namespace mq::broker {

class Listener;
class WebSocketTransport;

struct WebSocketSettings {
    std::size_t header_bytes_max = 4096;  ///< of one request, at most 65535
    /// What a request has to come as a whole, and a client to take something of an answer.
    Duration patience = std::chrono::seconds(30);
    unsigned log_level = 0;  ///< bits of libwebsockets; 0: errors, warnings, notices
    std::string version;     ///< for `/api/v1/version`
};

/// HTTP of all kinds on the listeners of one shard, and MQTT in WebSocket frames, on the shard's
/// thread. An accepted client is an HttpConnection until it has asked for an upgrade that the
/// listener's rules allow; then libwebsockets is given the descriptor and a request with nothing
/// but what the handshake needs, and does the handshake and the frames, served when the shard's
/// poller finds the descriptor ready. So libwebsockets reads no header that a stranger wrote. Its
/// own timers are swept once a second while it has connections, and not at all otherwise.
///
/// Sub-protocols are `mqtt` and `mqttv3.1`; an upgrade without them is refused [MQTT-6.0.0-3].
/// Messages are binary [MQTT-6.0.0-1] and taken as a stream of bytes, wherever they are cut.
/// permessage-deflate is not offered.
///
/// Every `websockets_ping_interval` seconds a client is sent a ping, whatever else it sends or is
/// sent, since web proxies cut what is silent in one direction for one to three minutes. One that
/// does not answer is gone after five such intervals, at least 30 seconds.
class WebSocketServer final : private Timed {
 public:
    static Outcome<std::unique_ptr<WebSocketServer>> create(Shard& shard,
                                                            WebSocketSettings settings = {});
    ~WebSocketServer();
    WebSocketServer(const WebSocketServer&) = delete;
    WebSocketServer& operator=(const WebSocketServer&) = delete;

    /// Makes a listener's rules known, before its first `start`, or in place of those that clients
    /// to come found before.
    Outcome<void> add(const Listener& listener, const ListenerConfig& config);
    /// Forgets them, once no client of the listener is left.
    void remove(const Listener& listener) { sites_.erase(&listener); }
    /// Settings for clients to come.
    void use(WebSocketSettings settings);
    /// What `/api/v1/listeners` shows.
    void show_listeners(std::vector<ListenerConfig> listeners) { shown_ = std::move(listeners); }
    /// Takes over a client that has been accepted; nothing of what it sent was read.
    void start(Listener& listener, UniqueFd client, Peer peer);

    // For its connections.
    [[nodiscard]] std::size_t header_bytes_max() const { return settings_.header_bytes_max; }
    [[nodiscard]] Duration patience() const { return settings_.patience; }
    /// Lets libwebsockets answer `request`, whose bytes were taken out of the socket.
    void upgrade(Listener& listener, const ListenerConfig& config, UniqueFd client, Peer peer,
                 const std::string& request);

    // For its transports.
    [[nodiscard]] lws_context* context() const { return context_; }
    /// Room for a frame: headroom of libwebsockets, then `frame_bytes_max` bytes.
    [[nodiscard]] std::uint8_t* frame_buffer() { return frame_buffer_.data(); }
    static constexpr std::size_t frame_bytes_max = 16384;
    void opened();
    void closed() { --connections_; }
    /// Serves what libwebsockets has read already, if there is such.
    void after_service();
    /// Whom events belong to that libwebsockets has no transport for yet.
    WebSocketTransport* starting = nullptr;

 private:
    /// Those of one ping interval; libwebsockets keeps the address of the policy.
    struct Host {
        std::unique_ptr<lws_retry_bo> policy;
        std::string name;  ///< libwebsockets keeps the pointer only
        lws_vhost* vhost = nullptr;
    };

    WebSocketServer(Shard& shard, WebSocketSettings settings);
    lws_vhost* host(std::uint16_t ping_interval_s);
    HttpDocuments documents();
    void sweep();
    [[nodiscard]] Time next_deadline() const override { return next_sweep_; }
    void run_timer(Time now) override;

    Shard& shard_;
    WebSocketSettings settings_;
    lws_context* context_ = nullptr;
    std::map<std::uint16_t, Host> hosts_;
    std::map<const Listener*, std::shared_ptr<const HttpSite>> sites_;
    std::vector<ListenerConfig> shown_;
    std::vector<std::uint8_t> frame_buffer_;
    std::size_t connections_ = 0;
    Time next_sweep_ = never;
    bool sweep_posted_ = false;
};

}  // namespace mq::broker
