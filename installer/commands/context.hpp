#pragma once

#include "base/problem.hpp"
#include "installer/commands/output.hpp"
#include "installer/exit_code.hpp"
#include "installer/prefix/layout.hpp"
#include "installer/prefix/lock.hpp"
#include "installer/prefix/manifest.hpp"
#include "supervisor/driver.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <string>

namespace mq::installer {

/// The flags that every command knows.
struct Options {
    bool dry_run = false;  ///< print the plan, change nothing
    bool yes = false;      ///< ask nothing
    bool json = false;
    std::optional<int> port;      ///< as given; else the manifest's, else 1883
    std::optional<int> ws_port;   ///< as given; else the manifest's, else 9001
    std::string user;             ///< first user of a new installation; empty: ask
    bool password_stdin = false;  ///< the password is the first line of standard input
    std::string host_driver;      ///< as given; empty: the manifest's, else `auto`
    std::string supervisorctl;    ///< as given; empty: the manifest's, else `supervisorctl`
    bool modify_profile = true;
    bool service = true;
    std::chrono::seconds health_timeout{30};
};

/// What a command works on. Lives as long as the program; lent to one command.
struct Context {
    Options options;
    std::filesystem::path home;
    Layout layout;
    Output& output;
    /// How a driver is made; tests put their own here.
    std::function<Outcome<std::unique_ptr<supervisor::Driver>>(const supervisor::HostOptions&)>
        driver_factory = supervisor::make_driver;

    /// The driver of this host: the one asked for on the command line, else the one of the manifest
    /// (null when nothing is installed), else the one that fits the host.
    [[nodiscard]] Outcome<std::unique_ptr<supervisor::Driver>> make_driver(
        const Manifest* manifest) const;
};

/// The name under which a manager knows the broker.
inline constexpr const char* service_name = "mqhome";

/// The broker of this prefix as a service: `current/bin/mqbroker -c etc/mosquitto.conf`, logging to
/// `~/logs/mqhome.log`.
supervisor::Service broker_service(const std::filesystem::path& home, const Layout& layout);

/// The start of every command that changes an installation: takes the lock, and refuses with exit
/// code 11 when an earlier run was cut off (the problem says what to type). Hold the result while
/// working.
Outcome<Lock> begin_change(const Context& context);

}  // namespace mq::installer
