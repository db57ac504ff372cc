#include "broker/net/certificate_review.hpp"

#include "broker/core/log.hpp"
#include "broker/core/session.hpp"
#include "broker/net/client_certificate.hpp"
#include "broker/net/tls_context.hpp"

namespace mq::broker {

std::string CertificateReview::fault(const ListenerSettings& listener, const Peer& peer) const {
    if (peer.certificate() == nullptr || !context_) {
        return {};
    }
    const TlsContext* context = context_(listener);
    const std::string revoked =
        context == nullptr ? std::string() : peer.certificate()->revoked_by(context->get());
    return revoked.empty() ? std::string() : "its certificate is revoked (" + revoked + ")";
}

std::optional<mqtt::ReasonCode> CertificateReview::verdict(const Connection& connection) const {
    const std::string why = fault(*connection.listener, connection.peer);
    if (why.empty()) {
        return std::nullopt;
    }
    const std::string name =
        connection.session == nullptr ? std::string() : connection.session->client_id + " ";
    log_.line(LogType::notice, "Client " + name + "[" + connection.peer.address + ":" +
                                   std::to_string(connection.peer.port) + "]: " + why + ".");
    return mqtt::ReasonCode::not_authorized;
}

}  // namespace mq::broker
