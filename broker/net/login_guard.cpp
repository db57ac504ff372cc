#include "broker/net/login_guard.hpp"

#include "broker/auth/password_file.hpp"

#include <utility>

namespace mq::broker {

bool LoginGuard::admit(const LoginAttempt& attempt) {
    const auto verdict = throttle_.admit(attempt.address, attempt.user, shard_.now());
    if (verdict.action != LoginVerdict::Action::refuse) {
        return true;
    }
    refused(attempt, verdict.reason == LoginVerdict::Reason::address
                         ? "too many failed logins from this address"
                         : "too many failed logins of this user");
    return false;
}

void LoginGuard::succeeded(const LoginAttempt& attempt) {
    throttle_.succeeded(attempt.address, attempt.user, shard_.now());
}

void LoginGuard::failed(const LoginAttempt& attempt, std::string_view reason,
                        std::function<void()> answer) {
    refused(attempt, reason);
    const auto verdict = throttle_.failed(attempt.address, attempt.user, shard_.now());
    answers_.after(verdict.delay, std::move(answer));
}

void LoginGuard::refused(const LoginAttempt& attempt, std::string_view reason) {
    if (shard_.log().wants(LogType::notice)) {
        shard_.log().line(LogType::notice, "Login refused: " + printable(attempt.address) +
                                               " user '" + printable(attempt.user) + "' client '" +
                                               printable(attempt.client_id) +
                                               "': " + std::string(reason));
    }
}

}  // namespace mq::broker
