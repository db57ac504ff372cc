#pragma once

#include "base/secret.hpp"
#include "broker/auth/login_line.hpp"
#include "broker/auth/password_checker.hpp"
#include "broker/auth/realm.hpp"
#include "broker/core/access.hpp"
#include "broker/net/login_guard.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mq::broker {

class Shard;

/// Who may log in, by the listener's `allow_anonymous` and the files of its realm, and what they
/// may do then. Passwords are checked on the checker's threads, a few of each address at a time;
/// the verdict comes back to the shard as a turn of its own. Who fails too often is slowed, then
/// refused. One per shard, on its thread.
class Login final : public AccessPolicy {
 public:
    Login(Shard& shard, PasswordChecker& checker, RealmList realms, LoginThrottle& throttle)
        : shard_(shard), checker_(checker), realms_(std::move(realms)), guard_(shard, throttle) {}

    std::optional<mqtt::ReasonCode> login(const LoginRequest& request) override;
    /// SCRAM-SHA-256, where the password file of the realm has an entry for it.
    std::unique_ptr<AuthExchange> authenticate(const AuthRequest& request) override;
    std::shared_ptr<const Grant> grant(const Identity& identity) override;
    void count(Stats& stats) const override;

    /// Other files from now on. Logins whose check is under way are judged by both.
    void change(RealmList realms) { realms_ = std::move(realms); }
    [[nodiscard]] const RealmList& realms() const { return realms_; }

    /// For other ways to log in.
    [[nodiscard]] LoginGuard& guard() { return guard_; }

 private:
    /// A login by password on its way.
    struct Candidate {
        LoginAttempt attempt;
        std::size_t realm = 0;
        Secret password;
    };
    using Line = LoginLine<Candidate>;

    mqtt::ReasonCode login_without_password(const LoginAttempt& attempt,
                                            const LoginRequest& request);
    void check(const Candidate& candidate);
    void judge(const LoginAttempt& attempt, std::size_t realm, const PasswordTable& table,
               Verdict verdict);
    void serve_next(const std::string& address);
    void answer(ConnectionId connection, mqtt::ReasonCode code);
    [[nodiscard]] bool still_holds(const PasswordTable& checked_against, std::size_t realm,
                                   std::string_view user) const;

    Shard& shard_;
    PasswordChecker& checker_;
    RealmList realms_;
    LoginGuard guard_;
    Line line_;
};

}  // namespace mq::broker
