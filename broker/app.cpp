#include "broker/app.hpp"

#include "base/version.hpp"
#include "broker/config/startup_report.hpp"
#include "broker/control/broker_commands.hpp"
#include "broker/control/live_commands.hpp"
#include "broker/net/signals.hpp"

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <utility>

namespace mq::broker {
namespace {

std::string name_and_version() {
    return std::string("mqhome version ") + version;
}

StoreSettings store_settings(const Config& config) {
    StoreSettings settings;
    settings.directory = config.persistence_location;
    settings.file = config.persistence_file;
    settings.autosave_interval = config.autosave_interval;
    settings.autosave_on_changes = config.autosave_on_changes;
    settings.store_bytes_max = config.global_max_store_bytes;
    return settings;
}

}  // namespace

Limits limits_of(const Config& config) {
    Limits limits;
    limits.max_packet_size = config.max_packet_size;
    limits.message_size_limit = config.message_size_limit;
    limits.max_inflight_messages = config.max_inflight_messages;
    limits.max_inflight_bytes = config.max_inflight_bytes;
    limits.max_queued_messages = config.max_queued_messages;
    limits.max_queued_bytes = config.max_queued_bytes;
    limits.max_keepalive = config.max_keepalive;
    limits.global_max_clients = config.global_max_clients;
    limits.queue_qos0_messages = config.queue_qos0_messages;
    limits.retain_available = config.retain_available;
    limits.upgrade_outgoing_qos = config.upgrade_outgoing_qos;
    limits.allow_duplicate_messages = config.allow_duplicate_messages;
    limits.global_max_queued_bytes = config.global_max_queued_bytes;
    limits.global_max_retained_bytes = config.global_max_retained_bytes;
    limits.global_max_retained_messages = config.global_max_retained_messages;
    limits.global_max_subscriptions = config.global_max_subscriptions;
    limits.memory_limit = config.memory_limit;
    limits.check_retain_source = config.check_retain_source;
    limits.acl_refuse_subscribe = config.acl_refuse_subscribe;
    if (config.persistent_client_expiration_s != 0) {
        limits.persistent_client_expiration = static_cast<std::uint32_t>(
            std::min<std::uint64_t>(config.persistent_client_expiration_s, 0xFFFFFFFE));
    }
    if (!config.clientid_prefixes.empty()) {
        limits.clientid_prefixes = {config.clientid_prefixes};
    }
    limits.sys_interval = config.sys_interval_s;
    limits.retain_expiry_interval = config.retain_expiry_interval_min;
    limits.connection_messages = config.connection_messages;
    return limits;
}

LoginThrottleSettings throttle_of(const Config& config) {
    const LoginThrottleConfig& said = config.login_throttle;
    LoginThrottleSettings settings;
    settings.enabled = said.enabled;
    settings.window = std::chrono::seconds(said.window_s);
    settings.slow_after = said.slow_after;
    settings.address_failures = said.address_failures;
    settings.user_failures = said.user_failures;
    settings.refuse = std::chrono::seconds(said.refuse_s);
    return settings;
}

App::App(ConfigReader reader, const Config& config, Logger& log)
    : reader_(std::move(reader)),
      config_(config),
      limits_(limits_of(config)),
      log_(log),
      throttle_(throttle_of(config)),
      workers_(log) {
    set_limits(connections_, config);
}

App::~App() = default;

Outcome<std::unique_ptr<App>> App::start(ConfigReader reader, const Config& config, Logger& log) {
    std::unique_ptr<App> app(new App(std::move(reader), config, log));
    raise_descriptor_limit(speaks_http(config));
    if (auto created = app->workers_.create(config.threads, config.threads_spread); !created) {
        return created.error();
    }
    Shard& first = *app->workers_.first().shard;
    app->signals_ = std::make_unique<Signals>(
        std::initializer_list{SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGRTMIN});
    for (auto step : {&App::open_tls_keylog, &App::open_store, &App::read_realms, &App::restore,
                      &App::open_listeners, &App::start_store, &App::write_pid_file}) {
        auto done = (app.get()->*step)();
        if (!done) {
            return done.error();
        }
    }
    app->log_topics_ = std::make_unique<LogTopics>(log, first);
    auto started = app->signals_->start([app = app.get(), &first](int signal) {
        first.post([app, signal] { app->on_signal(signal); });
    });
    if (!started) {
        return started.error();
    }
    log.line(LogType::information, name_and_version() + " running");
    return app;
}

/// The first problem; the others go to the log.
std::optional<Problem> App::first_of(const std::vector<Problem>& problems) {
    for (std::size_t i = 1; i < problems.size(); ++i) {
        log_problem(log_, problems[i]);
    }
    return problems.empty() ? std::nullopt : std::optional(problems.front());
}

Outcome<void> App::open_store() {
    if (!config_.persistence) {
        return {};
    }
    auto opened = Store::open(store_settings(config_), log_);
    if (!opened) {
        return opened.error();
    }
    store_ = std::move(*opened);
    return {};
}

Outcome<void> App::open_tls_keylog() {
    if (config_.tls_keylog.empty()) {
        return {};
    }
    auto opened = TlsKeylog::open(config_.tls_keylog, log_);
    if (!opened) {
        return opened.error();
    }
    tls_keylog_ = std::move(*opened);
    for (const auto& worker : workers_) {
        worker->shard->set_tls_keylog(tls_keylog_.get());
    }
    return {};
}

Outcome<void> App::read_realms() {
    auto loaded = realms_.load(config_);
    for (const std::string& warning : loaded.warnings) {
        log_.line(LogType::warning, warning);
    }
    if (auto problem = first_of(loaded.problems)) {
        return *problem;
    }
    realms_.use(std::move(loaded));
    for (const auto& made : workers_) {
        Worker& worker = *made;
        worker.login = std::make_unique<Login>(*worker.shard, *checker_, realms_.list(), throttle_);
        worker.shard->certificates().judge_by([&worker](const ListenerSettings& settings) {
            const Listener* listener = worker.listeners->current(settings);
            return listener == nullptr ? nullptr : listener->tls();
        });
        worker.shard->set_psk_keys(
            [&login = *worker.login](std::size_t realm) { return login.realms()[realm]->psks; });
    }
    return {};
}

void App::make_broker(std::size_t index) {
    Worker& worker = workers_.at(index);
    BrokerSetup setup;
    setup.self = static_cast<ShardIndex>(index);
    setup.shards = static_cast<ShardIndex>(workers_.count());
    setup.limits = &limits_;
    setup.access = worker.login.get();
    setup.realms = &realms_;
    setup.journal = store_.get();
    setup.control = &control_;
    if (store_ && workers_.count() > 1) {
        worker.journal = std::make_unique<Store::Door>(*store_);
        setup.journal = worker.journal.get();
    }
    setup.neighbours = workers_.link(index);
    setup.log = &log_;
    setup.heap_bytes = heap_bytes_in_use;
    setup.version = version;
    setup.seed = random_seed();
    worker.shard->make_broker(setup);
}

Outcome<void> App::restore() {
    StoredState state;
    if (store_) {
        auto loaded = store_->load();
        if (!loaded) {
            return loaded.error();
        }
        state = std::move(*loaded);
        keep_realms(state);
    }
    for (std::size_t index = 0; index < workers_.count(); ++index) {
        make_broker(index);
    }
    for (const MessageRef& message : state.retained) {
        Broker& owner = workers_.at(workers_.first().shard->broker().owner_of(message->topic()))
                            .shard->broker();
        owner.restore(workers_.count() > 1 ? message.copy() : message,
                      workers_.first().shard->now());
    }
    Shard& first = *workers_.first().shard;
    first.turn([&] {
        for (StoredSession& session : state.sessions) {
            first.broker().restore(std::move(session), first.now());
        }
        for (const AcceptedMessage& accepted : state.accepted) {
            first.broker().restore(accepted, first.now());
        }
    });
    return {};
}

/// Whatever is stored gets a realm of this program, and the log says whose listener is gone.
void App::keep_realms(const StoredState& state) {
    std::map<std::string, std::size_t> lost;
    for (const StoredSession& stored : state.sessions) {
        const std::string& place = stored.session.realm;
        realms_.keep(place);
        const std::size_t realm = realms_.find(place);
        if (realm == no_realm || realms_.list()[realm] == nullptr) {
            ++lost[place];
        }
    }
    for (const MessageRef& message : state.retained) {
        realms_.keep(message->publisher().realm);
    }
    for (const AcceptedMessage& accepted : state.accepted) {
        realms_.keep(accepted.message->publisher().realm);
    }
    for (const auto& worker : workers_) {
        worker->login->change(realms_.list());
    }
    for (const auto& [place, sessions] : lost) {
        log_.line(LogType::warning,
                  "Warning: " + std::to_string(sessions) + " stored session(s) came by " +
                      (place.empty() ? "a listener that was not noted"
                                     : "listener " + place + ", which is gone") +
                      ". With per_listener_settings nothing is queued for them until their clients "
                      "or their listener are back.");
    }
}

Outcome<void> App::open_listeners() {
    for (const ReportLine& line : startup_report(config_)) {
        log_.line(line.type, line.text);
    }
    if (workers_.count() > 1) {
        connections_.hand_over = [this](const std::string& place, UniqueFd& client,
                                        const Endpoint& from) {
            return hand_over(place, client, from);
        };
        connections_.find = [this](const std::string& place, ShardIndex shard) {
            return workers_.at(shard).listeners->find(place);
        };
    }
    for (const auto& worker : workers_) {
        const bool inner = worker.get() != &workers_.first();
        worker->listeners = std::make_unique<Listeners>(*worker->shard, connections_, inner);
        auto change = worker->listeners->prepare(config_, realms_.numbers());
        if (auto problem = first_of(change.problems)) {
            return *problem;
        }
        worker->listeners->use(std::move(change));
    }
    open_control();
    return {};
}

void App::open_control() {
    if (!config_.enable_control_api && config_.control_socket.empty()) {
        control_.close("broker");
        control_.close("mqhome");
        return;
    }
    control_.open("broker", broker_commands([this] { return workers_.first().listeners->list(); }));
    LiveSources sources;
    sources.listeners = [this] { return workers_.first().listeners->list_open(); };
    sources.log_types = [this] { return log_.types(); };
    sources.set_log_types = [this](LogMask types) { log_.set_types(types); };
    control_.open("mqhome", live_commands(std::move(sources)), live_request_bytes_max);
}

/// A client that the first shard has accepted goes to the one that has time for it.
bool App::hand_over(const std::string& place, UniqueFd& client, const Endpoint& from) {
    const std::size_t chosen = workers_.choose();
    if (chosen == 0) {
        return false;
    }
    Worker& worker = workers_.at(chosen);
    worker.shard->post([&worker, place, from, fd = std::make_shared<UniqueFd>(std::move(client))] {
        worker.listeners->take(place, std::move(*fd), from);
    });
    return true;
}

/// Comes when the listeners are open: a snapshot of Mosquitto stays untouched where the broker
/// cannot run, above all because Mosquitto still does.
Outcome<void> App::start_store() {
    return store_ ? store_->start() : Outcome<void>();
}

/// Comes last: a second broker by mistake fails before, and leaves the first one's file alone.
Outcome<void> App::write_pid_file() {
    if (config_.pid_file.empty()) {
        return {};
    }
    auto created = PidFile::create(config_.pid_file);
    if (!created) {
        return created.error();
    }
    pid_file_ = std::move(*created);
    return {};
}

int App::run() {
    if (const auto ran = workers_.run(); !ran) {
        log_problem(log_, ran.error());
        return ran.error().exit_code;
    }
    checker_.reset();  // its verdicts go to the shards
    return close_store();
}

int App::close_store() {
    if (!store_) {
        return 0;
    }
    log_.line(LogType::information,
              "Saving in-memory database to " + config_.persistence_path() + ".");
    const auto closed = store_->close();
    if (!closed) {
        log_problem(log_, closed.error());
        return closed.error().exit_code;
    }
    return 0;
}

void App::on_signal(int signal) {
    if (signal == SIGINT || signal == SIGTERM) {
        stop();
    } else if (stopping_) {
        return;
    } else if (signal == SIGHUP) {
        reload();
    } else if (signal == SIGUSR1 && store_) {
        store_->save();
    } else if (signal == SIGUSR2) {
        print_subscriptions();
    } else if (signal == SIGRTMIN) {
        log_.reopen();
    }
}

/// The second time at once, whatever clients do.
void App::stop() {
    if (std::exchange(stopping_, true)) {
        workers_.stop();
        return;
    }
    log_.line(LogType::information, name_and_version() + " terminating");
    workers_.still([&] {
        for (const auto& worker : workers_) {
            worker->listeners->close();
            worker->shard->broker().shut_down(worker->shard->now());
        }
        workers_.stop_when_empty();
    });
}

void App::print_subscriptions() {
    std::string text;
    workers_.still([&] {
        for (const auto& worker : workers_) {
            text += worker->shard->broker().describe_subscriptions();
        }
    });
    if (!print_now(text)) {
        log_.line(LogType::warning, "Standard output does not take all of the subscriptions.");
    }
}

}  // namespace mq::broker
