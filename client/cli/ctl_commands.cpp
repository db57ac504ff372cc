#include "client/cli/ctl_commands.hpp"

#include "client/cli/option_values.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

namespace mq::cli {
namespace {

Problem usage(std::string what, int code = ctl_exit_arguments) {
    return {std::move(what), "", "For help type: mqctl --help", code};
}

/// One command: its words, what it stands for, and what it takes.
struct Command {
    const char* module;
    const char* verb;  ///< empty: the module is the whole command
    CtlVerb which;
    const char* arguments;  ///< as the help shows them
    const char* summary;    ///< a line, or several; null: it is known, but not shown
    void (*add_arguments)(CLI::App&, CtlOptions&);
};

void nothing(CLI::App& /*command*/, CtlOptions& /*options*/) {}

/// What is wrong with a word that goes to the broker; empty: nothing.
std::string problem_of(const std::string& word) {
    const auto valid = apply::check_utf8(word);
    return valid ? "" : valid.error().what;
}

void client(CLI::App& command, CtlOptions& options) {
    command.add_option("CLIENT", options.client)->required()->check(problem_of);
}

CLI::Option* filter(CLI::App& command, CtlOptions& options) {
    return command.add_option("FILTER", options.filter)->check(problem_of);
}

// clang-format off
constexpr Command commands[] = {
    {"clients", "list", CtlVerb::clients_list, "", "who is connected", nothing},
    {"clients", "show", CtlVerb::clients_show, "CLIENT",
     "one client: connection, queue, subscriptions", client},
    {"clients", "kick", CtlVerb::clients_kick, "CLIENT", "disconnect it; its session stays",
     client},
    {"sessions", "list", CtlVerb::sessions_list, "", "clients that are here or may come back",
     nothing},
    {"sessions", "delete", CtlVerb::sessions_delete, "CLIENT",
     "forget one (--force: also while it is connected)",
     [](CLI::App& command, CtlOptions& options) {
         client(command, options);
         command.add_flag("--force", options.force);
     }},
    {"retained", "list", CtlVerb::retained_list, "[FILTER]", "topics with a retained message",
     [](CLI::App& command, CtlOptions& options) { filter(command, options); }},
    {"retained", "delete", CtlVerb::retained_delete, "FILTER", "remove those that match",
     [](CLI::App& command, CtlOptions& options) {
         filter(command, options)->required();
     }},
    {"retained", "export", CtlVerb::retained_export, "[FILTER]",
     "print them as JSON lines (-f FILE: into a file)",
     [](CLI::App& command, CtlOptions& options) {
         filter(command, options);
         command.add_option("-f,--file", options.file);
     }},
    {"retained", "import", CtlVerb::retained_import, "[FILE]", "store them again",
     [](CLI::App& command, CtlOptions& options) {
         command.add_option("FILE,-f,--file", options.file);
     }},
    {"queues", "top", CtlVerb::queues_top, "[-n COUNT]", "sessions for whom most is waiting",
     [](CLI::App& command, CtlOptions& options) {
         command.add_option("-n,--count", options.count)->check(CLI::Range(1, 1000));
     }},
    {"listeners", "", CtlVerb::listeners, "", "where the broker listens", nothing},
    {"log", "level", CtlVerb::log_level, "[TYPE...]",
     "what is logged; set it: error warning notice\n"
     "information debug subscribe unsubscribe\n"
     "websockets internal all none",
     [](CLI::App& command, CtlOptions& options) { command.add_option("TYPES", options.types); }},
    {"broker", "help", CtlVerb::broker_help, "", nullptr, nothing},
    {"broker", "listListeners", CtlVerb::broker_listeners, "", "as mosquitto_ctrl tells it",
     nothing},
    {"broker", "listPlugins", CtlVerb::broker_plugins, "", "the same of plugins", nothing},
    {"dynsec", "", CtlVerb::dynsec, "", nullptr,
     [](CLI::App& command, CtlOptions&) { command.fallthrough(false)->prefix_command(); }},
};
// clang-format on

/// The tree of modules and their verbs; a verb notes itself when it is on the command line.
class Tree {
 public:
    explicit Tree(CtlOptions& options) : options_(options) {
        app_.set_help_flag();
        app_.require_subcommand(0, 1);  // one command at a time
        app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        for (const Command& command : commands) {
            add(command);
        }
    }

