#pragma once

#include "base/unique_fd.hpp"
#include "broker/config/config.hpp"
#include "broker/core/access.hpp"
#include "broker/net/proxy_protocol.hpp"
#include "broker/net/resident.hpp"
#include "mqtt/packet.hpp"

#include <cstdint>
#include <string>

namespace mq::broker {

class Listener;
class Shard;

/// The first bytes of a connection where a listener has to look at them before a transport can be
/// chosen: a PROXY protocol header, and on a port for all (`protocol auto`) what the client speaks.
///
/// It peeks: a header is taken out of the socket to its last byte, and everything else stays there
/// for the transport that is started then. Events come once for what has newly come, so that a peer
/// that sends one byte and waits costs one look. From accept to transport a connection has as long
/// as it has for its CONNECT. It counts as one of its listener's.
///
/// A header is believed from everyone where `enable_proxy_protocol` asks for it and no
/// `trusted_proxy` is configured, as in Mosquitto; else from those only, and on a port for all
/// never from anyone else. On a Unix socket the rights of its file say who may speak.
class Preamble final : public Resident {
 public:
    /// Whether connections of such a listener begin with one.
    static bool needed(const ListenerConfig& config);
    /// Owns itself from here on, as its shard's.
    static void start(Shard& shard, Listener& listener, UniqueFd client, Peer peer);
    ~Preamble() override;

    void ready(std::uint32_t events) override;
    void abandon() override;
    void stop() override;

 private:
    enum class Phase : std::uint8_t { header, protocol };

    Preamble(Shard& shard, Listener& listener, UniqueFd client, Peer peer);
    bool look();
    bool read_header(mqtt::Bytes bytes);
    bool take_header(ProxyHeader header);
    bool consume(std::size_t size);
    bool choose(mqtt::Bytes bytes);
    [[nodiscard]] bool believes_peer() const;
    void go_on_as_configured();
    void go_on_with_tls();
    UniqueFd hand_over();
    void deny(const std::string& reason);
    void lost(const std::string& reason);
    void bury();

    Shard& shard_;
    Listener& listener_;
    UniqueFd fd_;
    Peer peer_;
    Phase phase_ = Phase::header;
    bool counted_ = true;
    bool dead_ = false;
};

}  // namespace mq::broker
