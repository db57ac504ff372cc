#pragma once

#include "broker/auth/password_file.hpp"
#include "broker/auth/password_hash.hpp"

#include <cstddef>
#include <functional>
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

    /// Users of `before` who are gone in `after` or have another hash there, sorted. Their
    /// connections no longer have a password that is known to be right.
    static std::vector<std::string> changed_users(const PasswordTable& before,
                                                  const PasswordTable& after);

 private:
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    std::unordered_map<std::string, PasswordHash, Hash, std::equal_to<>> hashes_;
    std::vector<PasswordHash> decoy_;  ///< none or one
};

}  // namespace mq::broker
