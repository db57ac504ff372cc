#pragma once

#include "base/problem.hpp"
#include "base/secret.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mq::cli {

/// How mqctl reaches the broker.
struct CtlRoute {
    // The control socket.
    std::string socket;  ///< --socket; empty: that of the prefix
    std::string prefix;  ///< --prefix; empty: looked for
    // MQTT, as soon as one of these is given.
    std::string host;  ///< empty: localhost
    int port = 0;      ///< 0: 1883, or 8883 with TLS
    std::string unix_path;
    std::string url;
    std::string bind_address;
    std::string id;
    std::string user;
    std::optional<std::string> password;
    std::string proxy;
    std::string version = "5";
    int qos = 1;
    // TLS
    std::string cafile;
    std::string capath;
    std::string cert;
    std::string key;
    std::string keyform;
    std::string ciphers;
    std::string psk;
    std::string psk_identity;
    std::string tls_alpn;
    std::string tls_engine;
    std::string tls_engine_kpass_sha1;
    std::string tls_version;
    bool tls_use_os_certs = false;
    bool insecure = false;

    bool debug = false;
    bool quiet = false;
    int wait_s = 10;  ///< for an answer

    [[nodiscard]] bool tls() const {
        return !cafile.empty() || !capath.empty() || !psk.empty() || tls_use_os_certs;
    }
    /// Whether the broker is reached by MQTT rather than by its control socket.
    [[nodiscard]] bool remote() const {
        return !host.empty() || port != 0 || !unix_path.empty() || !url.empty() || !user.empty() ||
               tls();
    }
};

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
    CtlRoute route;
    CtlVerb verb = CtlVerb::help;
    bool json = false;
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

/// Reads the command line, and before it the options file: what the command line says wins.
Outcome<CtlOptions> read_ctl_options(int argc, char** argv);

/// What `--help` prints.
const char* ctl_help();

}  // namespace mq::cli
