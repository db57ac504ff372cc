#pragma once

#include "broker/core/access.hpp"
#include "broker/core/time.hpp"
#include "broker/net/first_bytes.hpp"
#include "broker/net/resident.hpp"
#include "broker/net/tls.hpp"
#include "mqtt/packet.hpp"

#include <array>
#include <cstdint>
#include <string>

namespace mq::broker {

class Listener;
class Shard;

/// What comes after a Preamble where the client speaks TLS: the handshake, and the first decrypted
/// bytes, which tell MQTT from HTTP. Those go along to the transport, since a record cannot be put
/// back; it counts as one connection of its listener's.
class TlsPreamble final : public Resident {
 public:
    /// Owns itself from here on, as its shard's. `until` is the end of what the client had from
    /// accept on.
    static void start(Shard& shard, Listener& listener, TlsStream stream, Peer peer, Time until);
    ~TlsPreamble() override;

    void ready(std::uint32_t events) override;
    void abandon() override;
    void stop() override;

 private:
    enum class Phase : std::uint8_t { handshake, protocol, lingering };

    TlsPreamble(Shard& shard, Listener& listener, TlsStream stream, Peer peer);
    void shake_hands();
    bool read_on();
    void choose(FirstBytes meaning);
    [[nodiscard]] mqtt::Bytes bytes() const;
    void wait(StreamState state);
    TlsStream hand_over();
    void deny(const std::string& reason);
    void lost(const std::string& reason);
    void linger();
    void bury();

    Shard& shard_;
    Listener& listener_;
    TlsStream stream_;
    Peer peer_;
    std::array<std::uint8_t, first_bytes_max> bytes_{};
    std::uint8_t size_ = 0;
    std::uint32_t interest_ = 0;
    Phase phase_ = Phase::handshake;
    bool counted_ = true;
    bool dead_ = false;
};

}  // namespace mq::broker
