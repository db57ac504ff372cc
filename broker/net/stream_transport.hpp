#pragma once

#include "broker/net/transport.hpp"

#include <cstdint>
#include <memory>
#include <string_view>

namespace mq::broker {

/// MQTT on a byte stream: drains the socket into the shard's buffer, writes the outbox with as few
/// calls as it takes. `Stream` is described in stream.hpp. The definitions are in
/// stream_transport.cpp, for plain TCP and for TLS.
template <class Stream>
class StreamTransport final : public Transport {
 public:
    /// Owns itself from here on, as its shard's; `add` has failed when it returns null.
    /// `decrypted` are bytes that were read already to find out what the client speaks; then the
    /// handshake is done.
    static void start(Shard& shard, Listener& listener, Stream stream, Peer peer,
                      mqtt::Bytes decrypted = {});

    void ready(std::uint32_t events) override;
    void abandon() override;
    [[nodiscard]] bool can_detach() const override;
    std::unique_ptr<DetachedTransport> detach() override;

 private:
    enum class Phase : std::uint8_t { handshake, open, closing, lingering };
    class Detached;

    StreamTransport(Shard& shard, Listener& listener, Stream stream);

    void flush() override;
    void close() override;
    void read_on() override;

    bool shake_hands();
    void begin(mqtt::Bytes decrypted);
    void read();
    bool read_once(std::size_t& bytes);
    void look_ahead();
    void write();
    void write_or_close();
    void linger();
    void discard();
    void lost(std::string_view reason);
    void update_interest();

    Stream stream_;
    std::uint32_t interest_ = 0;
    std::uint32_t largest_ = 0;  ///< packet that was read into a block of its own
    Phase phase_ = Phase::handshake;
    bool reading_ = true;       ///< more bytes may be read
    bool blocked_ = false;      ///< waits for the descriptor to become writable
    bool looks_ahead_ = false;  ///< the last packet was such a one
    bool answered_ = false;     ///< something was written when the end began
};

}  // namespace mq::broker
