#include "installer/commands/transition.hpp"

#include "installer/commands/plans.hpp"
#include "installer/health/listening.hpp"
#include "installer/prefix/backup.hpp"
#include "installer/prefix/configuration.hpp"
#include "installer/prefix/tree.hpp"

namespace mq::installer {
namespace {

bool is_up(const supervisor::Status& status) {
    return status.state == supervisor::State::running ||
           status.state == supervisor::State::starting ||
           status.state == supervisor::State::backoff;
}

/// Without a manager the broker cannot be stopped from here, and its data must not change
/// meanwhile.
Outcome<void> expect_stopped(const ConfigurationFacts& facts) {
    for (const auto& listener : facts.listeners) {
        if (listener.port == 0) {
            continue;
        }
        if (auto unused = expect_port_free(listener.port); !unused) {
            return Problem{"the broker seems to run: " + unused.error().what,
                           "Nothing was changed.",
                           "No service manager runs it, so stop it by hand, then try again.",
                           to_int(ExitCode::preflight)};
        }
    }
    return {};
}

}  // namespace

Outcome<Transition> Transition::begin(const Context& context) {
    Transition transition(context);
    if (!is_installed(context.layout) && !is_there(context.layout.journal())) {
        return load_manifest(context.layout).error();
    }
    if (!context.options.dry_run) {
        auto lock = Lock::take(context.layout);
        if (!lock) {
            return lock.error();
        }
        transition.lock_ = std::move(*lock);
        if (auto recovered = recover_unfinished(context); !recovered) {
            return recovered.error();
        }
    }
    auto manifest = load_manifest(context.layout);
    if (!manifest) {
        return manifest.error();
    }
    transition.manifest_ = std::move(*manifest);
    return transition;
}

Outcome<SharedWork> Transition::decide(const std::string& command, const std::string& to) {
    const auto driver = context_.make_driver(&manifest_);
    if (!driver) {
        return driver.error();
    }
    const auto facts = read_configuration(context_.layout.configuration());
    if (!facts) {
        return facts.error();
    }
    Change change;
    change.command = command;
    change.from = manifest_.version;
    change.to = to;
    change.home = context_.home;
    change.driver = (*driver)->name();
    change.supervisorctl = context_.options.supervisorctl.empty() ? manifest_.supervisorctl
                                                                  : context_.options.supervisorctl;
    change.service = manifest_.service && context_.options.service && change.driver != "none";
    change.port = manifest_.port;
    change.ws_port = manifest_.ws_port;
    change.health_timeout = context_.options.health_timeout;
    change.probe_user = "mqinstall-probe-" + random_word().substr(0, 8);
    change.database = facts->database;
    change.passwords = facts->password_file;
    change.backup = new_backup_name(context_.layout, manifest_.version);
    if (!is_there(context_.layout.version(to))) {
        change.creates.insert("version");
    }
    if (change.service) {
        const auto status = (*driver)->status(service_name);
        if (!status) {
            return status.error();
        }
        change.running = is_up(*status);
    } else if (auto stopped = expect_stopped(*facts); !stopped) {
        return stopped.error();
    }
    return make_work(context_, std::move(change));
}

Outcome<ExitCode> Transition::run(const SharedWork& work) {
    const auto plan = make_plan(work);
    if (!plan) {
        return plan.error();
    }
    if (context_.options.dry_run) {
        show_plan(context_, *plan);
        return ExitCode::ok;
    }
    const Change& change = work->change;
    context_.output.say(change.command == "restore"
                            ? "Restoring " + change.source.string()
                            : "From mqhome " + change.from + " to " + change.to + " in " +
                                  context_.layout.prefix.string());
    context_.output.set("from", change.from);
    context_.output.set("backup", change.backup.string());
    const auto done = run_change(context_, *plan);
    if (done) {
        if (change.service && !change.running) {
            if (auto stopped = work->driver->stop(service_name); !stopped) {
                context_.output.warn("mqinstall: the service was stopped before, and now runs: " +
                                     stopped.error().what);
            }
        }
        context_.output.set("version", change.to);
        context_.output.say("");
        context_.output.say("mqhome " + change.to + " is in use" +
                            (change.service && change.running ? ", and runs." : "."));
        return ExitCode::ok;
    }
    context_.output.set("version", change.from);
    return done.error();
}

}  // namespace mq::installer
