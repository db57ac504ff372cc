#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "installer/archive/payload.hpp"
#include "installer/commands/context.hpp"
#include "installer/plan/step.hpp"

#include <chrono>
#include <filesystem>
#include <memory>
#include <optional>
#include <set>
#include <string>

namespace mq::installer {

/// What a command was decided to do, before its first step: what was asked for, and what was found
/// in the account. Written to the journal as parameters, so that a later process can make the same
/// plan again and take it back; so no secrets here.
struct Change {
    std::string command;  ///< install, upgrade, rollback, restore, uninstall
    std::string from;     ///< installed version, empty before an install
    std::string to;       ///< version that is to be current
    std::filesystem::path home;
    std::string driver = "none";
    std::string supervisorctl;
    bool service = false;  ///< a manager runs the broker, and the command may use it
    bool running = false;  ///< the service ran before
    int port = 1883;
    int ws_port = 9001;
    std::chrono::seconds health_timeout{30};
    bool profile = false;             ///< write profile blocks
    bool purge = false;               ///< uninstall: the user's files as well
    std::string user;                 ///< install: user to create; empty: none
    std::string probe_user;           ///< throw-away user of the health check
    std::filesystem::path database;   ///< as the configuration names it; empty: none
    std::filesystem::path passwords;  ///< as the configuration names it; empty: none
    std::filesystem::path backup;     ///< file to write before the change
    std::filesystem::path source;     ///< restore: backup to take
    /// Paths below the prefix that the command creates; not there before, so undo removes them.
    std::set<std::string> creates;

    [[nodiscard]] Parameters parameters() const;
    static Change from_parameters(const std::string& command, const Parameters& parameters);
};

/// What the steps of one plan share. Kept alive by the steps.
struct Work {
    Change change;
    Layout layout;
    Output* output = nullptr;
    std::shared_ptr<supervisor::Driver> driver;
    supervisor::Service service;
    std::optional<Payload> payload;  ///< only in the process that was given one
    FileList payload_list;
    std::string password;        ///< of the user to create
    std::string probe_password;  ///< made by the step that adds the throw-away user

    [[nodiscard]] bool creates(const std::string& name) const {
        return change.creates.contains(name);
    }
};

using SharedWork = std::shared_ptr<Work>;

/// Work for `change` with its driver made.
Outcome<SharedWork> make_work(const Context& context, Change change);

/// 32 hexadecimal digits of randomness.
std::string random_word();

}  // namespace mq::installer
