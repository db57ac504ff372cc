#pragma once

#include "broker/net/openssl_objects.hpp"

#include <memory>
#include <string>
#include <utility>
#include <vector>

struct ssl_ctx_st;
struct ssl_st;

namespace mq::broker {

/// The certificate by which a client is here, with those between it and the authority: kept for as
/// long as the client is, so that a revocation list that comes later can be held against it.
/// Belongs to the client's Peer, on the thread of its shard.
class ClientCertificate {
 public:
    /// The client's own first; at least that.
    explicit ClientCertificate(std::vector<X509Ptr> chain) : chain_(std::move(chain)) {}

    /// What a finished handshake has shown and verified; null where that is nothing. Of a resumed
    /// session only the client's own certificate is known.
    static std::shared_ptr<const ClientCertificate> of(const ssl_st* ssl);

    /// Which of them a revocation list of this context names, for a person: `CN=anna, serial 0A`.
    /// Empty when none does. Lists are taken for those of their issuer's key whatever their dates:
    /// what one has named once is not good again when the list is out of date.
    [[nodiscard]] std::string revoked_by(const ssl_ctx_st* context) const;

 private:
    std::vector<X509Ptr> chain_;
};

}  // namespace mq::broker
