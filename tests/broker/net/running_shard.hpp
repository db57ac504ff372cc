#pragma once

#include "base/runtime.hpp"
#include "broker/core/access.hpp"
#include "broker/core/log.hpp"
#include "broker/net/listener.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/websocket.hpp"

#include <atomic>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

namespace mq::broker::test {

/// Keeps lines; waits for one.
class ListLog final : public Log {
 public:
    void line(LogType, std::string_view text) override {
        const std::lock_guard lock(mutex_);
        lines_.emplace_back(text);
        changed_.notify_all();
    }

    void forget() {
        const std::lock_guard lock(mutex_);
        lines_.clear();
    }

    /// Waits until a line has this part; false after a minute.
    bool wait_for(std::string_view part) {
        std::unique_lock lock(mutex_);
        return changed_.wait_for(lock, std::chrono::minutes(1), [&] {
            for (const std::string& line : lines_) {
                if (line.find(part) != std::string::npos) {
                    return true;
                }
            }
            return false;
        });
    }

    [[nodiscard]] std::vector<std::string> lines() {
        const std::lock_guard lock(mutex_);
        return lines_;
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    std::vector<std::string> lines_;
};

/// Lets everybody in, at once, or when told so.
class OpenAccess final : public AccessPolicy {
 public:
    std::optional<mqtt::ReasonCode> login(const LoginRequest& request) override {
        if (!request.user_name || request.listener.use_identity_as_username) {
            return mqtt::ReasonCode::success;
        }
        const std::lock_guard lock(mutex_);
        waiting_ = request.connection;
        changed_.notify_all();
        return std::nullopt;
    }
    std::shared_ptr<const Grant> grant(const Identity&) override { return nullptr; }

    /// The connection of the client with a user name that waits for its verdict.
    ConnectionId wait_for_login() {
        std::unique_lock lock(mutex_);
        changed_.wait_for(lock, std::chrono::minutes(1), [&] { return waiting_ != 0; });
        return waiting_;
    }

 private:
    std::mutex mutex_;
    std::condition_variable changed_;
    ConnectionId waiting_ = 0;
};

/// A shard with one listener on a free port of the loopback interface, served by a thread.
class RunningShard {
 public:
    explicit RunningShard(ListenerConfig listener = {}, Limits limits_for_core = {},
                          WebSocketSettings websocket_settings = {},
                          std::uint32_t connections_max = 0,
                          const std::function<void(ConnectionCount&)>& set_up = {},
                          Shard::PskKeys psk_keys = {})
        : limits(std::move(limits_for_core)), shard(std::move(*Shard::create(log))) {
        runtime_init();  // as every main does: OpenSSL writes to closed sockets
        count.max = connections_max;
        if (set_up) {
            set_up(count);
        }
        BrokerSetup setup;
        setup.limits = &limits;
        setup.access = &access;
        setup.log = &log;
        setup.seed = 1;
        shard->make_broker(setup);
        if (listener.protocol != ListenerProtocol::mqtt) {
            websockets = std::move(*WebSocketServer::create(*shard, std::move(websocket_settings)));
        }
        shard->set_psk_keys(std::move(psk_keys));
        listener.host = "127.0.0.1";
        listener.port = 0;
        listener.allow_anonymous = true;
        open = std::move(*Listener::open(*shard, listener, 0, count, websockets.get()));
        thread = std::thread([this] { shard->run(); });
    }

    ~RunningShard() {
        shard->stop();
        thread.join();
        shard->drop_transports();
    }
    RunningShard(const RunningShard&) = delete;
    RunningShard& operator=(const RunningShard&) = delete;

    [[nodiscard]] std::uint16_t port() const { return open->port(); }

    ListLog log;
    OpenAccess access;
    Limits limits;
    ConnectionCount count;
    std::unique_ptr<Shard> shard;
    std::unique_ptr<WebSocketServer> websockets;
    std::unique_ptr<Listener> open;
    std::thread thread;
};

inline ListenerConfig websocket_listener() {
    ListenerConfig config;
    config.protocol = ListenerProtocol::websockets;
    return config;
}

}  // namespace mq::broker::test
