#include "broker/app.hpp"

#include "base/version.hpp"
#include "broker/config/startup_report.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <algorithm>
#include <csignal>
#include <filesystem>
#include <string>
#include <utility>

namespace mq::broker {
namespace {

bool has_websockets(const Config& config) {
    return std::any_of(config.listeners.begin(), config.listeners.end(), [](const auto& listener) {
        return listener.protocol == ListenerProtocol::websockets;
    });
}

std::string name_and_version() {
    return std::string("mqhome version ") + version;
}

StoreSettings store_settings(const Config& config) {
    StoreSettings settings;
    settings.directory = config.persistence_location;
    settings.file = config.persistence_file;
    settings.autosave_interval = config.autosave_interval;
    settings.autosave_on_changes = config.autosave_on_changes;
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

App::App(const Config& config, Logger& log)
    : config_(config), limits_(limits_of(config)), log_(log) {
    count_.max = config_.global_max_connections;
    count_.log_connections = config_.connection_messages;
}

App::~App() {
    if (shard_) {
        shard_->drop_transports();
    }
}

Outcome<std::unique_ptr<App>> App::start(const Config& config, Logger& log) {
    std::unique_ptr<App> app(new App(config, log));
    raise_descriptor_limit(has_websockets(config));
    auto shard = Shard::create(log);
    if (!shard) {
        return shard.error();
    }
    app->shard_ = std::move(*shard);
    app->signals_ = std::make_unique<Signals>(app->shard_->context());
    for (const int signal : {SIGINT, SIGTERM, SIGHUP, SIGUSR1, SIGUSR2, SIGRTMIN}) {
        app->signals_->set.add(signal);
    }
    for (auto step : {&App::open_store, &App::read_passwords, &App::restore, &App::open_listeners,
                      &App::write_pid_file}) {
        auto done = (app.get()->*step)();
        if (!done) {
            return done.error();
        }
    }
    app->wait_signal();
    log.line(LogType::information, name_and_version() + " running");
    return app;
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

Outcome<void> App::read_passwords() {
    // One set for all listeners until realms are there.
    const std::string& password_file = config_.listeners.front().security.password_file;
    if (!password_file.empty()) {
        passwords_ = std::make_unique<PasswordChecker>(password_file);
        const auto loaded = passwords_->reload();
        if (!loaded) {
            return loaded.error();
        }
        for (const std::string& warning : loaded->warnings) {
            log_.line(LogType::warning, warning);
        }
    }
    login_ = std::make_unique<Login>(*shard_, passwords_.get());
    return {};
}

Outcome<void> App::restore() {
    BrokerSetup setup;
    setup.limits = &limits_;
    setup.access = login_.get();
    setup.journal = store_.get();
    setup.log = &log_;
    setup.version = version;
    setup.seed = random_seed();
    StoredState state;
    if (store_) {
        auto loaded = store_->load();
        if (!loaded) {
            return loaded.error();
        }
        state = std::move(*loaded);
    }
    shard_->make_broker(setup);
    shard_->turn([&] {
        for (StoredSession& session : state.sessions) {
            shard_->broker().restore(std::move(session), shard_->now());
        }
        for (const MessageRef& message : state.retained) {
            shard_->broker().restore(message);
        }
    });
    return {};
}

Outcome<void> App::open_listeners() {
    for (const ReportLine& line : startup_report(config_)) {
        log_.line(line.type, line.text);
    }
    if (has_websockets(config_)) {
        WebSocketSettings settings;
        settings.header_bytes_max = config_.packet_buffer_size;
        auto made = WebSocketServer::create(*shard_, settings);
        if (!made) {
            return made.error();
        }
        websockets_ = std::move(*made);
    }
    for (const ListenerConfig& listener : config_.listeners) {
        auto opened = Listener::open(*shard_, listener, count_, websockets_.get());
        if (!opened) {
            return opened.error();
        }
        listeners_.push_back(std::move(*opened));
    }
    return {};
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
    passwords_.reset();  // its verdicts go to the shard
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
    for (const auto& listener : listeners_) {
        listener->close();
    }
    shard_->broker().shut_down(shard_->now());
    shard_->stop_when_empty();
}

void App::reload() {
    log_.line(LogType::information, "Reloading config.");
    log_.reopen();
    reload_passwords();
    for (const auto& listener : listeners_) {
        const auto loaded = listener->reload_certificate();
        if (!loaded) {
            log_.line(LogType::error, loaded.error().text() + "; the old one stays in use.");
        }
    }
    log_.line(LogType::notice,
              "Read again: the password file, certificates of TCP listeners, and the log file's "
              "name. Everything else in the configuration needs a restart.");
}

void App::reload_passwords() {
    if (!passwords_) {
        return;
    }
    const auto loaded = passwords_->reload();
    if (!loaded) {
        log_.line(LogType::error, loaded.error().text() + "; the old users stay in force.");
        return;
    }
    for (const std::string& warning : loaded->warnings) {
        log_.line(LogType::warning, warning);
    }
    shard_->broker().drop_users(loaded->changed_users, shard_->now());
}

void App::print_subscriptions() {
    if (!print_now(shard_->broker().describe_subscriptions())) {
        log_.line(LogType::warning, "Standard output does not take all of the subscriptions.");
    }
}

}  // namespace mq::broker
