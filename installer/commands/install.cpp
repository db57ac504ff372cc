#include "broker/auth/password_store.hpp"
#include "installer/commands/plans.hpp"
#include "installer/commands/preflight.hpp"
#include "installer/commands/prompt.hpp"
#include "installer/commands/verbs.hpp"
#include "installer/prefix/configuration.hpp"
#include "installer/prefix/tree.hpp"
#include "installer/steps/account_steps.hpp"

namespace mq::installer::commands {
namespace {

constexpr int port_default = 1883;
constexpr int ws_port_default = 9001;

/// Whether the password file that is there lets somebody in already.
bool has_users(const Layout& layout) {
    const auto file = broker::load_password_file(layout.password_file());
    return file && !file->list().empty();
}

/// The user and password to create; both empty where users are there and none was asked for.
Outcome<void> choose_user(const Context& context, Work& work) {
    work.change.user = context.options.user;
    if (work.change.user.empty()) {
        if (has_users(context.layout)) {
            context.output.say("The users in " + context.layout.password_file().string() +
                               " are kept.");
            return {};
        }
        if (context.options.dry_run) {
            work.change.user = "(asked for)";
            return {};
        }
        auto user = ask_line("Name of the first MQTT user:");
        if (!user) {
            return Problem{user.error().what, "Nothing was changed.",
                           "Name the first user with --user and give the password on standard "
                           "input: --password-stdin.",
                           user.error().exit_code};
        }
        work.change.user = *user;
    }
    if (auto usable = broker::check_user_name(work.change.user); !usable) {
        return Problem{usable.error().what, "Nothing was changed.", "", to_int(ExitCode::usage)};
    }
    if (context.options.dry_run) {
        return {};
    }
    auto password = ask_new_password(context.options, work.change.user);
    if (!password) {
        return password.error();
    }
    work.password = *password;
    return {};
}

/// Ports of a configuration that is kept count more than the defaults.
Change what_to_do(const Context& context, const supervisor::Driver& driver,
                  const std::string& version) {
    const Layout& layout = context.layout;
    Change change;
    change.command = "install";
    change.to = version;
    change.home = context.home;
    change.driver = driver.name();
    change.supervisorctl =
        context.options.supervisorctl.empty() ? "supervisorctl" : context.options.supervisorctl;
    change.service = context.options.service && driver.name() != "none";
    change.profile = context.options.modify_profile;
    change.health_timeout = context.options.health_timeout;
    change.probe_user = "mqinstall-probe-" + random_word().substr(0, 8);
    change.port = context.options.port.value_or(port_default);
    change.ws_port = context.options.ws_port.value_or(ws_port_default);
    change.passwords = layout.password_file();
    for (const auto& folder : prefix_folders()) {
        if (!is_there(layout.prefix / folder)) {
            change.creates.insert(folder);
        }
    }
    if (!is_there(layout.version(version))) {
        change.creates.insert("version");
    }
    if (!is_there(layout.database())) {
        change.creates.insert(created::database);
    }
    if (!is_there(layout.password_file())) {
        change.creates.insert(created::password_file);
    }
    if (!is_there(layout.configuration())) {
        change.creates.insert(created::configuration);
    } else if (const auto facts = read_configuration(layout.configuration())) {
        change.passwords = facts->password_file;
        for (auto listener = facts->listeners.rbegin(); listener != facts->listeners.rend();
             ++listener) {
            (listener->websocket ? change.ws_port : change.port) = listener->port;
        }
    }
    return change;
}

/// A prefix that holds an installation already.
Outcome<ExitCode> already_installed(const Context& context, const std::string& version) {
    const auto manifest = load_manifest(context.layout);
    if (!manifest) {
        return manifest.error();
    }
    context.output.set("version", manifest->version);
    if (manifest->version == version) {
        context.output.say("mqhome " + version + " is already installed in " +
                           context.layout.prefix.string() + ".");
        context.output.set("changed", false);
        return ExitCode::ok;
    }
    return Problem{
        "mqhome " + manifest->version + " is installed in " + context.layout.prefix.string(),
        "Nothing was changed.", "Type `mqinstall upgrade` to go to " + version + ".",
        to_int(ExitCode::conflict)};
}

void tell_what_remains(const Context& context, const Work& work) {
    Output& out = context.output;
    const Change& change = work.change;
    out.set("version", change.to);
    out.set("prefix", context.layout.prefix.string());
    out.set("driver", change.driver);
    out.set("port", change.port);
    out.set("ws_port", change.ws_port);
    out.set("changed", true);
    out.say("");
    out.say("mqhome " + change.to + " is installed in " + context.layout.prefix.string() +
            (change.service ? ", and runs." : "."));
    const auto remaining =
        work.driver->remaining_commands(work.service, change.port, change.ws_port);
    if (!remaining.empty()) {
        out.say("What remains to be typed:");
    }
    for (const auto& command : remaining) {
        out.say("    " + command);
        out.append("remaining", command);
    }
    if (change.profile) {
        out.say("New shells find the programs; in this one: . " +
                (context.layout.prefix / "env.sh").string());
    }
}

/// Takes the lock and ends what an earlier run left. Nothing where there is no state yet: a prefix
/// is made only when all that can be known beforehand is right.
Outcome<std::optional<Lock>> lock_and_recover(const Context& context) {
    if (context.options.dry_run || !is_there(context.layout.state())) {
        return std::optional<Lock>();
    }
    auto lock = Lock::take(context.layout);
    if (!lock) {
        return lock.error();
    }
    if (auto recovered = recover_unfinished(context); !recovered) {
        return recovered.error();
    }
    return std::optional<Lock>(std::move(*lock));
}

}  // namespace

Outcome<ExitCode> install(const Context& context) {
    auto payload = Payload::open();
    if (!payload) {
        return payload.error();
    }
    auto list = payload->verify();
    if (!list) {
        return list.error();
    }
    const std::string version = list->facts.at("version");
    auto lock = lock_and_recover(context);
    if (!lock) {
        return lock.error();
    }
    if (is_installed(context.layout)) {
        return already_installed(context, version);
    }
    const auto driver = context.make_driver(nullptr);
    if (!driver) {
        return driver.error();
    }
    const Change change = what_to_do(context, **driver, version);
    if (auto place = check_place(context.layout, bytes_needed(payload->packed_bytes())); !place) {
        return place.error();
    }
    if (auto ports = check_ports(change.port, change.ws_port); !ports) {
        return ports.error();
    }
    auto work = make_work(context, change);
    if (!work) {
        return work.error();
    }
    if (auto chosen = choose_user(context, **work); !chosen) {
        return chosen.error();
    }
    (*work)->payload = std::move(*payload);
    (*work)->payload_list = std::move(*list);
    const auto plan = make_plan(*work);
    if (!plan) {
        return plan.error();
    }
    if (context.options.dry_run) {
        show_plan(context, *plan);
        return ExitCode::ok;
    }
    if (!*lock) {
        auto taken = Lock::take(context.layout);
        if (!taken) {
            return taken.error();
        }
        *lock = std::move(*taken);
    }
    context.output.say("Installing mqhome " + version + " in " + context.layout.prefix.string());
    if (auto done = run_change(context, *plan); !done) {
        if (done.error().exit_code != to_int(ExitCode::undo_failed)) {
            remove_empty_prefix(context.layout);
        }
        return done.error();
    }
    tell_what_remains(context, **work);
    return ExitCode::ok;
}

}  // namespace mq::installer::commands
