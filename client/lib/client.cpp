#include "client/lib/client.hpp"

#include <chrono>

namespace mq::client {

Time now() {
    return std::chrono::duration_cast<std::chrono::milliseconds>(
               std::chrono::steady_clock::now().time_since_epoch())
        .count();
}

Client::Client(const char* id, bool clean, void* user_data) : user_data_(user_data) {
    if (id != nullptr) {
        settings_.client_id = id;
    }
    settings_.clean = clean;
}

Client::~Client() = default;

/// Settings of TLS, to be changed: the next connection gets a new context.
TlsSettings& Client::tls() {
    if (!connecting_.tls) {
        connecting_.tls = std::make_unique<TlsSettings>();
    }
    tls_context_.reset();
    return *connecting_.tls;
}

WebSocketTarget& Client::websocket() {
    if (!connecting_.websocket) {
        connecting_.websocket = std::make_unique<WebSocketTarget>();
    }
    return *connecting_.websocket;
}

int Client::socket() {
    const Lock held(mutex_);
    return transport_ ? transport_->fd() : -1;
}

bool Client::wants_to_write() {
    const Lock held(mutex_);
    if (!transport_) {
        return false;
    }
    return transport_->waits_to_write() || transport_->has_own_output() ||
           (transport_->open() && !session_.output().empty()) || session_.has_completion();
}

void* Client::ssl() {
    const Lock held(mutex_);
    return transport_ ? transport_->tls() : nullptr;
}

}  // namespace mq::client
