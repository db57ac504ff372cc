#include "client/cli/ctl_commands.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <utility>

namespace mq::cli {
namespace {

Problem usage(std::string what, int code = ctl_exit_arguments) {
    return {std::move(what), "", "For help type: mqctl --help", code};
}

/// The tree of modules and their verbs; a verb notes itself when it is on the command line.
class Tree {
 public:
    explicit Tree(CtlOptions& options) : options_(options) {
        app_.set_help_flag();
        app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        add_modules();
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
        const CLI::App& module = *app_.get_subcommands().front();
        return usage("'" + module.get_name() + "' needs one of: " + names_of(module),
                     ctl_exit_unknown_verb);
    }

 private:
    static std::string names_of(const CLI::App& app) {
        std::string names;
        for (const CLI::App* each : app.get_subcommands([](const CLI::App*) { return true; })) {
            names += (names.empty() ? "" : ", ") + each->get_name();
        }
        return names;
    }

    CLI::App* module(const char* name) {
        CLI::App* made = app_.add_subcommand(name);
        made->set_help_flag();
        made->fallthrough();
        return made;
    }
    CLI::App* verb(CLI::App* module, const char* name, CtlVerb which) {
        CLI::App* made = module->add_subcommand(name);
        made->set_help_flag();
        made->fallthrough();
        choose(made, which);
        return made;
    }
    void choose(CLI::App* app, CtlVerb which) {
        app->callback([this, which] {
            options_.verb = which;
            chosen_ = true;
        });
    }

    void add_modules() {
        CLI::App* clients = module("clients");
        verb(clients, "list", CtlVerb::clients_list);
        verb(clients, "show", CtlVerb::clients_show)
            ->add_option("CLIENT", options_.client)
            ->required();
        verb(clients, "kick", CtlVerb::clients_kick)
            ->add_option("CLIENT", options_.client)
            ->required();
        CLI::App* sessions = module("sessions");
        verb(sessions, "list", CtlVerb::sessions_list);
        CLI::App* deleting = verb(sessions, "delete", CtlVerb::sessions_delete);
        deleting->add_option("CLIENT", options_.client)->required();
        deleting->add_flag("--force", options_.force);
        add_retained();
        verb(module("queues"), "top", CtlVerb::queues_top)
            ->add_option("-n,--count", options_.count)
            ->check(CLI::Range(1, 1000));
        choose(module("listeners"), CtlVerb::listeners);
        verb(module("log"), "level", CtlVerb::log_level)->add_option("TYPES", options_.types);
        CLI::App* broker = module("broker");
        verb(broker, "help", CtlVerb::broker_help);
        verb(broker, "listPlugins", CtlVerb::broker_plugins);
        verb(broker, "listListeners", CtlVerb::broker_listeners);
        CLI::App* dynsec = app_.add_subcommand("dynsec");
        dynsec->set_help_flag();
        dynsec->prefix_command();
        choose(dynsec, CtlVerb::dynsec);
    }

    void add_retained() {
        CLI::App* retained = module("retained");
        verb(retained, "list", CtlVerb::retained_list)->add_option("FILTER", options_.filter);
        verb(retained, "delete", CtlVerb::retained_delete)
            ->add_option("FILTER", options_.filter)
            ->required();
        CLI::App* out = verb(retained, "export", CtlVerb::retained_export);
        out->add_option("FILTER", options_.filter);
        out->add_option("-f,--file", options_.file);
        CLI::App* in = verb(retained, "import", CtlVerb::retained_import);
        in->add_option("FILE,-f,--file", options_.file);
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
            return usage("Unknown command; there are " + names_of(app_) + ". " + error.what(),
                         ctl_exit_unknown_module);
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
