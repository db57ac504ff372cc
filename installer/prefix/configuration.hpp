#pragma once

#include "base/problem.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mq::installer {

/// What the installer must know of the user's mosquitto.conf: where the broker listens and which
/// files it keeps. Read from the directives concerned only; whether the file is right is for the
/// broker's `--test-config` to say.
struct ConfigurationFacts {
    struct Listener {
        int port = 1883;                 ///< 0: a Unix socket
        std::string host = "127.0.0.1";  ///< numeric address at which this account reaches it
        bool websocket = false;
        bool tls = false;
        bool proxied = false;    ///< every connection must begin with a PROXY header
        bool http_only = false;  ///< status and files, no MQTT

        /// Whether a client of this account can speak MQTT there, without TLS or a proxy.
        [[nodiscard]] bool speaks_plainly() const {
            return port != 0 && !tls && !proxied && !http_only;
        }
    };
    std::vector<Listener> listeners;
    std::filesystem::path password_file;  ///< empty: none
    bool anonymous = false;
    std::filesystem::path database;  ///< empty without persistence
};

/// Follows `include_dir`. Problem when a file cannot be read.
Outcome<ConfigurationFacts> read_configuration(const std::filesystem::path& path);

}  // namespace mq::installer
