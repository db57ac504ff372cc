#pragma once

#include "base/problem.hpp"

#include <chrono>
#include <filesystem>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mq::supervisor {

/// The service that a manager keeps running. All paths are absolute.
struct Service {
    std::string name = "mqhome";
    std::vector<std::string> command;  ///< program and arguments
    std::filesystem::path directory;   ///< working directory
    std::map<std::string, std::string> environment;
    std::filesystem::path log_file;  ///< standard output and error, rotated by the manager
};

enum class State { absent, stopped, starting, running, backoff, stopping, exited, fatal, unknown };

/// The word for a person and for `--json`: "running", "backoff", ...
std::string_view to_string(State state);

struct Status {
    State state = State::unknown;
    int pid = 0;         ///< 0 when there is none
    std::string detail;  ///< the manager's own words
};

/// What the files of a service are compared with what the driver wrote.
enum class FileState {
    none,     ///< this driver writes no files
    missing,  ///< not there
    ours,     ///< as written
    edited,   ///< written by us, changed by the user since
    foreign,  ///< of somebody else under our name
};

/// How one host keeps a service running. A driver holds no state of its own: what it knows it asks
/// the host each time. Problems carry exit code 4 when the manager cannot be reached and 7 when it
/// refused.
class Driver {
 public:
    virtual ~Driver() = default;

    /// "uberspace7", "supervisord" or "none".
    [[nodiscard]] virtual std::string name() const = 0;
    /// Files that `install` would write, in the order of writing; shown by a dry run.
    [[nodiscard]] virtual std::vector<std::filesystem::path> files(
        const Service& service) const = 0;
    [[nodiscard]] virtual FileState file_state(const Service& service) const = 0;
    /// Writes the service's files and makes the manager know them. When the manager does not take
    /// them, what was there before is put back. A file that the user edited since is kept as it is;
    /// a file of somebody else under our name is a problem with exit code 12. The manager may start
    /// the service at once. Idempotent.
    virtual Outcome<void> install(const Service& service) = 0;
    /// Stops the service, removes its files and makes the manager forget it. A file that the user
    /// edited is kept beside as `NAME.ini.edited`. Idempotent.
    virtual Outcome<void> remove(const std::string& service) = 0;
    /// Returns when the manager says that the service has started (5 seconds after it did) or
    /// failed. Running already is no problem.
    virtual Outcome<void> start(const std::string& service) = 0;
    /// Returns when the service has ended. Not running is no problem.
    virtual Outcome<void> stop(const std::string& service) = 0;
    virtual Outcome<void> restart(const std::string& service) = 0;
    virtual Outcome<Status> status(const std::string& service) = 0;
    /// Commands that remain for the user on this host, to reach the broker from outside (and, where
    /// nothing starts it, to run it).
    [[nodiscard]] virtual std::vector<std::string> remaining_commands(const Service& service,
                                                                      int port,
                                                                      int ws_port) const = 0;

    /// Asks for the status until `enough` says yes, and returns the status that did; or the last
    /// one after `timeout`, so look at it again. A manager that cannot be reached ends it at once.
    Outcome<Status> wait_until(const std::string& service,
                               const std::function<bool(const Status&)>& enough,
                               std::chrono::milliseconds timeout);
};

struct HostOptions {
    std::filesystem::path home;
    std::string driver = "auto";  ///< auto | uberspace7 | supervisord | none
    /// Command line, split at spaces; a part with spaces stands in single or double quotes.
    std::string supervisorctl = "supervisorctl";
};

/// The driver that was asked for, or for `auto` the one that fits the host: `uberspace7` where the
/// commands `uberspace` and supervisorctl are there, `supervisord` where supervisorctl answers,
/// else `none`. Problem with exit code 2 for an unknown name.
Outcome<std::unique_ptr<Driver>> make_driver(const HostOptions& options);

}  // namespace mq::supervisor
