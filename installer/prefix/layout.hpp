#pragma once

#include <filesystem>
#include <string>

namespace mq::installer {

/// Where things lie below the prefix. Paths are absolute; nothing here touches the disk.
///
///     versions/1.2.0/{bin,lib,include,share}   read-only, never edited
///     versions/.tmp-1.2.0                      being unpacked
///     current -> versions/1.2.0                switched by one rename(2)
///     etc/{mosquitto.conf,pwfile,acl,conf.d/}  the user's own; an upgrade never writes here
///     var/mqhome.db                            sessions, retained and queued messages
///     backups/                                 tar.zst + SHA-256 list, 0600
///     state/{manifest.json,journal,lock}
///     env.sh env.fish env.csh
struct Layout {
    std::filesystem::path prefix;

    [[nodiscard]] std::filesystem::path versions() const { return prefix / "versions"; }
    [[nodiscard]] std::filesystem::path version(const std::string& name) const {
        return versions() / name;
    }
    [[nodiscard]] std::filesystem::path current() const { return prefix / "current"; }
    [[nodiscard]] std::filesystem::path etc() const { return prefix / "etc"; }
    [[nodiscard]] std::filesystem::path configuration() const { return etc() / "mosquitto.conf"; }
    [[nodiscard]] std::filesystem::path password_file() const { return etc() / "pwfile"; }
    [[nodiscard]] std::filesystem::path var() const { return prefix / "var"; }
    [[nodiscard]] std::filesystem::path database() const { return var() / "mqhome.db"; }
    [[nodiscard]] std::filesystem::path backups() const { return prefix / "backups"; }
    [[nodiscard]] std::filesystem::path state() const { return prefix / "state"; }
    [[nodiscard]] std::filesystem::path manifest() const { return state() / "manifest.json"; }
    [[nodiscard]] std::filesystem::path journal() const { return state() / "journal"; }
    [[nodiscard]] std::filesystem::path lock() const { return state() / "lock"; }
    /// The broker that the service runs; through `current`, so that a switch needs a restart only.
    [[nodiscard]] std::filesystem::path broker() const { return current() / "bin" / "mqbroker"; }
};

}  // namespace mq::installer
