#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/config/config.hpp"
#include "broker/core/limits.hpp"
#include "broker/net/endpoint.hpp"
#include "broker/net/poller.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/tls.hpp"

#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

class WebSocketServer;

/// Open connections over all listeners.
struct ConnectionCount {
    std::uint32_t max = 0;  ///< 0: no limit
    bool log_connections = true;
    std::atomic<std::uint32_t> open{0};
};

/// One `listener` of the configuration: its sockets, and the connections that come in through them.
/// Accepts on the thread of its shard, whose it is; outlives the transports that it has started. A
/// connection beyond a limit is closed at once, with a line in the log.
class Listener final : private Timed {
 public:
    /// Opens the sockets. `websockets` is needed where the protocol is that, and outlives the
    /// listener, as do `shard` and `count`. Problems have exit code 1.
    static Outcome<std::unique_ptr<Listener>> open(Shard& shard, const ListenerConfig& config,
                                                   ConnectionCount& count,
                                                   WebSocketServer* websockets);
    ~Listener();
    Listener(const Listener&) = delete;
    Listener& operator=(const Listener&) = delete;

    [[nodiscard]] const ListenerSettings& settings() const { return settings_; }
    /// The port in use, also where the configuration left the choice to the system.
    [[nodiscard]] std::uint16_t port() const { return settings_.port; }

    /// Takes no further connections; those that are open stay.
    void close();
    /// Reads certificate and key again, for connections to come. On a problem the old ones stay.
    Outcome<void> reload_certificate();

    // For transports.
    void opened();
    void closed();
    /// The line for a client that was lost before the core knew of it.
    void log_lost(const Peer& peer, std::string_view reason) const;

 private:
    /// One socket; IPv4 and IPv6 have one each.
    struct Socket final : Pollable {
        Socket(Listener& listener, UniqueFd listening)
            : owner(listener), fd(std::move(listening)) {}
        void ready(std::uint32_t events) override;

        Listener& owner;
        UniqueFd fd;
    };

    Listener(Shard& shard, const ListenerConfig& config, ConnectionCount& count,
             WebSocketServer* websockets);
    Outcome<void> open_sockets();
    Outcome<void> open_socket(Endpoint endpoint, bool optional);
    [[nodiscard]] bool accept(Socket& socket);
    void start(UniqueFd client, const Endpoint& from);
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
    std::optional<TlsContext> tls_;
    std::vector<std::unique_ptr<Socket>> sockets_;
    std::atomic<std::uint32_t> open_{0};
    UniqueFd spare_;  ///< given up for a moment to turn away a client when no descriptor is left
    Time paused_until_ = never;
    Time next_warning_{};
};

/// What the core has to know of a listener.
ListenerSettings settings_of(const ListenerConfig& config);

}  // namespace mq::broker
