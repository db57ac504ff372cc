#include "base/secret.hpp"
#include "broker/auth/password_store.hpp"
#include "installer/commands/broker_control.hpp"
#include "installer/commands/prompt.hpp"
#include "installer/commands/verbs.hpp"

#include <set>

namespace mq::installer::commands {
namespace {

using Action = UserOptions::Action;

Problem with_code(Problem problem, ExitCode code) {
    problem.exit_code = to_int(code);
    return problem;
}

Problem no_such_user(const std::string& name, const std::filesystem::path& file) {
    return {"there is no user " + name + " in " + file.string(), "Nothing was changed.",
            "Type `mqinstall user list` to see who there is.", to_int(ExitCode::usage)};
}

Outcome<ExitCode> list(const Context& context, const std::filesystem::path& file) {
    const auto users = broker::load_password_file(file);
    if (!users) {
        return with_code(users.error(), ExitCode::bad_configuration);
    }
    context.output.set("password_file", file.string());
    std::set<std::string> shown;
    for (const auto& entry : users->list()) {
        if (shown.insert(entry.name).second) {
            context.output.say(broker::printable(entry.name));
            context.output.append("users", entry.name);
        }
    }
    for (const auto& finding : users->findings()) {
        context.output.warn(file.string() + ": " + finding.text);
    }
    return ExitCode::ok;
}

/// What the change does to the file, as a person would say it.
std::string description(Action action, const std::string& name, const std::filesystem::path& file) {
    switch (action) {
        case Action::add:
            return "add user " + name + " to " + file.string();
        case Action::passwd:
            return "change the password of " + name + " in " + file.string();
        default:
            return "remove user " + name + " from " + file.string();
    }
}

/// Refuses before anything is asked what could not be done afterwards.
Outcome<void> check_possible(const UserOptions& options, const std::filesystem::path& file) {
    if (auto named = broker::check_user_name(options.name); !named) {
        return with_code(named.error(), ExitCode::usage);
    }
    std::error_code ignored;
    if (options.action == Action::add && !std::filesystem::exists(file, ignored)) {
        return {};
    }
    const auto users = broker::load_password_file(file);
    if (!users) {
        return with_code(users.error(), ExitCode::bad_configuration);
    }
    const bool known = users->find(options.name).has_value();
    if (options.action == Action::add && known) {
        return Problem{"there is a user " + options.name + " already", "Nothing was changed.",
                       "For another password type: mqinstall user passwd " + options.name,
                       to_int(ExitCode::conflict)};
    }
    return options.action == Action::add || known ? Outcome<void>()
                                                  : Outcome<void>(no_such_user(options.name, file));
}

Outcome<void> edit(const UserOptions& options, const std::filesystem::path& file,
                   const Secret& password) {
    if (options.action == Action::del) {
        return broker::edit_password_file(
            file, broker::IfMissing::fail, [&](broker::PasswordFile& users) {
                return users.remove(options.name) ? Outcome<void>()
                                                  : Outcome<void>(no_such_user(options.name, file));
            });
    }
    broker::HashRecipe recipe;
    if (options.action == Action::passwd) {
        if (const auto users = broker::load_password_file(file)) {
            recipe = users->recipe_for(options.name);
        }
    }
    const auto hash = broker::PasswordHash::make(password.view(), recipe);
    if (!hash) {
        return hash.error();
    }
    const auto missing =
        options.action == Action::add ? broker::IfMissing::create : broker::IfMissing::fail;
    return broker::edit_password_file(file, missing, [&](broker::PasswordFile& users) {
        const auto set = users.set(options.name, *hash);
        return set ? Outcome<void>() : Outcome<void>(set.error());
    });
}

void tell(const Context& context, const UserOptions& options, const std::filesystem::path& file) {
    const auto told = reload_broker(context.layout.prefix);
    Output& output = context.output;
    output.set("user", options.name);
    output.set("password_file", file.string());
    output.set("reloaded", !told.empty());
    output.say("Done: " + description(options.action, options.name, file) + ".");
    if (told.empty()) {
        output.say("The broker does not run; it will know when it starts.");
    } else if (options.action == Action::add) {
        output.say("The broker knows already.");
    } else {
        output.say(
            "The broker knows already. Who is connected stays connected until the next login.");
    }
}

}  // namespace

Outcome<ExitCode> user(const Context& context, const UserOptions& options) {
    if (const auto manifest = load_manifest(context.layout); !manifest) {
        return manifest.error();
    }
    const auto file = password_file_in_use(context.layout);
    if (!file) {
        return file.error();
    }
    if (options.action == Action::list) {
        return list(context, *file);
    }
    if (const auto possible = check_possible(options, *file); !possible) {
        return possible.error();
    }
    if (context.options.dry_run) {
        context.output.say("would " + description(options.action, options.name, *file));
        context.output.say("would tell the broker to read it again (SIGHUP)");
        return ExitCode::ok;
    }
    Secret password;
    if (options.action != Action::del) {
        auto asked = ask_new_password(context.options, options.name);
        if (!asked) {
            return asked.error();
        }
        password = Secret(std::move(*asked));
    }
    const auto lock = begin_change(context);
    if (!lock) {
        return lock.error();
    }
    if (const auto edited = edit(options, *file, password); !edited) {
        return edited.error();
    }
    tell(context, options, *file);
    return ExitCode::ok;
}

}  // namespace mq::installer::commands
