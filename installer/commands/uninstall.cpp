#include "installer/commands/plans.hpp"
#include "installer/commands/prompt.hpp"
#include "installer/commands/verbs.hpp"
#include "installer/prefix/tree.hpp"

namespace mq::installer::commands {
namespace {

void tell_what_stays(const Context& context, const supervisor::Service& service) {
    const Layout& layout = context.layout;
    context.output.say("mqhome is uninstalled.");
    context.output.set("changed", true);
    for (const auto& path : {layout.etc(), layout.var(), layout.backups(), service.log_file}) {
        if (is_there(path)) {
            context.output.say("Kept: " + path.string());
            context.output.append("kept", path.string());
        }
    }
}

Change what_to_do(const Context& context, const Manifest& manifest, bool purge,
                  const std::string& driver) {
    Change change;
    change.command = "uninstall";
    change.from = manifest.version;
    change.home = context.home;
    change.driver = driver;
    change.supervisorctl = context.options.supervisorctl.empty() ? manifest.supervisorctl
                                                                 : context.options.supervisorctl;
    change.service = manifest.service && context.options.service && driver != "none";
    change.purge = purge;
    return change;
}

}  // namespace

Outcome<ExitCode> uninstall(const Context& context, const UninstallOptions& options) {
    const Layout& layout = context.layout;
    const auto service = broker_service(context.home, layout);
    std::optional<Lock> lock;
    if (!context.options.dry_run && is_there(layout.journal())) {
        auto taken = Lock::take(layout);
        if (!taken) {
            return taken.error();
        }
        lock = std::move(*taken);
        const auto recovered = recover_unfinished(context);
        if (!recovered) {
            return recovered.error();
        }
        if (!is_installed(layout) && recovered->command == "uninstall") {
            remove_empty_prefix(layout);
            tell_what_stays(context, service);
            return ExitCode::ok;
        }
    }
    const auto manifest = load_manifest(layout);
    if (!manifest) {
        return manifest.error();
    }
    const auto driver = context.make_driver(&*manifest);
    if (!driver) {
        return driver.error();
    }
    auto work =
        make_work(context, what_to_do(context, *manifest, options.purge, (*driver)->name()));
    if (!work) {
        return work.error();
    }
    const auto plan = make_plan(*work);
    if (!plan) {
        return plan.error();
    }
    if (context.options.dry_run) {
        show_plan(context, *plan);
        return ExitCode::ok;
    }
    if (options.purge) {
        const auto sure = confirm(context.options,
                                  "Remove configuration, users, messages and "
                                  "backups in " +
                                      layout.prefix.string() + " as well?");
        if (!sure) {
            return sure.error();
        }
        if (!*sure) {
            context.output.say("Nothing was changed.");
            return ExitCode::ok;
        }
    }
    if (!lock) {
        auto taken = Lock::take(layout);
        if (!taken) {
            return taken.error();
        }
        lock = std::move(*taken);
    }
    if (auto done = run_change(context, *plan); !done) {
        return done.error();
    }
    remove_empty_prefix(layout);
    tell_what_stays(context, service);
    return ExitCode::ok;
}

}  // namespace mq::installer::commands
