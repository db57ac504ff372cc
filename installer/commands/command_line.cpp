#include "installer/commands/command_line.hpp"

#include "base/version.hpp"
#include "installer/commands/interrupt.hpp"
#include "installer/commands/verbs.hpp"

#include <CLI/CLI.hpp>

#include <cstdlib>
#include <pwd.h>
#include <unistd.h>

namespace mq::installer {
namespace {

using commands::BackupOptions;
using commands::RestoreOptions;
using commands::ServiceOptions;
using commands::UninstallOptions;
using commands::UserOptions;

using Action = std::function<Outcome<ExitCode>(const Context&)>;

/// What the command line says.
struct Invocation {
    Options options;
    std::string home;
    std::string prefix;
    int port = 0;
    int ws_port = 0;
    int health_timeout_s = 30;
    bool no_modify_profile = false;
    bool no_service = false;
    UninstallOptions uninstall;
    RestoreOptions restore;
    BackupOptions backup;
    UserOptions user;
    ServiceOptions service;
    std::string path;
    Action action;
};

void add_global_flags(CLI::App& app, Invocation& call) {
    app.add_flag("-n,--dry-run", call.options.dry_run, "Print the plan, change nothing");
    app.add_flag("-y,--yes", call.options.yes, "Ask nothing");
    app.add_flag("--json", call.options.json, "Print one JSON object");
    app.add_option("--prefix", call.prefix, "Where mqhome lives (default: ~/mqhome)");
    app.add_option("--home", call.home, "The account's home (default: $HOME)");
    app.add_option("--port", call.port, "MQTT over TCP (default: 1883)")
        ->check(CLI::Range(1, 65535));
    app.add_option("--ws-port", call.ws_port, "MQTT over WebSocket (default: 9001)")
        ->check(CLI::Range(1, 65535));
    app.add_option("--user", call.options.user, "First MQTT user of a new installation");
    app.add_flag("--password-stdin", call.options.password_stdin,
                 "Read the password from the first line of standard input");
    app.add_option("--host-driver", call.options.host_driver, "Service manager (default: auto)")
        ->check(CLI::IsMember({"auto", "uberspace7", "supervisord", "none"}));
    app.add_option("--supervisorctl", call.options.supervisorctl,
                   "Command that runs supervisorctl");
    app.add_flag("--no-modify-profile", call.no_modify_profile,
                 "Leave the start-up files of the shells alone");
    app.add_flag("--no-service", call.no_service, "Leave the service manager alone");
    app.add_option("--health-timeout", call.health_timeout_s,
                   "Seconds that a new broker has to prove itself (default: 30)")
        ->check(CLI::Range(1, 3600));
}

CLI::App* add_verb(CLI::App& app, Invocation& call, const std::string& name,
                   const std::string& help, Action action) {
    auto* verb = app.add_subcommand(name, help);
    verb->fallthrough();
    verb->callback([&call, action = std::move(action)] { call.action = action; });
    return verb;
}

/// Words that follow `user` and `service`, each with what it sets.
template <class Enum>
void add_words(CLI::App* verb, Enum& where,
               const std::vector<std::tuple<const char*, Enum, const char*>>& words) {
    verb->require_subcommand(1);
    for (const auto& [name, value, help] : words) {
        auto* word = verb->add_subcommand(name, help);
        word->fallthrough();
        const Enum meant = value;
        word->callback([&where, meant] { where = meant; });
    }
}

void add_user_verb(CLI::App& app, Invocation& call) {
    using Do = UserOptions::Action;
    auto* user =
        add_verb(app, call, "user", "Users of the broker",
                 [&call](const Context& context) { return commands::user(context, call.user); });
    add_words<Do>(user, call.user.action,
                  {{"add", Do::add, "Add a user"},
                   {"passwd", Do::passwd, "Give a user another password"},
                   {"del", Do::del, "Remove a user"},
                   {"list", Do::list, "List the users"}});
    for (const char* word : {"add", "passwd", "del"}) {
        user->get_subcommand(word)->add_option("name", call.user.name, "The user")->required();
    }
}

void add_service_verb(CLI::App& app, Invocation& call) {
    using Do = ServiceOptions::Action;
    auto* service = add_verb(
        app, call, "service", "The running broker",
        [&call](const Context& context) { return commands::service(context, call.service); });
    add_words<Do>(service, call.service.action,
                  {{"start", Do::start, "Start it"},
                   {"stop", Do::stop, "Stop it"},
                   {"restart", Do::restart, "Stop and start it"},
                   {"status", Do::status, "What the service manager says"},
                   {"logs", Do::logs, "The last lines of its log"}});
    service->get_subcommand("logs")
        ->add_option("-l,--lines", call.service.lines, "How many lines")
        ->check(CLI::Range(1, 100000));
}

void add_verbs(CLI::App& app, Invocation& call) {
    add_verb(app, call, "install", "Install and start the broker", commands::install);
    add_verb(app, call, "upgrade", "Go to the version that this file carries", commands::upgrade);
    add_verb(app, call, "rollback", "Go back to the version before", commands::rollback);
    add_verb(
        app, call, "uninstall", "Remove the service and the programs",
        [&call](const Context& context) { return commands::uninstall(context, call.uninstall); })
        ->add_flag("--purge", call.uninstall.purge,
                   "Remove configuration, users, messages and backups as well");
    add_verb(app, call, "status", "What is installed and how it does", commands::status);
    add_verb(app, call, "doctor", "Look for what is wrong", commands::doctor);
    add_user_verb(app, call);
    add_service_verb(app, call);
    add_verb(app, call, "backup", "Back up configuration, users and messages",
             [&call](const Context& context) { return commands::backup(context, call.backup); })
        ->add_option("--out", call.backup.file, "File to write (default: one in backups/)");
    add_verb(app, call, "restore", "Bring back what a backup holds",
             [&call](const Context& context) { return commands::restore(context, call.restore); })
        ->add_option("backup", call.restore.backup, "The backup")
        ->required();
    add_verb(app, call, "recover", "Finish or take back a run that was cut off", commands::recover);
    add_verb(app, call, "unpack", "Unpack the programs to a folder, and no more",
             [&call](const Context& context) { return commands::unpack(context, call.path); })
        ->add_option("directory", call.path, "The folder, new or empty")
        ->required();
    add_verb(app, call, "version", "Versions of this program and what it carries",
             commands::version);
}

/// $HOME counts; the password file only where there is none, since not every host lists its users
/// there.
std::filesystem::path home_of_account(const std::string& given) {
    if (!given.empty()) {
        return std::filesystem::absolute(given).lexically_normal();
    }
    if (const char* home = std::getenv("HOME"); home != nullptr && *home == '/') {
        return home;
    }
    const passwd* entry = ::getpwuid(::getuid());
    return entry != nullptr ? entry->pw_dir : "";
}

Context context_of(const Invocation& call, Output& output) {
    Context context{call.options, home_of_account(call.home), {}, output};
    context.layout.prefix = call.prefix.empty()
                                ? context.home / "mqhome"
                                : std::filesystem::absolute(call.prefix).lexically_normal();
    if (!context.layout.prefix.has_filename()) {
        context.layout.prefix = context.layout.prefix.parent_path();
    }
    if (call.port != 0) {
        context.options.port = call.port;
    }
    if (call.ws_port != 0) {
        context.options.ws_port = call.ws_port;
    }
    context.options.modify_profile = !call.no_modify_profile;
    context.options.service = !call.no_service;
    context.options.health_timeout = std::chrono::seconds(call.health_timeout_s);
    return context;
}

int report(Output& output, const Outcome<ExitCode>& outcome) {
    if (outcome) {
        output.finish(to_int(*outcome));
        return to_int(*outcome);
    }
    const Problem problem = outcome.error();
    output.warn("mqinstall: " + problem.text());
    output.set("error", problem.what);
    output.set("left", problem.left);
    output.set("next", problem.next);
    output.finish(problem.exit_code);
    return problem.exit_code;
}

}  // namespace

int run_command_line(int argc, char** argv) {
    CLI::App app{"Installs, upgrades and looks after mqhome, an MQTT broker in a home directory.",
                 "mqinstall"};
    Invocation call;
    app.require_subcommand(1);
    app.set_version_flag("--version", std::string("mqinstall ") + mq::version);
    add_global_flags(app, call);
    add_verbs(app, call);
    try {
        app.parse(argc, argv);
    } catch (const CLI::ParseError& error) {
        return app.exit(error) == 0 ? to_int(ExitCode::ok) : to_int(ExitCode::usage);
    }
    Output output(call.options.json);
    const Context context = context_of(call, output);
    if (context.home.empty()) {
        return report(output,
                      Problem{"this account has no home directory", "Nothing was changed.",
                              "Set HOME, or name it with --home.", to_int(ExitCode::preflight)});
    }
    return report(output, call.action(context));
}

}  // namespace mq::installer
