#pragma once

#include "broker/core/access.hpp"
#include "broker/core/connection.hpp"

#include <functional>
#include <optional>
#include <string>
#include <utility>

namespace mq::broker {

class Log;
class TlsContext;

/// Whether clients may still be here by the certificate that they have shown, after a revocation
/// list has changed, or when one has changed while they were on their way in. One per shard, on its
/// thread.
class CertificateReview {
 public:
    /// The context that clients of a listener meet now; null for none.
    using ContextInForce = std::function<const TlsContext*(const ListenerSettings&)>;

    explicit CertificateReview(Log& log) : log_(log) {}

    /// Before the first client; without it every certificate stays good.
    void judge_by(ContextInForce context) { context_ = std::move(context); }

    /// Why a client must not be here; empty: it may.
    [[nodiscard]] std::string fault(const ListenerSettings& listener, const Peer& peer) const;
    /// The same for `Broker::review_clients`, with a line in the log.
    [[nodiscard]] std::optional<mqtt::ReasonCode> verdict(const Connection& connection) const;

 private:
    Log& log_;
    ContextInForce context_;
};

}  // namespace mq::broker
