#pragma once

#include "base/problem.hpp"
#include "supervisor/driver.hpp"

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

namespace mq::supervisor {

/// What `supervisorctl status NAME` said about NAME, from the state word: its exit code is 0 for a
/// program in BACKOFF too, and 3 for anything that does not run.
Status parse_status(std::string_view output, std::string_view name);

/// The file that a refused `reread` complains about; empty when it names none.
std::string broken_file(std::string_view reread_output);

/// The command line program of supervisord. Runs in `/`, since a stray `etc/supervisord.conf` in
/// the working directory would win over the host's. Holds nothing but the command line.
class Supervisorctl {
 public:
    /// `command`: program and leading arguments.
    explicit Supervisorctl(std::vector<std::string> command) : command_(std::move(command)) {}

    struct Answer {
        int exit_code = 0;
        std::string text;  ///< without trailing line ends
    };
    /// Runs one action. Problem with exit code 4 when the program is not there, takes longer than
    /// `time_limit`, or cannot reach supervisord.
    [[nodiscard]] Outcome<Answer> run(
        std::vector<std::string> action,
        std::chrono::milliseconds time_limit = std::chrono::seconds(60)) const;

    [[nodiscard]] Outcome<Status> status(const std::string& name) const;

    [[nodiscard]] const std::string& program() const { return command_.front(); }

 private:
    std::vector<std::string> command_;
};

}  // namespace mq::supervisor
