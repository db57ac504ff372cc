#include "client/cli/ctl_options.hpp"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <utility>

namespace mq::cli {
namespace {

constexpr const char* next_step = "For help type: mqctl --help";

Problem usage(std::string what, int code = ctl_exit_arguments) {
    return {std::move(what), "", next_step, code};
}

void add_route(CLI::App& app, CtlRoute& route) {
    const auto text = [&](const char* names, std::string& value) { app.add_option(names, value); };
    text("--socket", route.socket);
    text("--prefix", route.prefix);
    text("-h,--host", route.host);
    app.add_option("-p,--port", route.port)->check(CLI::Range(1, 65535));
    text("--unix", route.unix_path);
    text("-L,--url", route.url);
    text("-A", route.bind_address);
    text("-i,--id", route.id);
    text("-u,--username", route.user);
    app.add_option("-P,--pw", route.password);
    text("--proxy", route.proxy);
    app.add_option("-V,--protocol-version", route.version)
        ->check(CLI::IsMember({"5", "mqttv5", "311", "mqttv311", "31", "mqttv31"}));
    app.add_option("-q,--qos", route.qos)->check(CLI::Range(0, 2));
    app.add_option("-W,--wait", route.wait_s)->check(CLI::Range(1, 3600));
    text("--cafile", route.cafile);
    text("--capath", route.capath);
    text("--cert", route.cert);
    text("--key", route.key);
    text("--keyform", route.keyform);
    text("--ciphers", route.ciphers);
    text("--psk", route.psk);
    text("--psk-identity", route.psk_identity);
    text("--tls-alpn", route.tls_alpn);
    text("--tls-engine", route.tls_engine);
    text("--tls-engine-kpass-sha1", route.tls_engine_kpass_sha1);
    text("--tls-version", route.tls_version);
    app.add_flag("--tls-use-os-certs", route.tls_use_os_certs);
    app.add_flag("--insecure", route.insecure);
    app.add_flag("-d,--debug,-v,--verbose", route.debug);
    app.add_flag("--quiet", route.quiet);
}

/// The tree of modules and their verbs; a verb notes itself when it is on the command line.
class Tree {
 public:
    explicit Tree(CtlOptions& options) : options_(options) {
        app_.set_help_flag();
        app_.add_flag("--help", help_);
        app_.add_flag("--version", version_);
        app_.add_flag("--json", options.json);
        app_.add_option("-o", options_file_);
        add_route(app_, options.route);
        app_.option_defaults()->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
        for (CLI::Option* option : app_.get_options()) {
            if (option->get_items_expected() == 1) {
                option->multi_option_policy(CLI::MultiOptionPolicy::TakeLast);
            }
        }
        add_modules();
    }

    Outcome<void> parse(std::vector<std::string> words) {
        std::reverse(words.begin(), words.end());  // as CLI11 wants them
        try {
            app_.parse(std::move(words));
        } catch (const CLI::ParseError& error) {
            return help_ || version_ ? Outcome<void>() : explain(error);
        }
        return {};
    }

    [[nodiscard]] bool help() const { return help_; }
    [[nodiscard]] bool version() const { return version_; }
    [[nodiscard]] const std::string& options_file() const { return options_file_; }
    [[nodiscard]] bool complete() const { return chosen_; }

