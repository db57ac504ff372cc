#pragma once

#include "base/problem.hpp"
#include "broker/auth/psk_table.hpp"
#include "broker/config/config.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

struct ssl_ctx_st;

namespace mq::broker {

class TlsKeylog;

/// The keys that hold at the moment; null where there are none. Asked in each handshake, on the
/// thread of that connection, so that a reload takes effect at once.
using PskSource = std::function<std::shared_ptr<const PskTable>()>;

/// Where the user name of a client comes from.
enum class TlsNameSource : std::uint8_t {
    none,      ///< from its CONNECT
    identity,  ///< `use_identity_as_username`
    subject    ///< `use_subject_as_username`
};

/// Certificate, key and rules of one TLS listener, in OpenSSL's hands. Streams that it has made
/// stay valid after it is gone or replaced.
///
/// Client certificates are verified only with `require_certificate`; with `crlfile` each of the
/// chain needs a valid revocation list of its issuer. Sessions are resumed by tickets under keys
/// that live as long as the process, for as long as the rules for client certificates are the same:
/// a new authority or revocation list ends them. With pre-shared keys there are no tickets, since a
/// session must not outlive its key.
class TlsContext {
 public:
    /// Certificates between a client's and the authority's, at most.
    static constexpr int chain_depth_max = 8;

    /// Reads all files of the listener. `psk` is needed where there is a `psk_hint`; `keylog` is
    /// told the secrets, if there is one, and outlives all streams. The problem has exit code 1.
    static Outcome<TlsContext> create(const ListenerConfig& config, PskSource psk = {},
                                      TlsKeylog* keylog = nullptr);

    [[nodiscard]] ssl_ctx_st* get() const { return context_.get(); }
    /// Until the certificate expires, negative afterwards; none with pre-shared keys.
    [[nodiscard]] std::optional<std::int64_t> certificate_seconds_left() const;
    /// The same of the revocation list that is due first.
    [[nodiscard]] std::optional<std::int64_t> revocations_seconds_left() const;

 private:
    struct Free {
        void operator()(ssl_ctx_st* context) const;
    };
    explicit TlsContext(ssl_ctx_st* context) : context_(context) {}

    std::unique_ptr<ssl_ctx_st, Free> context_;
};

/// Whether handshakes that this thread does from now on stop before a certificate is used.
void pause_before_certificates(bool pauses);

/// Where a connection's user name comes from, by the context that it was made with.
TlsNameSource name_source_of(const ssl_ctx_st* context);

}  // namespace mq::broker
