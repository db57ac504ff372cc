#include "broker/net/login_guard.hpp"

#include "tests/broker/net/running_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

LoginThrottleSettings strict() {
    LoginThrottleSettings settings;
    settings.slow_after = 1;
    settings.address_failures = 3;
    settings.user_failures = 4;
    return settings;
}

TEST(LoginGuard, slows_then_refuses_and_logs_each_refusal) {
    ListLog log;
    const auto shard = std::move(*Shard::create(log));
    LoginThrottle throttle(strict());
    LoginGuard guard(*shard, throttle);
    const LoginAttempt attempt{1, "192.0.2.1", "an\nna", "c\x1B"};
    int answers = 0;
    const auto fail = [&](const LoginAttempt& who) {
        EXPECT_TRUE(guard.admit(who));
        guard.failed(who, "wrong password", [&answers] { ++answers; });
    };
    fail(attempt);
    EXPECT_EQ(answers, 1);
    fail(attempt);
    fail(attempt);
    EXPECT_EQ(answers, 1);  // the others wait
    EXPECT_FALSE(guard.admit(attempt));
    fail({2, "192.0.2.2", "an\nna", "d"});
    EXPECT_FALSE(guard.admit({3, "192.0.2.3", "an\nna", "e"}));
    EXPECT_EQ(guard.counters(), (LoginThrottle::Counters{4, 3, 1, 1}));
    EXPECT_THAT(log.lines(),
                testing::ElementsAre(
                    "Login refused: 192.0.2.1 user 'an?na' client 'c?': wrong password",
                    "Login refused: 192.0.2.1 user 'an?na' client 'c?': wrong password",
                    "Login refused: 192.0.2.1 user 'an?na' client 'c?': wrong password",
                    "Login refused: 192.0.2.1 user 'an?na' client 'c?': too many failed logins "
                    "from this address",
                    "Login refused: 192.0.2.2 user 'an?na' client 'd': wrong password",
                    "Login refused: 192.0.2.3 user 'an?na' client 'e': too many failed logins of "
                    "this user"));
}

TEST(LoginGuard, keeps_count_over_a_change_of_settings) {
    ListLog log;
    const auto shard = std::move(*Shard::create(log));
    LoginThrottle throttle(LoginThrottleSettings{});
    LoginGuard guard(*shard, throttle);
    const LoginAttempt attempt{1, "192.0.2.1", "anna", "c"};
    for (int failure = 0; failure < 3; ++failure) {
        guard.failed(attempt, "wrong password", [] {});
    }
    throttle.configure(strict());
    guard.failed(attempt, "wrong password", [] {});
    EXPECT_FALSE(guard.admit(attempt));
    guard.succeeded({2, "192.0.2.2", "anna", "c"});
    EXPECT_TRUE(guard.admit({2, "192.0.2.2", "anna", "c"}));
}

}  // namespace
}  // namespace mq::broker::test
