#pragma once

#include "broker/auth/password_file.hpp"
#include "broker/auth/password_hash.hpp"
#include "broker/auth/scram_server.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// The users of one password file, as the broker looks them up. Never changes once it is made, so
/// any number of threads may read it.
class PasswordTable {
 public:
    PasswordTable() = default;

    /// Takes the users that can log in. A problem only when the system gives no random bytes.
    static Outcome<PasswordTable> make(const PasswordFile& file);

    /// The user's hash, or null.
    [[nodiscard]] const PasswordHash* find(std::string_view user) const;

    /// What to check a password of an unknown user against, so that it takes as long as for a known
    /// one. It costs what most entries cost. Null in an empty table: there is nothing to find out.
    [[nodiscard]] const PasswordHash* decoy() const {
        return decoy_.empty() ? nullptr : &decoy_.front();
    }

    [[nodiscard]] std::size_t size() const { return hashes_.size(); }

    /// Whether anybody can log in by SCRAM.
    [[nodiscard]] bool has_scram() const { return scram_decoy_iterations_ > 0; }

    /// What a SCRAM exchange with this user needs; a decoy for whoever has no SCRAM entry. Only
    /// where `has_scram`.
    ///
    /// A decoy's salt must be the same each time it is asked for, and must not be predictable. It
    /// is derived from the name and from all of the file: nobody who cannot read the file can tell
    /// it from a real one, and a restart changes nothing. An edit does: who asks for the same name
    /// before and after it sees which salt stays.
    [[nodiscard]] Outcome<ScramAccount> scram_account(std::string_view user) const;

    /// Users of `before` who are gone in `after` or have another hash there, sorted. Their
    /// connections no longer have a password that is known to be right.
    static std::vector<std::string> changed_users(const PasswordTable& before,
                                                  const PasswordTable& after);

 private:
    Outcome<void> prepare_scram(const PasswordFile& file);

    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    std::unordered_map<std::string, PasswordHash, Hash, std::equal_to<>> hashes_;
    std::vector<PasswordHash> decoy_;  ///< none or one
    std::string scram_decoy_secret_;
    std::size_t scram_decoy_salt_bytes_ = 0;
    std::uint32_t scram_decoy_iterations_ = 0;  ///< 0: no SCRAM entries
};

/// A password file as read.
struct LoadedPasswords {
    std::shared_ptr<const PasswordTable> table;
    std::vector<std::string> warnings;  ///< lines dropped, mode and owner; for the log
};

/// Reads a password file. A bad line costs its user only. The problem has exit code 13.
Outcome<LoadedPasswords> load_passwords(const std::filesystem::path& path);

}  // namespace mq::broker