    Outcome<void> parse(std::vector<std::string> words) {
        std::reverse(words.begin(), words.end());  // as CLI11 wants them
        try {
            app_.parse(std::move(words));
        } catch (const CLI::ParseError& error) {
            return explain(error);
        }
        return {};
    }

    [[nodiscard]] bool complete() const { return chosen_; }

    /// What is missing where a module was given, and no verb.
    [[nodiscard]] Problem missing() const {
        const auto modules = app_.get_subcommands();
        if (modules.empty()) {
            return unknown_module();  // the words stand behind "--"
        }
        const CLI::App& module = *modules.front();
        return usage("'" + module.get_name() + "' needs one of: " + names_of(module),
                     ctl_exit_unknown_verb);
    }

 private:
    [[nodiscard]] Problem unknown_module(const std::string& why = "") const {
        return usage("Unknown command; there are " + names_of(app_) + "." + why,
                     ctl_exit_unknown_module);
    }

    static std::string names_of(const CLI::App& app) {
        std::string names;
        for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
            if (!each->get_group().empty()) {
                names += (names.empty() ? "" : ", ") + each->get_name();
            }
        }
        return names;
    }

    static CLI::App& child(CLI::App& parent, const char* name) {
        const auto there =
            parent.get_subcommands([&](CLI::App* each) { return each->get_name() == name; });
        if (!there.empty()) {
            return *there.front();
        }
        CLI::App* const made = parent.add_subcommand(name);
        made->set_help_flag();
        made->fallthrough();
        made->require_subcommand(0, 1);
        return *made;
    }

    void add(const Command& command) {
        CLI::App* place = &child(app_, command.module);
        if (*command.verb != '\0') {
            place = &child(*place, command.verb);
        }
        place->callback([this, &command] {
            options_.verb = command.which;
            chosen_ = true;
        });
        if (command.summary == nullptr) {
            place->group("");  // as CLI11 hides a command
        }
        command.add_arguments(*place, options_);
    }

    Outcome<void> explain(const CLI::ParseError& error) const {
        const auto modules = app_.get_subcommands();
        if (error.get_exit_code() != static_cast<int>(CLI::ExitCodes::ExtrasError)) {
            return usage(error.what());
        }
        for (const std::string& word : app_.remaining(true)) {
            if (word.starts_with('-')) {
                return usage("unknown option '" + word + "'");
            }
        }
        if (modules.empty()) {
            return unknown_module(std::string(" ") + error.what());
        }
        const CLI::App& module = *modules.front();
        return module.get_subcommands().empty() && !names_of(module).empty()
                   ? usage("Unknown command of '" + module.get_name() + "'; there are " +
                               names_of(module) + ". " + error.what(),
                           ctl_exit_unknown_verb)
                   : usage(error.what());
    }

    CtlOptions& options_;
    CLI::App app_;
    bool chosen_ = false;
};

}  // namespace

std::string ctl_commands_help() {
    constexpr std::size_t summary_column = 30;
    std::string list = "\nCommands:\n";
    for (const Command& command : commands) {
        if (command.summary == nullptr) {
            continue;
        }
        std::string line = std::string("  ") + command.module;
        for (const char* const word : {command.verb, command.arguments}) {
            line += *word == '\0' ? "" : std::string(" ") + word;
        }
        line.resize(std::max(line.size() + 2, summary_column), ' ');
        for (const char* at = command.summary; *at != '\0'; ++at) {
            line += *at;
            line.append(*at == '\n' ? summary_column : 0, ' ');
        }
        list += line + "\n";
    }
    return list +
           "\nWithout options about a broker, that of this account is asked by its control\n"
           "socket, for which no password is needed.\n";
}

Outcome<bool> read_ctl_command(CtlOptions& options, std::vector<std::string> words) {
    const bool nothing = words.empty();
    Tree tree(options);
    if (auto parsed = tree.parse(std::move(words)); !parsed) {
        return parsed.error();
    }
    if (tree.complete() || nothing) {
        return tree.complete();
    }
    return tree.missing();
}

}  // namespace mq::cli
