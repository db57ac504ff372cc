#include "broker/net/listener.hpp"
#include "broker/net/preamble.hpp"
#include "broker/net/stream_transport.hpp"
#include "broker/net/tls_preamble.hpp"
#include "broker/net/websocket.hpp"

#include <string>
#include <utility>

/// From an accepted client to its transport, and the lines in the log on that way.
namespace mq::broker {

/// Mosquitto names the path of the socket in the place of an address, and so do we.
Peer Listener::peer_of(const UniqueFd& client, const Endpoint& from) const {
    if (!config_.is_unix()) {
        return {from.address(), from.port(), {}};
    }
    if (count_.log_connections && shard_.log().wants(LogType::information)) {
        shard_.log().line(LogType::information, "Socket " + config_.unix_path + " is opened by " +
                                                    describe_process(client.get()) + ".");
    }
    return {config_.unix_path, 0, {}};
}

void Listener::log_new(const Peer& peer) const {
    if (count_.log_connections && shard_.log().wants(LogType::notice)) {
        shard_.log().line(LogType::notice, "New connection from " + peer.address + ":" +
                                               std::to_string(peer.port) + " on port " +
                                               std::to_string(settings_.port) + ".");
    }
}

void Listener::log_denied(const Peer& peer, std::string_view reason) const {
    shard_.log().line(LogType::notice, "Client connection from " + peer.address +
                                           " denied: " + std::string(reason) + ".");
}

void Listener::start(UniqueFd client, const Endpoint& from) {
    Peer peer = peer_of(client, from);
    if (config_.security.owner_only && !is_peer_trusted(client.get())) {
        log_denied(peer, "the control socket is for the broker's own user, and this is " +
                             describe_process(client.get()));
    } else if (full()) {
        log_denied(peer, "max_connections exceeded");
    } else if (Preamble::needed(config_)) {
        Preamble::start(shard_, *this, std::move(client), std::move(peer));
    } else {
        begin(std::move(client), std::move(peer));
    }
}

void Listener::begin(UniqueFd client, Peer peer) {
    log_new(peer);
    if (tls_ != nullptr) {
        using Inner = TlsPreamble::Inner;
        TlsPreamble::start(shard_, *this, TlsStream(tls_->context(), std::move(client)),
                           std::move(peer), websockets_ != nullptr ? Inner::http : Inner::mqtt,
                           shard_.now() + std::chrono::seconds(count_.connect_timeout_s));
    } else if (websockets_ != nullptr) {
        websockets_->start(*this, std::move(client), std::move(peer));
    } else {
        StreamTransport<PlainStream>::start(shard_, *this, PlainStream(std::move(client)),
                                            std::move(peer));
    }
}

void Listener::log_lost(const Peer& peer, std::string_view reason) const {
    if (count_.log_connections && shard_.log().wants(LogType::notice)) {
        shard_.log().line(LogType::notice, "Client " + peer.address + ":" +
                                               std::to_string(peer.port) +
                                               " disconnected: " + std::string(reason) + ".");
    }
}

}  // namespace mq::broker
