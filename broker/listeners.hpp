#pragma once

#include "base/problem.hpp"
#include "broker/auth/realms.hpp"
#include "broker/config/config.hpp"
#include "broker/control/live_commands.hpp"
#include "broker/net/listener.hpp"
#include "broker/net/websocket.hpp"

#include <memory>
#include <vector>

namespace mq::broker {

/// Whether any listener needs libwebsockets.
bool speaks_http(const Config& config);

/// What the configuration says of new connections of all listeners.
void set_limits(ConnectionCount& count, const Config& config);

/// The open listeners, and how they become others on a reload. Owned by App, on its thread.
class Listeners {
 public:
    /// `count` is that of all shards. The inner ones have no sockets: they serve the clients that
    /// those of another shard have accepted.
    Listeners(Shard& shard, ConnectionCount& count, bool inner)
        : shard_(shard), count_(count), inner_(inner) {}
    ~Listeners();
    Listeners(const Listeners&) = delete;
    Listeners& operator=(const Listeners&) = delete;

    /// The listeners of another configuration, open or ready to take sockets over. Nothing that is
    /// in use has changed yet; destroyed without `use`, it leaves no trace.
    class Change {
     public:
        Change(Change&&) noexcept = default;
        Change& operator=(Change&&) noexcept = default;
        std::vector<Problem> problems;  ///< with any, it must not be used

     private:
        friend class Listeners;
        struct Entry {
            std::unique_ptr<Listener> made;  ///< null: `before` stays as it is
            Listener* before = nullptr;      ///< null: new
        };
        Change() = default;
        std::vector<Entry> entries_;
    };

    [[nodiscard]] Change prepare(const Config& config, const RealmNumbers& realms);
    /// Puts the change in force. Listeners that are gone, and those that were replaced, stay
    /// without sockets while they have connections.
    void use(Change change);

    void close();
    /// A client that was accepted at this place by another shard.
    void take(const std::string& place, UniqueFd client, const Endpoint& from);
    /// The configured listener at this place; null for none.
    [[nodiscard]] Listener* find(const std::string& place) const;
    /// The configured listener at whose place this one is; null when there is none any more.
    [[nodiscard]] const Listener* current(const ListenerSettings& settings) const;
    /// All that are open, with the ports that they really have.
    [[nodiscard]] std::vector<ListenerConfig> list() const;
    /// The same with their connections; may be asked on any thread while nothing is put in force.
    [[nodiscard]] std::vector<OpenListener> list_open() const;
    /// Deletes those that are closed and have no connection any more.
    void forget_closed();

    /// Settings of HTTP and WebSocket for clients to come.
    void use(const Config& config);

 private:
    Change::Entry prepare(const ListenerConfig& config, std::size_t realm, Change& change);
    void show();
    Outcome<void> need_websockets(const Config& config);

    Shard& shard_;
    ConnectionCount& count_;
    const bool inner_;
    std::unique_ptr<WebSocketServer> websockets_;  ///< null when no listener has needed it
    std::vector<std::unique_ptr<Listener>> open_;
    std::vector<std::unique_ptr<Listener>> closed_;
};

}  // namespace mq::broker
