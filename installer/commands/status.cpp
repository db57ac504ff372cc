#include "broker/auth/password_store.hpp"
#include "installer/commands/broker_control.hpp"
#include "installer/commands/verbs.hpp"
#include "installer/health/probe.hpp"
#include "installer/prefix/configuration.hpp"

#include <openssl/crypto.h>

#include <set>

namespace mq::installer::commands {
namespace {

constexpr std::chrono::seconds answer_timeout{3};

std::string protocol_of(const ConfigurationFacts::Listener& listener) {
    return std::string(listener.websocket ? "WebSocket" : "MQTT") +
           (listener.tls ? " with TLS" : "");
}

void show_listener(const Context& context, const ConfigurationFacts::Listener& listener,
                   bool running) {
    std::string answer = "not running";
    if (running && !listener.speaks_plainly()) {
        answer = "not asked";
    } else if (running) {
        answer = expect_answer({listener.host, listener.port, listener.websocket}, answer_timeout)
                     ? "answers"
                     : "does not answer";
    }
    context.output.say("  port " + std::to_string(listener.port) + "  " + protocol_of(listener) +
                       "  " + answer);
    context.output.append("listeners", {{"port", std::to_string(listener.port)},
                                        {"protocol", listener.websocket ? "websockets" : "mqtt"},
                                        {"tls", listener.tls ? "true" : "false"},
                                        {"answer", answer}});
}

void show_users(const Context& context, const std::filesystem::path& file) {
    const auto users = broker::load_password_file(file);
    if (!users) {
        context.output.warn(users.error().text());
        return;
    }
    std::set<std::string> names;
    for (const auto& entry : users->list()) {
        names.insert(entry.name);
    }
    context.output.say("users:   " + std::to_string(names.size()) + " in " + file.string());
    context.output.set("users", static_cast<int>(names.size()));
}

void show_configuration(const Context& context, bool running) {
    const auto facts = read_configuration(context.layout.configuration());
    if (!facts) {
        context.output.warn(facts.error().text());
        return;
    }
    context.output.say("listeners in " + context.layout.configuration().string() + ":");
    for (const auto& listener : facts->listeners) {
        if (listener.port != 0) {
            show_listener(context, listener, running);
        }
    }
    show_users(context, facts->password_file.empty() ? context.layout.password_file()
                                                     : facts->password_file);
}

}  // namespace

Outcome<ExitCode> status(const Context& context) {
    Output& output = context.output;
    output.set("prefix", context.layout.prefix.string());
    output.set("installed", is_installed(context.layout));
    output.set("openssl", OpenSSL_version(OPENSSL_VERSION_STRING));
    const auto manifest = load_manifest(context.layout);
    if (!manifest) {
        return manifest.error();
    }
    output.set("version", manifest->version);
    output.say("mqhome " + manifest->version + " in " + context.layout.prefix.string() + ", with " +
               OpenSSL_version(OPENSSL_VERSION) + " built in");

    const auto state = broker_state(context, *manifest);
    const auto reported = state ? *state : BrokerState{};
    output.set("state", to_string(reported.state));
    output.set("pid", reported.pid);
    output.set("driver", state ? reported.driver : manifest->driver);
    if (state) {
        output.say("service: " + describe(*state));
        if (state->pid == 0 && !state->detail.empty()) {
            output.say("         " + state->detail);
        }
        for (const auto& command : state->by_hand) {
            output.say("run by hand: " + command);
            output.append("by_hand", command);
        }
    } else {
        output.say("service: unknown (" + manifest->driver + ")");
        output.warn(state.error().text());
    }
    const ExitCode code = exit_code_of(reported.state);
    show_configuration(context, code == ExitCode::ok);
    return code;
}

}  // namespace mq::installer::commands