    /// What is missing where no verb was given.
    [[nodiscard]] Problem missing() const {
        const auto modules = app_.get_subcommands();
        return modules.empty() ? usage("What is to be done? There is no command")
                               : usage("'" + modules.front()->get_name() +
                                           "' needs one of: " + names_of(*modules.front()),
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
        if (modules.empty()) {
            return usage(
                "Unknown command or option; there are " + names_of(app_) + ". " + error.what(),
                ctl_exit_unknown_module);
        }
        return modules.front()->get_subcommands().empty() && !chosen_
                   ? usage("Unknown command of '" + modules.front()->get_name() + "'; there are " +
                               names_of(*modules.front()) + ". " + error.what(),
                           ctl_exit_unknown_verb)
                   : usage(error.what());
    }

    CtlOptions& options_;
    CLI::App app_;
    bool help_ = false;
    bool version_ = false;
    bool chosen_ = false;
    std::string options_file_;
};

std::string default_options_file() {
    const char* folder = std::getenv("XDG_CONFIG_HOME");
    const char* home = std::getenv("HOME");
    std::string base;
    if (folder != nullptr && *folder != '\0') {
        base = folder;
    } else if (home != nullptr && *home != '\0') {
        base = std::string(home) + "/.config";
    } else {
        return {};
    }
    std::error_code ignored;
    for (const char* name : {"/mqctl", "/mosquitto_ctrl"}) {
        if (std::filesystem::is_regular_file(base + name, ignored)) {
            return base + name;
        }
    }
    return {};
}

/// One option a line, its value behind a blank; lines that begin with # are passed over.
Outcome<std::vector<std::string>> read_options_file(const std::string& path, bool needed) {
    std::vector<std::string> words;
    if (path.empty()) {
        return words;
    }
    std::ifstream file(path);
    if (!file) {
        return needed ? Outcome<std::vector<std::string>>(
                            usage("Cannot read the options file " + path))
                      : words;
    }
    for (std::string line; std::getline(file, line);) {
        if (line.empty() || line.front() == '#') {
            continue;
        }
        const std::size_t blank = line.find(' ');
        words.push_back(line.substr(0, blank));
        if (blank != std::string::npos) {
            words.push_back(line.substr(line.find_first_not_of(' ', blank)));
        }
    }
    return words;
}

}  // namespace

Outcome<CtlOptions> read_ctl_options(int argc, char** argv) {
    const std::vector<std::string> typed(argv + 1, argv + argc);
    CtlOptions options;
    std::string file;
    {
        CtlOptions first;
        Tree tree(first);
        if (auto parsed = tree.parse(typed); !parsed) {
            return parsed.error();
        }
        if (tree.help() || tree.version()) {
            first.verb = tree.version() ? CtlVerb::version : CtlVerb::help;
            return first;
        }
        file = tree.options_file();
    }
    const bool given = !file.empty();
    auto words = read_options_file(given ? file : default_options_file(), given);
    if (!words) {
        return words.error();
    }
    words->insert(words->end(), typed.begin(), typed.end());
    Tree tree(options);
    if (auto parsed = tree.parse(std::move(*words)); !parsed) {
        return parsed.error();
    }
    if (!tree.complete()) {
        return argc == 1 ? Outcome<CtlOptions>(options) : tree.missing();
    }
    return options;
}

const char* ctl_help() {
    return R"(mqctl: look into a running broker, and give it orders

Usage: mqctl [OPTIONS] COMMAND ...

Commands:
  clients list                 who is connected
  clients show CLIENT          one client: connection, queue, subscriptions
  clients kick CLIENT          disconnect it; its session stays
  sessions list                clients that are here or may come back
  sessions delete CLIENT       forget one (--force: also while it is connected)
  retained list [FILTER]       topics with a retained message
  retained delete FILTER       remove those that match
  retained export [FILTER]     print them as JSON lines (-f FILE: into a file)
  retained import [FILE]       store them again
  queues top [-n COUNT]        sessions for whom most is waiting
  listeners                    where the broker listens
  log level [TYPE...]          what is logged; set it: error warning notice
                               information debug subscribe unsubscribe all none
  broker listListeners         as mosquitto_ctrl tells it (also listPlugins)

Without options the broker of this account is asked by its control socket, for
which no password is needed.
  --socket PATH                the control socket
  --prefix DIR                 where mqhome is installed
  --json                       print JSON
  -W, --wait SECONDS           for an answer (10)
Any of the following asks a broker by MQTT:
  -h HOST  -p PORT  -L URL  --unix PATH  -u USER  -P PASSWORD  -i ID
  --cafile FILE  --capath DIR  --cert FILE  --key FILE  --psk KEY
  --psk-identity NAME  --tls-version V  --tls-use-os-certs  --insecure
Others: -A ADDRESS  --proxy URL  -V VERSION  -q QOS  -o OPTIONS_FILE  -d
  --ciphers LIST  --keyform FORM  --tls-alpn NAME  --quiet  --version

Examples:
  mqctl clients list
  mqctl retained export 'home/#' -f home.jsonl
  mqctl -h mqtt.example.org -u admin queues top --json
)";
}

}  // namespace mq::cli
