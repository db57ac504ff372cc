#pragma once

#include "broker/auth/login_throttle.hpp"
#include "broker/core/access.hpp"
#include "broker/net/delayed_calls.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace mq::broker {

/// Who tries to log in, for counting and for the log.
struct LoginAttempt {
    ConnectionId connection = 0;
    std::string address;  ///< the true one, numeric
    std::string user;
    std::string client_id;
};

/// Stands before every way to log in by a user name and a secret: keeps count of failures, slows
/// the answers to them, refuses who fails too often, and writes one line for each refusal. One per
/// shard, on its thread, within turns.
class LoginGuard {
 public:
    /// `throttle` is that of all shards.
    LoginGuard(Shard& shard, LoginThrottle& throttle)
        : shard_(shard), throttle_(throttle), answers_(shard) {}

    /// Before the secret is looked at. False: refuse the login; it is logged.
    bool admit(const LoginAttempt& attempt);

    /// The secret was right.
    void succeeded(const LoginAttempt& attempt);

    /// The secret was wrong, which is logged with the reason. `answer` tells the client, now or
    /// after a while; if the connection is gone by then it must do nothing.
    void failed(const LoginAttempt& attempt, std::string_view reason, std::function<void()> answer);

    /// A login is refused for another reason, which says nothing about guessing; only logs it.
    void refused(const LoginAttempt& attempt, std::string_view reason);

    [[nodiscard]] LoginThrottle::Counters counters() const { return throttle_.counters(); }

 private:
    Shard& shard_;
    LoginThrottle& throttle_;
    DelayedCalls answers_;
};

}  // namespace mq::broker
