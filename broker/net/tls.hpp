#pragma once

#include "base/unique_fd.hpp"
#include "broker/net/stream.hpp"
#include "broker/net/tls_context.hpp"

#include <memory>
#include <string>

struct ssl_st;

namespace mq::broker {

/// TLS on a socket, by OpenSSL straight on the descriptor: no buffer of ours between, and OpenSSL's
/// own are released while the connection is idle. Several packets go into one record.
class TlsStream {
 public:
    static constexpr std::size_t record_bytes_max = 16384;

    TlsStream(const TlsContext& context, UniqueFd fd);

    /// On the shard's thread, before a step of the handshake that another thread does: what it asks
    /// for is that of now.
    void note_keys();
    /// With `pauses` it stops before a certificate is used, which a resumed session does not, with
    /// `want_read`; then `paused` tells that the next call goes on without more bytes.
    StreamState handshake(bool pauses = false);
    [[nodiscard]] bool paused() const;
    /// Whether the rest of the handshake costs next to nothing: no signature, no key exchange and
    /// no certificate to look at.
    [[nodiscard]] bool handshake_is_light() const;
    void describe(Peer& peer) const;
    /// Whether the key by which the client came in is still good; asked once.
    [[nodiscard]] bool key_holds() const;
    [[nodiscard]] std::string failure() const;
    StreamResult read(std::span<std::uint8_t> room);
    static std::span<const std::uint8_t> peek(std::span<std::uint8_t>) { return {}; }
    StreamResult write(std::span<const iovec> parts, std::span<std::uint8_t> scratch);
    bool has_pending();
    void finish();
    [[nodiscard]] int descriptor() const { return fd_.get(); }

 private:
    struct Free {
        void operator()(ssl_st* ssl) const;
    };
    StreamResult result_of(int returned);

    UniqueFd fd_;
    std::unique_ptr<ssl_st, Free> ssl_;
    bool failed_ = false;
};

}  // namespace mq::broker
