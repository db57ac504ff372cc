#pragma once

#include "base/problem.hpp"
#include "installer/prefix/layout.hpp"

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace mq::installer {

/// What is installed in a prefix: the one record that every command reads and that is replaced as
/// the last step of install, upgrade and rollback. On disk: `state/manifest.json`, one JSON object
/// with the members below under the same names; unknown members are ignored, so that an older
/// mqinstall reads what a newer one wrote.
struct Manifest {
    std::string version;  ///< what `current` names
    std::string parent;   ///< the version before; empty after a first install
    /// Of every version that was installed here, the one that it came after.
    std::map<std::string, std::string> parents;
    std::string driver = "none";  ///< name of the service driver in use
    std::string supervisorctl = "supervisorctl";
    bool service = true;                       ///< false after `install --no-service`
    int port = 1883;                           ///< MQTT over TCP
    int ws_port = 9001;                        ///< MQTT over WebSocket
    std::vector<std::string> profile_files;    ///< touched by the profile block
    std::map<std::string, std::string> files;  ///< relative to the version: SHA-256 in hex
};

/// Whether this prefix holds a finished installation.
bool is_installed(const Layout& layout);

/// Problem with exit code 3 when there is no installation.
Outcome<Manifest> load_manifest(const Layout& layout);

/// Replaces the file at once (rename).
Outcome<void> save_manifest(const Layout& layout, const Manifest& manifest);

}  // namespace mq::installer
