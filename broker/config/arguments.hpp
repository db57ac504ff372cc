#pragma once

#include "base/problem.hpp"
#include "broker/config/config.hpp"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

constexpr std::size_t argument_ports_max = 10;

/// The command line of the broker, as typed.
struct Arguments {
    enum class Action { run, help, version, test_config, explain_acl };

    /// What `--explain-acl` asks about.
    struct AclQuestion {
        std::optional<std::string> user_name;  ///< empty: a client without one
        std::optional<std::string> client_id;  ///< empty: not given
        std::string topic;
    };

    Action action = Action::run;            ///< help and version end the reading of arguments
    std::vector<std::string> config_files;  ///< `-c`, in order; each must be read before the action
    std::vector<std::uint16_t> ports;       ///< `-p`, for local-only mode
    AclQuestion acl_question;               ///< of `explain_acl`
    std::string tls_keylog;                 ///< `--tls-keylog`
    bool daemon = false;                    ///< `-d`
    bool quiet = false;                     ///< `-q`: no logging at all, stronger than `-v`
    bool verbose = false;                   ///< `-v`: every type of line
};

/// Reads `argv` without the program's name. The problem's exit code is 3.
Outcome<Arguments> parse_arguments(std::span<const std::string_view> arguments);

/// Lets the command line override the configuration: `-v`, `-q` and `--tls-keylog`.
void override_config(Config& config, const Arguments& arguments);

/// How to call the program, at most 80 columns wide. Only the last part of `program_path` is shown,
/// so that a symbolic link speaks of itself by its own name.
std::string usage_text(std::string_view program_path, std::string_view version);

/// Name and version, in three lines.
std::string version_text(std::string_view program_path, std::string_view version);

}  // namespace mq::broker
