#pragma once

#include "broker/auth/password_checker.hpp"
#include "broker/core/access.hpp"

#include <optional>
#include <string_view>

namespace mq::broker {

class Shard;

/// Who may log in, by the listener's `allow_anonymous` and the password file. Passwords are checked
/// on the checker's threads; the verdict comes back to the shard as a turn of its own. Whoever is
/// in may read and write everything. One per shard, on its thread.
class Login final : public AccessPolicy {
 public:
    /// `passwords` is null where no password file is configured; then a user name proves nothing,
    /// and clients are let in where anonymous ones are.
    Login(Shard& shard, PasswordChecker* passwords) : shard_(shard), passwords_(passwords) {}

    std::optional<mqtt::ReasonCode> login(const LoginRequest& request) override;
    std::shared_ptr<const Grant> grant(const Identity& identity) override;

 private:
    Shard& shard_;
    PasswordChecker* passwords_;
};

}  // namespace mq::broker
