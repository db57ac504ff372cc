#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/config/config.hpp"
#include "broker/core/limits.hpp"
#include "broker/net/endpoint.hpp"
#include "broker/net/poller.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/tls_keeper.hpp"
#include "broker/net/trusted_proxies.hpp"
#include "broker/net/unix_socket.hpp"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

class Listener;
class WebSocketServer;

/// What all listeners have in common, on all shards: the count of open connections, and rules for
/// new ones, which change only while the shards stand still.
struct ConnectionCount {
    std::uint32_t max = 0;  ///< 0: no limit
    bool log_connections = true;
    /// From accept until it is clear what a client speaks; for its CONNECT it has as much again.
    std::uint32_t connect_timeout_s = Limits().connect_timeout;
    TrustedProxies trusted_proxies;
    std::atomic<std::uint32_t> open = 0;
    /// By place, of all listeners that there or have been there; see `at`.
    std::map<std::string, std::weak_ptr<std::atomic<std::uint32_t>>, std::less<>> places{};
    /// Gives a client that a listener has accepted to another shard; false when this one keeps it.
    std::function<bool(const std::string& place, UniqueFd& client, const Endpoint& from)> hand_over;
    /// The listener at a place on a shard, asked on that shard's thread; null for none.
    std::function<Listener*(const std::string& place, ShardIndex shard)> find;

    /// The count of open connections at a place, shared by its listeners on all shards and over
    /// reloads. Not from several threads at a time.
    std::shared_ptr<std::atomic<std::uint32_t>> at(const std::string& place);
};

