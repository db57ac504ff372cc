#pragma once

#include "base/unique_fd.hpp"
#include "broker/core/access.hpp"
#include "broker/net/resident.hpp"
#include "broker/net/tls.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace mq::broker {

class Listener;
class Shard;
class WebSocketServer;

/// TLS for a WebSocket client: our own TLS ends here, and libwebsockets is given one end of a pair
/// of local sockets with plain bytes. So certificates, revocation, pre-shared keys, identities and
/// their reload are the same for wss as for mqtts.
///
///     TlsBridge::start(shard, server, listener, std::move(stream), peer);
///
/// takes a client whose handshake is done; bytes that were decrypted to find out what it speaks go
/// along as the last argument, at most `Shard::read_buffer`. libwebsockets gets to know what TLS
/// has shown of the client in Peer.
///
/// It keeps at most one record in each direction, reads on one side only while the other has taken
/// everything, and owns no buffer while nothing waits. An end on one side is passed to the other
/// behind the bytes before it.
class TlsBridge final : public Resident {
 public:
    /// Owns itself from here on, as its shard's. The listener counts one connection: that of the
    /// WebSocket.
    static void start(Shard& shard, WebSocketServer& server, Listener& listener, TlsStream stream,
                      Peer peer, std::span<const std::uint8_t> decrypted = {});

    void ready(std::uint32_t events) override;
    void abandon() override;
    void stop() override;

 private:
    enum class Phase : std::uint8_t { open, lingering };

    /// Our end of the pair.
    struct Inside final : Pollable {
        explicit Inside(TlsBridge& bridge) : owner(bridge) {}
        void ready(std::uint32_t events) override;
        TlsBridge& owner;
        UniqueFd fd;
    };
    /// One of the two descriptors, as the poller knows it. A peer that is wholly gone would be
    /// reported again and again, so its descriptor is taken out; it is still read to its end.
    struct Side {
        std::uint32_t interest = 0;
        bool watched = false;
        bool ended = false;  ///< nothing more comes from there
    };

    TlsBridge(Shard& shard, TlsStream stream);
    bool begin(WebSocketServer& server, Listener& listener, Peer peer);
    void move_bytes();
    bool move_in();
    bool write_in();
    bool move_out();
    bool write_out();
    void linger();
    void discard();
    void unwatch(Side& side, int fd);
    void update_interest();
    void watch(Side& side, int fd, Pollable& target, std::uint32_t wanted);
    void bury();

    Shard& shard_;
    TlsStream stream_;
    Inside inside_;
    Side outer_;  ///< the client's
    Side inner_;
    std::vector<std::uint8_t> to_inside_;   ///< decrypted, not taken yet
    std::vector<std::uint8_t> to_outside_;  ///< to be encrypted
    Phase phase_ = Phase::open;
    bool blocked_ = false;  ///< TLS waits for the client's socket to become writable
    bool dead_ = false;
};

}  // namespace mq::broker
