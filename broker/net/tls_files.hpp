#pragma once

#include "base/problem.hpp"
#include "base/secret.hpp"
#include "broker/config/config.hpp"

#include <string>

struct ssl_ctx_st;

namespace mq::broker {

/// The files of one TLS listener, read into memory: what a context is made of is what was looked
/// at, even while somebody replaces the files.
///
/// `load_...` give them to an OpenSSL context. A problem names the directive, the file and the
/// reason.
class TlsFiles {
 public:
    static constexpr std::size_t file_bytes_max = std::size_t{16} << 20;

    static Outcome<TlsFiles> read(const ListenerConfig& config);

    /// Certificate with its chain, and the key that belongs to it.
    Outcome<void> load_certificate(ssl_ctx_st* context) const;
    /// Whose client certificates are good, and which of them are revoked.
    Outcome<void> load_authorities(ssl_ctx_st* context) const;
    /// Without a file OpenSSL chooses.
    Outcome<void> load_dh_parameters(ssl_ctx_st* context) const;

    /// Tells apart the rules by which client certificates are judged.
    [[nodiscard]] const std::string& authorities() const { return authorities_; }
    [[nodiscard]] const std::string& revocations() const { return revocations_; }

 private:
    explicit TlsFiles(const ListenerConfig& config) : config_(config) {}
    Outcome<void> load_key(ssl_ctx_st* context) const;
    Outcome<void> load_revocations(ssl_ctx_st* context) const;

    const ListenerConfig& config_;
    std::string certificate_;
    Secret key_;
    std::string authorities_;
    std::string revocations_;
    std::string dh_parameters_;
};

}  // namespace mq::broker
