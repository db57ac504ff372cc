#pragma once

#include "client/lib/io.hpp"
#include "client/lib/log_lines.hpp"
#include "client/lib/tls_context.hpp"

#include <cstdint>
#include <memory>
#include <span>
#include <string>

namespace mq::client {

/// TLS over a connected socket, which the caller keeps open meanwhile. `settings` outlive it.
/// Writing to a closed connection raises no signal.
class Tls {
 public:
    /// MOSQ_ERR_NOMEM, MOSQ_ERR_TLS.
    static int create(ssl_ctx_st* context, const TlsSettings& settings, const std::string& host,
                      int fd, std::unique_ptr<Tls>& tls);

    /// Goes on with the handshake; `done` once it is through. MOSQ_ERR_TLS with the reason in the
    /// log, MOSQ_ERR_CONN_LOST.
    Io handshake(LogLines& log);
    Io read(std::span<std::uint8_t> into);
    Io write(std::span<const std::uint8_t> bytes);
    /// Bytes are here that no readiness of the socket will tell of.
    [[nodiscard]] bool pending() const;
    [[nodiscard]] ssl_st* get() const { return connection_.get(); }
    /// Says goodbye as far as that can be done without waiting.
    void close();

 private:
    Tls() = default;
    [[nodiscard]] Io failure(int result) const;
    bool verify_name(const TlsSettings& settings, const std::string& host);

    std::unique_ptr<ssl_st, FreeTls> connection_;
};

}  // namespace mq::client
