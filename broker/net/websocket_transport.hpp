#pragma once

#include "base/unique_fd.hpp"
#include "broker/net/transport.hpp"

#include <libwebsockets.h>

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace mq::broker {

class WebSocketServer;

/// Largest message part that libwebsockets reads at once.
inline constexpr std::size_t websocket_read_bytes_max = 16384;

/// One client that has asked for a WebSocket, from the answer to its request on. libwebsockets
/// owns the descriptor.
///
/// Frames of a client must be masked, and a server must close when one is not [RFC 6455, 5.1].
/// libwebsockets 4.1 takes both kinds and does not tell which it was, so the head of the first
/// frame is looked at in the socket, before libwebsockets reads: a client that does not mask never
/// does. What a client masks first and leaves unmasked later, or sends so that the first byte comes
/// alone, is not noticed.
class WebSocketTransport final : public Transport {
 public:
    /// Owns itself from here on, as its shard's. `request` is what libwebsockets shall answer.
    static void start(WebSocketServer& server, Shard& shard, Listener& listener, lws_vhost* vhost,
                      UniqueFd client, Peer peer, const std::string& request);
    ~WebSocketTransport() override;

    void ready(std::uint32_t events) override;
    void abandon() override;

    /// An event of libwebsockets about the connection `wsi`; what it returns goes back there.
    int handle(lws* wsi, lws_callback_reasons reason, void* in, std::size_t size);

 private:
    WebSocketTransport(WebSocketServer& server, Shard& shard, Listener& listener, Peer peer);

    void adopt(lws_vhost* vhost, UniqueFd client, const std::string& request);
    bool first_frame_unmasked();
    void service(int events);
    int begin_close(lws_close_status status, std::string_view reason);
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
    bool first_frame_seen_ = false;
    bool unmasked_ = false;
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
