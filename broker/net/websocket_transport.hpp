#pragma once

#include "base/unique_fd.hpp"
#include "broker/net/transport.hpp"

#include <libwebsockets.h>

#include <cstddef>
#include <cstdint>

namespace mq::broker {

class WebSocketServer;

/// Largest message part that libwebsockets reads at once.
inline constexpr std::size_t websocket_read_bytes_max = 16384;

/// One client of a WebSocket listener, from accept on: first HTTP, then perhaps MQTT. The core
/// learns of it with the upgrade. libwebsockets owns the descriptor.
class WebSocketTransport final : public Transport {
 public:
    /// Owns itself from here on, as its shard's.
    static void start(WebSocketServer& server, Shard& shard, Listener& listener, lws_vhost* vhost,
                      UniqueFd client, Peer peer);
    ~WebSocketTransport() override;

    void ready(std::uint32_t events) override;
    void abandon() override;

    /// An event of libwebsockets about the connection `wsi`; what it returns goes back there.
    int handle(lws* wsi, lws_callback_reasons reason, void* in, std::size_t size);

 private:
    WebSocketTransport(WebSocketServer& server, Shard& shard, Listener& listener, Peer peer);

    void adopt(lws_vhost* vhost, UniqueFd client);
    void service(int events);
    int begin_close(lws_close_status status);
    void settle();
    int receive(mqtt::Bytes bytes);
    int write();
    std::size_t fill_frame(const Outbox& outbox);

    void flush() override;
    void close() override;
    void read_on() override;

    WebSocketServer& server_;
    lws* wsi_ = nullptr;
    int fd_ = -1;
    std::uint32_t interest_ = 0;
    Peer peer_;
    bool received_ = false;
    bool blocked_ = false;
    bool paused_ = false;
    bool closing_ = false;
    bool in_service_ = false;
    bool close_begun_ = false;  ///< libwebsockets has a close frame to write
};

/// The sub-protocols, for a virtual host of libwebsockets; ends with an empty entry.
const lws_protocols* websocket_protocols();

}  // namespace mq::broker
