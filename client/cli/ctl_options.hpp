#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

#include <string>
#include <vector>

namespace mq::cli {

enum class CtlVerb {
    help,
    version,
    clients_list,
    clients_show,
    clients_kick,
    sessions_list,
    sessions_delete,
    retained_list,
    retained_delete,
    retained_export,
    retained_import,
    queues_top,
    listeners,
    log_level,
    broker_help,
    broker_plugins,
    broker_listeners,
    dynsec,
};

struct CtlOptions {
    Options broker = Options(program_ctl);  ///< the way to it, and --json
    CtlVerb verb = CtlVerb::help;
    std::string client;              ///< clients show, kick; sessions delete
    bool force = false;              ///< sessions delete
    std::string filter;              ///< retained; empty: #
    std::string file;                ///< retained export and import; empty or -: standard streams
    int count = 10;                  ///< queues top
    std::vector<std::string> types;  ///< log level; empty: tell
};

/// Exit codes as mosquitto_ctrl has them, and one for whatever has failed otherwise.
inline constexpr int ctl_exit_failed = 1;
inline constexpr int ctl_exit_arguments = 3;
inline constexpr int ctl_exit_unknown_module = 10;
inline constexpr int ctl_exit_unknown_verb = 13;

/// Reads the command line, and before it the options file: what the command line says wins. The
/// broker is reached by MQTT rather than by its control socket as soon as one option says which it
/// is (`Options::says_which_broker`); only then the environment is asked, too. The options of the
/// table may stand anywhere before `dynsec`; a password of the command line is wiped there.
Outcome<CtlOptions> read_ctl_options(int argc, char** argv);

}  // namespace mq::cli
