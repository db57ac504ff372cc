#include "installer/steps/change.hpp"

#include "installer/words.hpp"

#include <openssl/rand.h>

#include <array>
#include <cassert>
#include <cstdlib>

namespace mq::installer {
namespace {

const char* yes_or_no(bool value) {
    return value ? "yes" : "no";
}

std::string joined(const std::set<std::string>& names) {
    std::string all;
    for (const auto& name : names) {
        all += (all.empty() ? "" : " ") + escape_word(name);
    }
    return all;
}

std::set<std::string> separated(const std::string& text) {
    std::set<std::string> names;
    for (const auto word : split_words(text)) {
        if (auto name = unescape_word(word)) {
            names.insert(*name);
        }
    }
    return names;
}

}  // namespace

Parameters Change::parameters() const {
    return {{"from", from},
            {"to", to},
            {"home", home.string()},
            {"driver", driver},
            {"supervisorctl", supervisorctl},
            {"service", yes_or_no(service)},
            {"running", yes_or_no(running)},
            {"port", std::to_string(port)},
            {"ws_port", std::to_string(ws_port)},
            {"health_timeout_s", std::to_string(health_timeout.count())},
            {"profile", yes_or_no(profile)},
            {"purge", yes_or_no(purge)},
            {"user", user},
            {"probe_user", probe_user},
            {"database", database.string()},
            {"passwords", passwords.string()},
            {"backup", backup.string()},
            {"source", source.string()},
            {"creates", joined(creates)}};
}

Change Change::from_parameters(const std::string& command, const Parameters& parameters) {
    const auto text = [&](const char* name) {
        const auto found = parameters.find(name);
        return found == parameters.end() ? std::string() : found->second;
    };
    const auto number = [&](const char* name) { return std::atoi(text(name).c_str()); };
    Change change;
    change.command = command;
    change.from = text("from");
    change.to = text("to");
    change.home = text("home");
    change.driver = text("driver");
    change.supervisorctl = text("supervisorctl");
    change.service = text("service") == "yes";
    change.running = text("running") == "yes";
    change.port = number("port");
    change.ws_port = number("ws_port");
    change.health_timeout = std::chrono::seconds(number("health_timeout_s"));
    change.profile = text("profile") == "yes";
    change.purge = text("purge") == "yes";
    change.user = text("user");
    change.probe_user = text("probe_user");
    change.database = text("database");
    change.passwords = text("passwords");
    change.backup = text("backup");
    change.source = text("source");
    change.creates = separated(text("creates"));
    return change;
}

Outcome<SharedWork> make_work(const Context& context, Change change) {
    supervisor::HostOptions host;
    host.home = change.home;
    host.driver = change.driver;
    host.supervisorctl = change.supervisorctl;
    auto driver = context.driver_factory(host);
    if (!driver) {
        return driver.error();
    }
    auto work = std::make_shared<Work>();
    work->layout = context.layout;
    work->output = &context.output;
    work->driver = std::move(*driver);
    work->service = broker_service(change.home, context.layout);
    work->change = std::move(change);
    return work;
}

std::string random_word() {
    std::array<unsigned char, 16> raw{};
    const int done = RAND_bytes(raw.data(), static_cast<int>(raw.size()));
    assert(done == 1);
    (void)done;
    std::string word;
    for (const unsigned char byte : raw) {
        word += "0123456789abcdef"[byte >> 4U];
        word += "0123456789abcdef"[byte & 15U];
    }
    return word;
}

}  // namespace mq::installer
