#include "broker/net/preamble.hpp"

#include "broker/net/first_bytes.hpp"
#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/stream_transport.hpp"
#include "broker/net/tls_preamble.hpp"
#include "broker/net/websocket.hpp"

#include <cerrno>
#include <cstring>
#include <sys/socket.h>
#include <utility>

namespace mq::broker {
namespace {

/// Each look takes what the longest header may have; so much at least a socket can hold.
constexpr std::size_t peek_bytes_max = proxy_v2_bytes_max;
static_assert(peek_bytes_max <= Shard::read_buffer_bytes && peek_bytes_max >= first_bytes_max);

}  // namespace

bool Preamble::needed(const ListenerConfig& config) {
    return config.proxy_protocol != 0 || config.protocol == ListenerProtocol::automatic;
}

void Preamble::start(Shard& shard, Listener& listener, UniqueFd client, Peer peer) {
    auto* made = new Preamble(shard, listener, std::move(client), std::move(peer));
    if (!shard.poller().add(made->fd_.get(), EPOLLIN | EPOLLRDHUP | EPOLLET, *made)) {
        made->bury();
        return;
    }
    shard.set_deadline(*made, shard.now() + std::chrono::seconds(listener.connect_timeout_s()));
}

Preamble::Preamble(Shard& shard, Listener& listener, UniqueFd client, Peer peer)
    : shard_(shard), listener_(listener), fd_(std::move(client)), peer_(std::move(peer)) {
    shard_.adopt(*this);
    listener_.opened();
}

Preamble::~Preamble() {
    if (counted_) {
        listener_.closed();
    }
}

void Preamble::ready(std::uint32_t events) {
    if (!dead_ && listener_.gone()) {
        deny("the listener is gone");
    }
    while (!dead_ && look()) {
    }
    if (!dead_ && (events & (EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0) {
        lost("connection closed by client");  // and what it has sent is not enough
    }
}

/// True when there is more to see at once.
bool Preamble::look() {
    const auto room = shard_.read_buffer().first(peek_bytes_max);
    const ssize_t n = ::recv(fd_.get(), room.data(), room.size(), MSG_PEEK | MSG_DONTWAIT);
    if (n < 0) {
        if (errno != EAGAIN && errno != EINTR) {
            lost(::strerrordesc_np(errno));
        }
        return false;
    }
    if (n == 0) {
        lost("connection closed by client");
        return false;
    }
    const mqtt::Bytes bytes = room.first(static_cast<std::size_t>(n));
    return phase_ == Phase::header ? read_header(bytes) : choose(bytes);
}

bool Preamble::read_header(mqtt::Bytes bytes) {
    const bool required = listener_.config().proxy_protocol != 0;
    if (!required && !may_be_proxy_header(bytes)) {
        phase_ = Phase::protocol;
        return choose(bytes);
    }
    ProxyParse found = parse_proxy_header(bytes);
    switch (found.state) {
        case ProxyParse::State::incomplete:
            return false;
        case ProxyParse::State::complete:
            return take_header(std::move(found.header));
        case ProxyParse::State::malformed:
            break;
    }
    deny(found.reason);
    return false;
}

bool Preamble::take_header(ProxyHeader header) {
    const ListenerConfig& config = listener_.config();
    if (!believes_peer()) {
        deny("it sends a PROXY header and is no trusted_proxy");
        return false;
    }
    if (config.proxy_protocol != 0 && config.proxy_protocol != header.version) {
        deny("its PROXY header has version " + std::to_string(header.version) +
             ", and enable_proxy_protocol is " + std::to_string(config.proxy_protocol));
        return false;
    }
    if (config.proxy_protocol_v2_require_tls && !header.tls) {
        deny("its PROXY header tells of no TLS");
        return false;
    }
    if (!consume(header.size)) {
        return false;
    }
    if (!header.address.empty()) {
        peer_.address = std::move(header.address);
        peer_.port = header.port;
    }
    if (config.use_identity_as_username) {
        peer_.proof().identity = std::move(header.common_name);
    }
    phase_ = Phase::protocol;
    if (config.protocol == ListenerProtocol::automatic) {
        return true;
    }
    go_on_as_configured();
    return false;
}

/// Takes the header out of the socket, in which it is whole.
bool Preamble::consume(std::size_t size) {
    const auto room = shard_.read_buffer();
    while (size > 0) {
        const ssize_t n = ::recv(fd_.get(), room.data(), size, MSG_DONTWAIT);
        if (n <= 0) {
            lost(n == 0 ? "connection closed by client" : ::strerrordesc_np(errno));
            return false;
        }
        size -= static_cast<std::size_t>(n);
    }
    return true;
}

bool Preamble::believes_peer() const {
    const TrustedProxies& trusted = listener_.trusted_proxies();
    if (listener_.config().proxy_protocol != 0 &&
        (trusted.empty() || listener_.config().is_unix())) {
        return true;
    }
    return trusted.contains(peer_.address);
}

/// On a port for all: starts what the client speaks. False in any case, for `look`.
bool Preamble::choose(mqtt::Bytes bytes) {
    const FirstBytes meaning = look_at_first_bytes(bytes);
    const bool plain = meaning == FirstBytes::mqtt || meaning == FirstBytes::http;
    if (plain && listener_.config().tls_only()) {
        deny("it does not speak TLS, which proves here who clients are");
        return false;
    }
    switch (meaning) {
        case FirstBytes::undecided:
            break;
        case FirstBytes::mqtt:
            listener_.log_new(peer_);
            StreamTransport<PlainStream>::start(shard_, listener_, PlainStream(hand_over()),
                                                std::move(peer_));
            break;
        case FirstBytes::http:
            listener_.log_new(peer_);
            listener_.websockets()->start(listener_, hand_over(), std::move(peer_));
            break;
        case FirstBytes::tls:
            go_on_with_tls();
            break;
        case FirstBytes::proxy:
            deny("it sends two PROXY headers");
            break;
        case FirstBytes::unknown:
            deny("its first bytes are neither MQTT, HTTP nor TLS");
            break;
    }
    return false;
}

void Preamble::go_on_as_configured() {
    listener_.begin(hand_over(), std::move(peer_));
}

void Preamble::go_on_with_tls() {
    if (listener_.tls() == nullptr) {
        deny("it speaks TLS, and the listener has neither certfile nor psk_hint");
        return;
    }
    listener_.log_new(peer_);
    const Time until = deadline;
    TlsPreamble::start(shard_, listener_, TlsStream(*listener_.tls(), hand_over()),
                       std::move(peer_), TlsPreamble::Inner::unknown, until);
}

/// Lets go of the socket; what takes it counts as the listener's from here on.
UniqueFd Preamble::hand_over() {
    shard_.poller().remove(fd_.get());
    listener_.closed();
    counted_ = false;
    bury();
    return std::move(fd_);
}

void Preamble::deny(const std::string& reason) {
    listener_.log_denied(peer_, reason);
    bury();
}

void Preamble::lost(const std::string& reason) {
    listener_.log_lost(peer_, reason);
    bury();
}

void Preamble::abandon() {
    const bool header = phase_ == Phase::header && listener_.config().proxy_protocol != 0;
    deny(std::string(header ? "no whole PROXY header" : "nothing that shows what it speaks") +
         " within " + std::to_string(listener_.connect_timeout_s()) + " seconds");
}

void Preamble::stop() {
    bury();
}

void Preamble::bury() {
    if (!std::exchange(dead_, true)) {
        shard_.bury(*this);
    }
}

}  // namespace mq::broker
