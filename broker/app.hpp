#pragma once

#include "base/problem.hpp"
#include "broker/auth/password_checker.hpp"
#include "broker/config/config.hpp"
#include "broker/core/limits.hpp"
#include "broker/log/logger.hpp"
#include "broker/net/listener.hpp"
#include "broker/net/login.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/websocket.hpp"
#include "broker/process.hpp"
#include "broker/store/store.hpp"

#include <memory>
#include <vector>

namespace mq::broker {

/// The running broker: its one shard, its listeners, what it stores and who may log in, put
/// together from a configuration. Owned by `main`, on its thread, which is also the shard's.
class App {
 public:
    /// Everything up to the line `running`: the store is read, the listeners are open. The
    /// problem's exit code is that of the failed step; nothing is left running then.
    static Outcome<std::unique_ptr<App>> start(const Config& config, Logger& log);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    /// Serves until SIGTERM or SIGINT, then closes in order: wills are published, clients are told,
    /// the store is written. Returns the exit code.
    int run();

 private:
    struct Signals;

    App(const Config& config, Logger& log);
    Outcome<void> read_passwords();
    Outcome<void> open_store();
    Outcome<void> restore();
    Outcome<void> open_listeners();
    Outcome<void> write_pid_file();
    void wait_signal();
    void on_signal(int signal);
    void stop();
    void reload();
    void reload_passwords();
    void print_subscriptions();
    int close_store();

    const Config config_;
    const Limits limits_;
    Logger& log_;
    std::unique_ptr<Store> store_;  ///< null without persistence
    std::unique_ptr<Shard> shard_;
    std::unique_ptr<PasswordChecker> passwords_;  ///< null without a password file
    std::unique_ptr<Login> login_;
    ConnectionCount count_;
    std::unique_ptr<WebSocketServer> websockets_;  ///< null when no listener needs it
    std::vector<std::unique_ptr<Listener>> listeners_;
    std::unique_ptr<Signals> signals_;
    PidFile pid_file_;  ///< of no file without `pid_file`
    bool stopping_ = false;
};

/// What the core has to know of the configuration.
Limits limits_of(const Config& config);

}  // namespace mq::broker
