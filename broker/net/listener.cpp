#include "broker/net/listener.hpp"

#include "broker/net/network_interface.hpp"
#include "broker/net/websocket.hpp"

#include <cassert>
#include <cerrno>
#include <fcntl.h>
#include <sys/stat.h>
#include <utility>

namespace mq::broker {
namespace {

constexpr int accepts_per_turn_max = 64;
constexpr Duration pause_time = std::chrono::seconds(1);
constexpr Duration warning_interval = std::chrono::seconds(60);

int open_spare() {
    return ::open("/dev/null", O_RDONLY | O_CLOEXEC);
}

/// A family that this host does not have is no reason not to listen on the other.
bool family_missing(int error) {
    return error == EAFNOSUPPORT || error == EADDRNOTAVAIL || error == EPROTONOSUPPORT;
}

std::string opening_line(const Endpoint& endpoint) {
    return std::string("Opening ") + (endpoint.ipv6() ? "ipv6" : "ipv4") +
           " listen socket on port " + std::to_string(endpoint.port()) + ".";
}

Outcome<void> check_http_dir(const ListenerConfig& config) {
    struct stat facts {};
    if (config.http_dir.empty() || config.protocol == ListenerProtocol::mqtt) {
        return {};
    }
    if (::stat(config.http_dir.c_str(), &facts) != 0) {
        return system_problem("Error: cannot use http_dir " + config.http_dir, errno);
    }
    return S_ISDIR(facts.st_mode)
               ? Outcome<void>()
               : system_problem("Error: cannot use http_dir " + config.http_dir, ENOTDIR);
}

/// The port that the system has chosen for a socket.
std::uint16_t port_of(int fd) {
    Endpoint bound;
    bound.size = sizeof bound.storage;
    ::getsockname(fd, reinterpret_cast<sockaddr*>(&bound.storage), &bound.size);
    return bound.port();
}

}  // namespace

ListenerSettings settings_of(const ListenerConfig& config, std::size_t realm) {
    ListenerSettings settings;
    settings.realm = realm;
    settings.port = config.port;
    settings.max_qos = static_cast<mqtt::QoS>(config.max_qos);
    settings.max_topic_alias = config.max_topic_alias;
    settings.max_topic_alias_broker = config.max_topic_alias_broker;
    settings.allow_anonymous = config.allow_anonymous;
    settings.allow_zero_length_clientid = config.security.allow_zero_length_clientid;
    settings.auto_id_prefix = config.auto_id_prefix;
    settings.accept_protocol_versions = config.accept_protocol_versions;
    settings.mount_point = config.mount_point;
    settings.use_username_as_clientid = config.use_username_as_clientid;
    settings.use_identity_as_username =
        config.use_identity_as_username || config.use_subject_as_username;
    settings.require_certificate = config.require_certificate;
    settings.owner_only = config.security.owner_only;
    return settings;
}

std::shared_ptr<std::atomic<std::uint32_t>> ConnectionCount::at(const std::string& place) {
    auto& known = places[place];
    auto count = known.lock();
    if (count == nullptr) {
        count = std::make_shared<std::atomic<std::uint32_t>>(0);
        known = count;
    }
    return count;
}

Listener::Listener(Shard& shard, const ListenerConfig& config, std::size_t realm,
                   ConnectionCount& count, WebSocketServer* websockets, bool inner)
    : shard_(shard),
      config_(config),
      count_(count),
      websockets_(config.protocol != ListenerProtocol::mqtt ? websockets : nullptr),
      settings_(settings_of(config, realm)),
      place_count_(count.at(config.place())),
      inner_(inner),
      spare_(inner ? -1 : open_spare()) {
    assert(config.protocol == ListenerProtocol::mqtt || websockets != nullptr);
    shard_.watch(*this);
}

Listener::~Listener() {
    close();
    if (websockets_ != nullptr) {
        websockets_->remove(*this);
    }
    shard_.forget(*this);
}

Outcome<std::unique_ptr<Listener>> Listener::open(Shard& shard, const ListenerConfig& config,
                                                  std::size_t realm, ConnectionCount& count,
                                                  WebSocketServer* websockets,
                                                  bool shares_address) {
    std::unique_ptr<Listener> made(new Listener(shard, config, realm, count, websockets, false));
    if (auto opened = made->open_sockets(shares_address); !opened) {
        return opened.error();
    }
    if (auto done = made->prepare(); !done) {
        return done.error();
    }
    return made;
}

Outcome<std::unique_ptr<Listener>> Listener::open_inner(Shard& shard, const ListenerConfig& config,
                                                        std::size_t realm, ConnectionCount& count,
                                                        WebSocketServer* websockets) {
    std::unique_ptr<Listener> made(new Listener(shard, config, realm, count, websockets, true));
    if (auto done = made->prepare(); !done) {
        return done.error();
    }
    return made;
}

Outcome<std::unique_ptr<Listener>> Listener::successor(const ListenerConfig& config,
                                                       std::size_t realm,
                                                       WebSocketServer* websockets) const {
    std::unique_ptr<Listener> made(new Listener(shard_, config, realm, count_, websockets, inner_));
    made->settings_.port = settings_.port;
    made->predecessors_ = predecessors_ + 1;
    if (auto done = made->prepare(); !done) {
        return done.error();
    }
    return made;
}

Outcome<void> Listener::check_files(const ListenerConfig& config) {
    if (config.tls()) {
        if (auto made = TlsContext::create(config, [] { return nullptr; }); !made) {
            return made.error();
        }
    }
    return check_http_dir(config);
}

Outcome<void> Listener::prepare() {
    if (auto good = check_http_dir(config_); !good) {
        return good;
    }
    if (auto done = prepare_tls(); !done) {
        return done.error();
    }
    return websockets_ != nullptr ? websockets_->add(*this, config_) : Outcome<void>();
}

Outcome<void> Listener::prepare_tls() {
    if (!config_.tls()) {
        return {};
    }
    PskSource keys;
    if (shard_.psk_keys()) {
        keys = [&shard = shard_, realm = settings_.realm] { return shard.psk_keys()(realm); };
    }
    auto made = TlsKeeper::create(shard_, config_, settings_.port, std::move(keys), inner_);
    if (!made) {
        return made.error();
    }
    tls_ = std::move(*made);
    return {};
}

void Listener::take_sockets(Listener& other) {
    other.replaced_ = true;
    sockets_ = std::move(other.sockets_);
    for (const auto& socket : sockets_) {
        socket->owner = this;
    }
    paused_until_ = std::exchange(other.paused_until_, never);
    if (config_.is_unix() && config_.unix_mode != other.config_.unix_mode) {
        for (const auto& socket : sockets_) {
            if (auto set = socket->file.set_mode(config_.unix_mode); !set) {
                shard_.log().line(LogType::error, set.error().text());
            }
        }
    }
}

void Listener::share_address(bool shared) {
    for (const auto& socket : sockets_) {
        set_reuse_port(socket->fd.get(), shared);
    }
}

Outcome<void> Listener::check_certificate() const {
    return tls_ == nullptr ? Outcome<void>() : tls_->check();
}

Outcome<void> Listener::reload_certificate() {
    return tls_ == nullptr ? Outcome<void>() : tls_->reload();
}

Outcome<void> Listener::open_sockets(bool shares_address) {
    if (config_.is_unix()) {
        return open_unix_socket();
    }
    auto endpoints = resolve(config_.host, config_.port, config_.socket_domain);
    if (!endpoints) {
        return endpoints.error();
    }
    if (!config_.bind_interface.empty()) {
        if (auto good = check_interface(config_.bind_interface, *endpoints); !good) {
            return good.error();
        }
    }
    for (const Endpoint& endpoint : *endpoints) {
        auto opened = open_socket(endpoint, endpoints->size() > 1, shares_address);
        if (!opened) {
            return opened.error();
        }
    }
    if (sockets_.empty()) {
        return Problem{"Error: port " + std::to_string(config_.port) +
                           " could be opened for no address family of this host.",
                       "", ""};
    }
    return {};
}

Outcome<void> Listener::open_socket(Endpoint endpoint, bool optional, bool shares_address) {
    shard_.log().line(LogType::information, opening_line(endpoint));
    auto fd = listen_on(endpoint, shares_address, config_.bind_interface);
    if (!fd) {
        auto problem = system_problem("Error: cannot listen on " + endpoint.address() + " port " +
                                          std::to_string(endpoint.port()),
                                      fd.error().value());
        if (optional && family_missing(fd.error().value())) {
            shard_.log().line(LogType::information, problem.text() + "; going on without it.");
            return {};
        }
        if (!config_.bind_interface.empty() && fd.error().value() == EPERM) {
            problem.next =
                "Before Linux 5.7 only root may use bind_interface. Put the interface's address "
                "into the listener line instead.";
        }
        return problem;
    }
    if (settings_.port == 0) {
        settings_.port = port_of(fd->get());
    }
    sockets_.push_back(std::make_unique<Socket>(*this, std::move(*fd)));
    return wait_for(*sockets_.back());
}

Outcome<void> Listener::open_unix_socket() {
    shard_.log().line(LogType::information,
                      "Opening unix listen socket on path " + config_.unix_path + ".");
    auto made = listen_on_path(config_.unix_path, config_.unix_mode);
    if (!made) {
        return made.error();
    }
    sockets_.push_back(std::make_unique<Socket>(*this, std::move(made->fd)));
    sockets_.back()->file = std::move(made->file);
    return wait_for(*sockets_.back());
}

Outcome<void> Listener::wait_for(Socket& socket) {
    if (!shard_.poller().add(socket.fd.get(), EPOLLIN, socket)) {
        return system_problem("Error: cannot wait for clients of listener " + config_.place(),
                              errno);
    }
    return {};
}

void Listener::close() {
    sockets_.clear();
    paused_until_ = never;
    if (tls_ != nullptr) {
        tls_->stop_watching();
    }
}

Listener::Siblings Listener::siblings() const {
    return [&count = count_, place = config_.place()](ShardIndex shard) {
        return count.find ? count.find(place, shard) : nullptr;
    };
}

bool Listener::admits(const Peer& peer) const {
    return !gone_ && shard_.certificates().fault(settings_, peer).empty();
}

void Listener::opened() {
    ++connections_;
    ++*place_count_;
    ++count_.open;
}

void Listener::closed() {
    --connections_;
    --*place_count_;
    --count_.open;
}

/// Whoever is to find out why the broker is full gets in.
bool Listener::full() const {
    if (config_.security.owner_only) {
        return *place_count_ >= config_.max_connections;
    }
    return (config_.max_connections != 0 && *place_count_ >= config_.max_connections) ||
           (count_.max != 0 && count_.open >= count_.max);
}

void Listener::Socket::ready(std::uint32_t) {
    for (int i = 0; i < accepts_per_turn_max && owner->accept(*this); ++i) {
    }
}

/// False when nobody waits any more.
bool Listener::accept(Socket& socket) {
    Endpoint from;
    auto client = accept_on(socket.fd.get(), from);
    if (client) {
        // The state that the API tells is known to the first shard only.
        const bool stays = !count_.hand_over || config_.protocol == ListenerProtocol::http_api;
        if (stays || !count_.hand_over(config_.place(), *client, from)) {
            start(std::move(*client), from);
        }
        return true;
    }
    switch (client.error().value()) {
        case EMFILE:
        case ENFILE:
            out_of_descriptors(socket);
            return false;
        case ENOBUFS:
        case ENOMEM:
            pause();
            return false;
        case ECONNABORTED:
        case EINTR:
        case EPROTO:
            return true;
        default:
            return false;
    }
}

/// Turns the next client away with the descriptor held in reserve: left waiting, it would wake the
/// loop again and again.
void Listener::out_of_descriptors(Socket& socket) {
    if (shard_.now() >= next_warning_) {
        next_warning_ = shard_.now() + warning_interval;
        shard_.log().line(LogType::warning,
                          "Unable to accept new connection, system socket count has been "
                          "exceeded. Try increasing \"ulimit -n\" or equivalent.");
    }
    spare_.reset();
    Endpoint from;
    const bool turned_away = accept_on(socket.fd.get(), from).has_value();
    spare_.reset(open_spare());
    if (!turned_away || !spare_) {
        pause();
    }
}

void Listener::pause() {
    paused_until_ = shard_.now() + pause_time;
    for (const auto& socket : sockets_) {
        shard_.poller().change(socket->fd.get(), 0, *socket);
    }
}

void Listener::run_timer(Time) {
    paused_until_ = never;
    if (!spare_) {
        spare_.reset(open_spare());
    }
    for (const auto& socket : sockets_) {
        shard_.poller().change(socket->fd.get(), EPOLLIN, *socket);
    }
}

}  // namespace mq::broker
