#pragma once

#include "broker/core/access.hpp"
#include "broker/core/time.hpp"
#include "broker/net/first_bytes.hpp"
#include "broker/net/handshake_thread.hpp"
#include "broker/net/resident.hpp"
#include "broker/net/tls.hpp"
#include "mqtt/packet.hpp"

#include <array>
#include <cstdint>
#include <memory>
#include <string>

namespace mq::broker {

class Listener;
class Shard;

/// What comes before the transport of a client that speaks TLS: the handshake, and on a port for
/// all the first decrypted bytes, which tell MQTT from HTTP. Those go along to the transport, since
/// a record cannot be put back; it counts as one connection of its listener's.
///
/// A handshake begins here, and a resumed session ends it here. Where a certificate is to be used,
/// the shard's HandshakeThread goes on. While a step is away, an event is only noted, for when it
/// is done.
class TlsPreamble final : public Resident, private HandshakeStep::Owner {
 public:
    /// What the client speaks within TLS.
    enum class Inner : std::uint8_t { mqtt, http, unknown };

    /// Owns itself from here on, as its shard's. `until` is the end of what the client has from
    /// accept on.
    static void start(Shard& shard, Listener& listener, TlsStream stream, Peer peer, Inner inner,
                      Time until);
    ~TlsPreamble() override;

    void ready(std::uint32_t events) override;
    void abandon() override;
    void stop() override;

 private:
    enum class Phase : std::uint8_t { handshake, protocol, lingering };

    TlsPreamble(Shard& shard, Listener& listener, TlsStream stream, Peer peer, Inner inner);
    void go_on();
    void shake_hands();
    void step_done() override;
    void judge_step();
    void begin_protocol();
    bool read_on();
    void choose(FirstBytes meaning);
    [[nodiscard]] mqtt::Bytes bytes() const;
    void wait(StreamState state);
    [[nodiscard]] TlsStream& stream() { return step_->stream; }
    TlsStream hand_over();
    void deny(const std::string& reason);
    void lost(const std::string& reason);
    void linger();
    void bury();

    Shard& shard_;
    Listener& listener_;
    std::unique_ptr<HandshakeStep> step_;
    Peer peer_;
    std::array<std::uint8_t, first_bytes_max> bytes_{};
    std::uint8_t size_ = 0;
    std::uint32_t interest_ = 0;
    Phase phase_ = Phase::handshake;
    const Inner inner_;
    bool costly_ = false;  ///< it is more than the resumption of a session
    bool away_ = false;    ///< the handshake thread has the step
    bool again_ = false;   ///< something has come meanwhile
    bool counted_ = true;
    bool dead_ = false;
};

}  // namespace mq::broker
