#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/problem.hpp"

namespace mq::supervisor {

/// The service that a manager keeps running. All paths are absolute.
struct Service {
    std::string name = "mqhome";
    std::vector<std::string> command;             ///< program and arguments
    std::filesystem::path directory;              ///< working directory
    std::map<std::string, std::string> environment;
    std::filesystem::path log_file;               ///< standard output and error, rotated by the manager
};

enum class State { absent, stopped, starting, running, backoff, stopping, exited, fatal, unknown };

struct Status {
    State state = State::unknown;
    int pid = 0;             ///< 0 when there is none
    std::string detail;      ///< the manager's own words
};

/// How one host keeps a service running. A driver holds no state of its own: what it knows it asks the
/// host each time. Problems carry exit code 4 when the manager cannot be reached and 7 when it refused.
class Driver {
 public:
    virtual ~Driver() = default;

    [[nodiscard]] virtual std::string name() const = 0;
    /// Files that `install` would write, in the order of writing; shown by a dry run.
    [[nodiscard]] virtual std::vector<std::filesystem::path> files(const Service& service) const = 0;
    /// Writes the service's files and makes the manager know them. A broken file is taken back.
    /// The manager may start the service at once. Idempotent.
    virtual Outcome<void> install(const Service& service) = 0;
    /// Stops the service, removes its files and makes the manager forget it. Idempotent.
    virtual Outcome<void> remove(const std::string& service) = 0;
    virtual Outcome<void> start(const std::string& service) = 0;
    /// Returns when the service has ended. Not running is no problem.
    virtual Outcome<void> stop(const std::string& service) = 0;
    virtual Outcome<void> restart(const std::string& service) = 0;
    virtual Outcome<Status> status(const std::string& service) = 0;
    /// Commands that remain for the user on this host, to reach the broker from outside.
    [[nodiscard]] virtual std::vector<std::string> remaining_commands(int port,
                                                                      int ws_port) const = 0;
};

struct HostOptions {
    std::filesystem::path home;
    std::string driver = "auto";                    ///< auto | uberspace7 | supervisord | none
    std::string supervisorctl = "supervisorctl";    ///< command line, split at spaces
};

/// The driver that was asked for, or for `auto` the one that fits the host.
Outcome<std::unique_ptr<Driver>> make_driver(const HostOptions& options);

}  // namespace mq::supervisor
