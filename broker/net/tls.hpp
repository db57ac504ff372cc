#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/config/config.hpp"
#include "broker/net/stream.hpp"

#include <memory>

struct ssl_st;
struct ssl_ctx_st;

namespace mq::broker {

/// Certificate, key and rules of one TLS listener. Streams that it has made stay valid after it is
/// gone or replaced.
class TlsContext {
 public:
    /// Reads `certfile` and `keyfile`. The problem has exit code 1.
    static Outcome<TlsContext> create(const ListenerConfig& config);

    [[nodiscard]] ssl_ctx_st* get() const { return context_.get(); }

 private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    explicit TlsContext(ssl_ctx_st* context) : context_(context) {}

    std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// TLS on a socket, by OpenSSL straight on the descriptor: no buffer of ours between, and OpenSSL's
/// own are released while the connection is idle. Several packets go into one record.
class TlsStream {
 public:
    static constexpr std::size_t record_bytes_max = 16384;

    TlsStream(const TlsContext& context, UniqueFd fd);

    StreamState handshake();
    void describe(Peer& peer) const;
    [[nodiscard]] std::string failure() const;
    StreamResult read(std::span<std::uint8_t> room);
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
