#pragma once

#include "base/problem.hpp"
#include "broker/auth/password_checker.hpp"
#include "broker/auth/realms.hpp"
#include "broker/config/config.hpp"
#include "broker/config/load.hpp"
#include "broker/control/control_topics.hpp"
#include "broker/core/limits.hpp"
#include "broker/listeners.hpp"
#include "broker/log/logger.hpp"
#include "broker/log_topics.hpp"
#include "broker/net/login.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/tls_keylog.hpp"
#include "broker/process.hpp"
#include "broker/store/store.hpp"
#include "broker/workers.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace mq::broker {

class Signals;

/// The running broker: its shards, its listeners, what it stores and who may log in, put together
/// from a configuration. Owned by `main`, on its thread, which is also the first shard's.
class App {
 public:
    /// Everything up to the line `running`: the store is read, the listeners are open. The
    /// problem's exit code is that of the failed step; nothing is left running then.
    /// `reader` reads the configuration anew for a reload, command line included.
    using ConfigReader = std::function<ParseResult()>;
    static Outcome<std::unique_ptr<App>> start(ConfigReader reader, const Config& config,
                                               Logger& log);
    ~App();
    App(const App&) = delete;
    App& operator=(const App&) = delete;

    /// Serves until SIGTERM or SIGINT, then closes in order: wills are published, clients are told,
    /// the store is written. Returns the exit code.
    int run();

 private:
    App(ConfigReader reader, const Config& config, Logger& log);
    std::optional<Problem> first_of(const std::vector<Problem>& problems);
    Outcome<void> open_tls_keylog();
    Outcome<void> read_realms();
    Outcome<void> open_store();
    Outcome<void> start_store();
    void make_broker(std::size_t index);
    Outcome<void> restore();
    void keep_realms(const StoredState& state);
    Outcome<void> open_listeners();
    Outcome<void> write_pid_file();
    void open_control();
    void on_signal(int signal);
    void stop();

    // reload.cpp
    void reload();
    bool reload_config(ParseResult parsed);
    void use(const Config& config);
    bool hand_over(const std::string& place, UniqueFd& client, const Endpoint& from);
    void review_clients(Worker& worker, const RealmList& before);
    [[nodiscard]] std::optional<mqtt::ReasonCode> verdict(const Worker& worker,
                                                          const Connection& connection,
                                                          const RealmList& before) const;

    void print_subscriptions();
    int close_store();

    ConfigReader reader_;
    Config config_;
    Limits limits_;  ///< the core looks at them, changed only while the shards stand still
    Logger& log_;
    std::unique_ptr<Store> store_;  ///< null without persistence
    ControlTopics control_;
    std::unique_ptr<TlsKeylog> tls_keylog_;  ///< null without `--tls-keylog`
    ConnectionCount connections_;
    LoginThrottle throttle_;
    Realms realms_;
    Workers workers_;
    std::unique_ptr<PasswordChecker> checker_ = std::make_unique<PasswordChecker>();
    std::unique_ptr<LogTopics> log_topics_;
    std::unique_ptr<Signals> signals_;
    PidFile pid_file_;  ///< of no file without `pid_file`
    bool stopping_ = false;
};

/// What the core has to know of the configuration.
Limits limits_of(const Config& config);

/// How failed logins are treated.
LoginThrottleSettings throttle_of(const Config& config);

}  // namespace mq::broker
