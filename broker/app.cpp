#include "broker/app.hpp"

#include "base/version.hpp"
#include "broker/config/startup_report.hpp"
#include "broker/control/broker_commands.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

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

struct App::Signals {
    explicit Signals(boost::asio::io_context& context) : set(context) {}
    boost::asio::signal_set set;
};

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
    : reader_(std::move(reader)), config_(config), limits_(limits_of(config)), log_(log) {}

App::~App() {
    if (shard_) {
        shard_->drop_transports();
    }
}

Outcome<std::unique_ptr<App>> App::start(ConfigReader reader, const Config& config, Logger& log) {
    std::unique_ptr<App> app(new App(std::move(reader), config, log));
    raise_descriptor_limit(speaks_http(config));
    auto shard = Shard::create(log);
    if (!shard) {
        return shard.error();
    }
    app->shard_ = std::move(*shard);
    app->signals_ = std::make_unique<Signals>(app->shard_->context());
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGRTMIN}) {
        app->signals_->set.add(signal);
    }
    for (auto step : {&App::open_tls_keylog, &App::open_store, &App::read_realms, &App::restore,
                      &App::open_listeners, &App::start_store, &App::write_pid_file}) {
        auto done = (app.get()->*step)();
        if (!done) {
            return done.error();
        }
    }
    app->log_topics_ = std::make_unique<LogTopics>(log, *app->shard_);
    app->wait_signal();
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
    shard_->set_tls_keylog(tls_keylog_.get());
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
    login_ = std::make_unique<Login>(*shard_, *checker_, realms_.list(), throttle_of(config_));
    shard_->certificates().judge_by([this](const ListenerSettings& settings) {
        const Listener* listener = listeners_->current(settings);
        return listener == nullptr ? nullptr : listener->tls();
    });
    shard_->set_psk_keys(
        [&login = *login_](std::size_t realm) { return login.realms()[realm]->psks; });
    return {};
}

Outcome<void> App::restore() {
    BrokerSetup setup;
    setup.limits = &limits_;
    setup.access = login_.get();
    setup.realms = &realms_;
    setup.journal = store_.get();
    setup.control = &control_;
    setup.log = &log_;
    setup.heap_bytes = heap_bytes_in_use;
    setup.version = version;
    setup.seed = random_seed();
    StoredState state;
    if (store_) {
        auto loaded = store_->load();
        if (!loaded) {
            return loaded.error();
        }
        state = std::move(*loaded);
        keep_realms(state);
    }
    shard_->make_broker(setup);
    shard_->turn([&] {
        for (StoredSession& session : state.sessions) {
            shard_->broker().restore(std::move(session), shard_->now());
        }
        for (const MessageRef& message : state.retained) {
            shard_->broker().restore(message, shard_->now());
        }
        for (const AcceptedMessage& accepted : state.accepted) {
            shard_->broker().restore(accepted, shard_->now());
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
    login_->change(realms_.list());
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
    listeners_ = std::make_unique<Listeners>(*shard_, config_);
    auto change = listeners_->prepare(config_, realms_.numbers());
    if (auto problem = first_of(change.problems)) {
        return *problem;
    }
    listeners_->use(std::move(change));
    open_control();
    return {};
}

void App::open_control() {
    if (config_.enable_control_api) {
        control_.open("broker", broker_commands([this] { return listeners_->list(); }));
    } else {
        control_.close("broker");
    }
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
    shard_->run();
    checker_.reset();  // its verdicts go to the shard
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

void App::wait_signal() {
    signals_->set.async_wait([this](boost::system::error_code error, int signal) {
        if (!error) {
            shard_->turn([&] { on_signal(signal); });
            wait_signal();
        }
    });
}

void App::on_signal(int signal) {
    if (signal == SIGINT || signal == SIGTERM) {
        stop();
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
        shard_->stop();
        return;
    }
    log_.line(LogType::information, name_and_version() + " terminating");
    listeners_->close();
    shard_->broker().shut_down(shard_->now());
    shard_->stop_when_empty();
}

void App::print_subscriptions() {
    if (!print_now(shard_->broker().describe_subscriptions())) {
        log_.line(LogType::warning, "Standard output does not take all of the subscriptions.");
    }
}

}  // namespace mq::broker
