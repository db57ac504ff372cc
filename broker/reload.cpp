#include "broker/app.hpp"
#include "broker/config/startup_report.hpp"

#include <string>
#include <utility>

/// What SIGHUP does: everything is read and checked first, and only then anything is changed.
namespace mq::broker {
namespace {

using mqtt::ReasonCode;

/// Whether a user could still log in with the password that it has shown.
bool password_holds(const Realm& before, const Realm& after, const std::string& user) {
    if (after.passwords == nullptr || before.passwords == after.passwords) {
        return true;
    }
    const PasswordHash* now = after.passwords->find(user);
    const PasswordHash* then = before.passwords == nullptr ? nullptr : before.passwords->find(user);
    return now != nullptr && (then == nullptr || *now == *then);
}

/// Whether the pre-shared key by which a client is here is still the one of its identity.
bool key_holds(const Realm& before, const Realm& after, const std::string& identity) {
    if (identity.empty() || before.psks == after.psks) {
        return true;
    }
    const PskTable::Key* then = before.psks == nullptr ? nullptr : before.psks->find(identity);
    const PskTable::Key* now = after.psks == nullptr ? nullptr : after.psks->find(identity);
    return now != nullptr && (then == nullptr || *now == *then);
}

/// Directives whose change takes effect with the next start only.
std::string what_needs_a_restart(const Config& before, const Config& after) {
    const struct {
        const char* name;
        bool changed;
    } fixed[] = {
        {"persistence", before.persistence != after.persistence},
        {"persistence_location", before.persistence_location != after.persistence_location},
        {"persistence_file", before.persistence_file != after.persistence_file},
        {"pid_file", before.pid_file != after.pid_file},
        {"user", before.user != after.user},
        {"threads", before.threads != after.threads},
        {"threads_placement", before.threads_spread != after.threads_spread},
    };
    std::string names;
    for (const auto& each : fixed) {
        if (each.changed) {
            names += (names.empty() ? "" : ", ") + std::string(each.name);
        }
    }
    return names;
}

}  // namespace

void App::reload() {
    log_.line(LogType::information, "Reloading config.");
    log_.reopen();
    bool done = false;
    workers_.still([&] { done = reload_config(reader_()); });
    if (!done) {
        log_.line(LogType::error,
                  "The configuration was not reloaded: nothing was changed, and the broker goes on "
                  "as before. Mend what is listed above, then send SIGHUP again.");
    }
}

/// False when anything is wrong; then all of it is in the log, and nothing has changed.
bool App::reload_config(ParseResult parsed) {
    log_diagnostics(log_, parsed.diagnostics);
    if (!parsed.good()) {
        return false;
    }
    auto realms = realms_.load(parsed.config);
    for (const std::string& warning : realms.warnings) {
        log_.line(LogType::warning, warning);
    }
    for (const Problem& problem : realms.problems) {
        log_problem(log_, problem);
    }
    std::vector<Listeners::Change> changes;
    for (const auto& worker : workers_) {
        changes.push_back(worker->listeners->prepare(parsed.config, realms.numbers));
        for (const Problem& problem : changes.back().problems) {
            log_problem(log_, problem);
        }
        if (!changes.back().problems.empty()) {
            return false;  // the others would say the same
        }
    }
    if (!realms.problems.empty()) {
        return false;
    }
    const RealmList before = realms_.list();
    realms_.use(std::move(realms));
    for (std::size_t index = 0; index < workers_.count(); ++index) {
        workers_.at(index).login->change(realms_.list());
        workers_.at(index).listeners->use(std::move(changes[index]));
    }
    use(parsed.config);
    for (const auto& worker : workers_) {
        review_clients(*worker, before);
        worker->listeners->forget_closed();
    }
    log_.line(LogType::information, "Config reloaded.");
    return true;
}

void App::use(const Config& config) {
    if (const std::string names = what_needs_a_restart(config_, config); !names.empty()) {
        log_.line(LogType::warning, "Changed, but in force only after a restart: " + names + ".");
    }
    if (!(config.log == config_.log)) {
        log_.configure(config.log);
    }
    if (store_) {
        store_->set_autosave(config.autosave_interval, config.autosave_on_changes);
        store_->set_limit(config.global_max_store_bytes);
    }
    set_limits(connections_, config);
    config_ = config;
    limits_ = limits_of(config);
    throttle_.configure(throttle_of(config));
    open_control();
    for (const auto& worker : workers_) {
        worker->listeners->use(config);
        worker->shard->broker().limits_changed(worker->shard->now());
    }
    for (const ReportLine& line : startup_report(config_)) {
        log_.line(line.type, line.text);
    }
}

/// Ends the connections whose right to be here is gone; the others stay and get the new rules.
void App::review_clients(Worker& worker, const RealmList& before) {
    Broker& broker = worker.shard->broker();
    broker.refresh_access();
    broker.review_clients(
        [&](const Connection& connection) { return verdict(worker, connection, before); },
        worker.shard->now());
}

std::optional<ReasonCode> App::verdict(const Worker& worker, const Connection& connection,
                                       const RealmList& before) const {
    const Listener* listener = worker.listeners->current(*connection.listener);
    if (listener == nullptr) {
        return ReasonCode::administrative_action;
    }
    if (const auto revoked = worker.shard->certificates().verdict(connection)) {
        return revoked;
    }
    if (connection.session == nullptr) {
        return std::nullopt;  // its login is yet to be judged, by the new rules
    }
    const ListenerConfig& config = listener->config();
    const Session& session = *connection.session;
    const std::size_t realm = listener->settings().realm;
    const Realm& now = *realms_.list()[realm];
    const bool known = realm < before.size() && before[realm] != nullptr;
    const Realm& then = known ? *before[realm] : now;
    if (!key_holds(then, now, connection.peer.psk_identity())) {
        return ReasonCode::not_authorized;
    }
    if (!session.has_user_name()) {
        return config.allow_anonymous ? std::nullopt : std::optional(ReasonCode::not_authorized);
    }
    if (connection.peer.identity()) {
        return std::nullopt;  // the name came with the connection, and stays good with it
    }
    const bool holds = now.passwords == nullptr
                           ? config.allow_anonymous
                           : password_holds(then, now, std::string(session.user_name.view()));
    return holds ? std::nullopt : std::optional(ReasonCode::not_authorized);
}

}  // namespace mq::broker
