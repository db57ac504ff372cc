#pragma once

#include "broker/auth/password_checker.hpp"
#include "broker/auth/realm.hpp"
#include "broker/core/access.hpp"

#include <memory>
#include <optional>
#include <vector>

namespace mq::broker {

class Shard;

/// Realms by `ListenerSettings::realm`.
using RealmList = std::vector<std::shared_ptr<const Realm>>;

/// Who may log in, by the listener's `allow_anonymous` and the files of its realm. Passwords are
/// checked on the checker's threads; the verdict comes back to the shard as a turn of its own. One
/// per shard, on its thread.
class Login final : public AccessPolicy {
 public:
    Login(Shard& shard, PasswordChecker& checker, RealmList realms)
        : shard_(shard), checker_(checker), realms_(std::move(realms)) {}

    std::optional<mqtt::ReasonCode> login(const LoginRequest& request) override;
    std::shared_ptr<const Grant> grant(const Identity& identity) override;

    /// Other files from now on. Logins whose check is under way are judged by both.
    void change(RealmList realms) { realms_ = std::move(realms); }
    [[nodiscard]] const RealmList& realms() const { return realms_; }

 private:
    [[nodiscard]] bool still_holds(const PasswordTable& checked_against, std::size_t realm,
                                   std::string_view user) const;

    Shard& shard_;
    PasswordChecker& checker_;
    RealmList realms_;
};

}  // namespace mq::broker