/// One `listener` of the configuration: its sockets, and the connections that come in through them.
/// Accepts on the thread of its shard, whose it is; outlives the transports that it has started. A
/// connection beyond a limit is closed at once, with a line in the log.
///
/// What the configuration says of a listener never changes for its connections: after a reload that
/// says something else another listener takes the sockets over, and this one stays without any
/// until its last connection is gone.
class Listener final : private Timed {
 public:
    /// Opens the sockets; with `shares_address` also where another of our sockets, told by
    /// `share_address`, is still bound. `websockets` is needed where the protocol is that, and
    /// outlives the listener, as do `shard` and `count`. Problems have exit code 1.
    static Outcome<std::unique_ptr<Listener>> open(Shard& shard, const ListenerConfig& config,
                                                   std::size_t realm, ConnectionCount& count,
                                                   WebSocketServer* websockets,
                                                   bool shares_address = false);
    /// One without sockets, for clients that another shard has accepted at this place. It says
    /// nothing about its files, since the one with sockets does.
    static Outcome<std::unique_ptr<Listener>> open_inner(Shard& shard, const ListenerConfig& config,
                                                         std::size_t realm, ConnectionCount& count,
                                                         WebSocketServer* websockets);
    /// A listener for the same place as this one, with other options, ready to `take_sockets`.
    [[nodiscard]] Outcome<std::unique_ptr<Listener>> successor(const ListenerConfig& config,
                                                               std::size_t realm,
                                                               WebSocketServer* websockets) const;
    /// Listens from now on in place of the other, which is closed.
    void take_sockets(Listener& other);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] const ListenerSettings& settings() const { return settings_; }
    [[nodiscard]] const ListenerConfig& config() const { return config_; }
    /// The port in use, also where the configuration left the choice to the system.
    [[nodiscard]] std::uint16_t port() const { return settings_.port; }

    /// Begins with a client that was accepted here, or elsewhere at this place.
    void start(UniqueFd client, const Endpoint& from);
    /// Takes no further connections; those that are open stay.
    void close();
    /// The configuration has no such listener any more: also nobody who is on the way in gets in.
    void retire() {
        close();
        gone_ = true;
    }
    [[nodiscard]] bool gone() const { return gone_; }
    /// Another one has its place: what its connections were promised holds here only.
    [[nodiscard]] bool replaced() const { return replaced_; }
    /// How many have had this place before, since it was first there; the same on all shards.
    [[nodiscard]] std::uint32_t predecessors() const { return predecessors_; }
    /// Open connections at its place, of all shards; may be asked on any thread.
    [[nodiscard]] std::uint32_t connections_at_place() const { return *place_count_; }
    /// Connections that it has started and that are open.
    [[nodiscard]] std::uint32_t connections() const { return connections_; }
    /// Lets other listeners of this user have the same address for the moment, so that a reload
    /// can open what replaces this one before it is closed.
    void share_address(bool shared);
    /// The files that a listener would need are there and good: certificate, key and what goes with
    /// them, the directory of `http_dir`.
    static Outcome<void> check_files(const ListenerConfig& config);
    /// Certificate and key are there and fit; nothing is changed.
    [[nodiscard]] Outcome<void> check_certificate() const;
    /// Reads certificate and key again, for connections to come. On a problem the old ones stay.
    Outcome<void> reload_certificate();

    // For transports, and for what comes before them.
    [[nodiscard]] Shard& shard() { return shard_; }
    /// The listener of the same place on another shard, asked on that shard's thread.
    using Siblings = std::function<Listener*(ShardIndex shard)>;
    [[nodiscard]] Siblings siblings() const;
    /// Whether a client that was let in by a sibling may go on here.
    [[nodiscard]] bool admits(const Peer& peer) const;
    void opened();
    void closed();
    /// Starts the configured transport, with a line in the log.
    void begin(UniqueFd client, Peer peer);
    [[nodiscard]] const TlsContext* tls() const { return tls_ ? &tls_->context() : nullptr; }
    /// Null where the protocol is MQTT alone.
    [[nodiscard]] WebSocketServer* websockets() const { return websockets_; }
    [[nodiscard]] const TrustedProxies& trusted_proxies() const { return count_.trusted_proxies; }
    [[nodiscard]] std::uint32_t connect_timeout_s() const { return count_.connect_timeout_s; }
    /// The line for a new client, once its address is known.
    void log_new(const Peer& peer) const;
    /// The line for a client that is turned away.
    void log_denied(const Peer& peer, std::string_view reason) const;
    /// The line for a client that was lost before the core knew of it.
    void log_lost(const Peer& peer, std::string_view reason) const;

 private:
    /// One socket; IPv4 and IPv6 have one each.
    struct Socket final : Pollable {
        Socket(Listener& listener, UniqueFd listening)
            : owner(&listener), fd(std::move(listening)) {}
        void ready(std::uint32_t events) override;

        Listener* owner;
        UniqueFd fd;
        SocketFile file{};  ///< of a Unix socket
    };

    /// Open connections of one place, whichever options they came by.
    using PlaceCount = std::shared_ptr<std::atomic<std::uint32_t>>;

    Listener(Shard& shard, const ListenerConfig& config, std::size_t realm, ConnectionCount& count,
             WebSocketServer* websockets, bool inner);
    /// Everything but the sockets.
    Outcome<void> prepare();
    Outcome<void> prepare_tls();
    Outcome<void> open_sockets(bool shares_address);
    Outcome<void> open_socket(Endpoint endpoint, bool optional, bool shares_address);
    Outcome<void> open_unix_socket();
    Outcome<void> wait_for(Socket& socket);
    [[nodiscard]] Peer peer_of(const UniqueFd& client, const Endpoint& from) const;
    [[nodiscard]] bool accept(Socket& socket);
    [[nodiscard]] bool full() const;
    void out_of_descriptors(Socket& socket);
    void pause();
    [[nodiscard]] Time next_deadline() const override { return paused_until_; }
    void run_timer(Time now) override;

    Shard& shard_;
    const ListenerConfig config_;
    ConnectionCount& count_;
    WebSocketServer* websockets_;
    ListenerSettings settings_;
    std::unique_ptr<TlsKeeper> tls_;  ///< null: without TLS
    std::vector<std::unique_ptr<Socket>> sockets_;
    PlaceCount place_count_;
    const bool inner_;
    bool gone_ = false;
    bool replaced_ = false;
    std::uint32_t predecessors_ = 0;
    std::uint32_t connections_ = 0;
    UniqueFd spare_;  ///< given up for a moment to turn away a client when no descriptor is left
    Time paused_until_ = never;
    Time next_warning_{};
};

/// What the core has to know of a listener.
ListenerSettings settings_of(const ListenerConfig& config, std::size_t realm);

}  // namespace mq::broker
