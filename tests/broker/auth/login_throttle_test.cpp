#include "broker/auth/login_throttle.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mq::broker {

void PrintTo(const LoginVerdict& verdict, std::ostream* out) {
    constexpr const char* actions[] = {"allow", "delay", "refuse"};
    constexpr const char* reasons[] = {"", " by address", " by user"};
    *out << actions[static_cast<int>(verdict.action)] << ' ' << verdict.delay.count() << " ms"
         << reasons[static_cast<int>(verdict.reason)];
}

namespace {

using std::chrono::hours;
using std::chrono::milliseconds;
using std::chrono::minutes;
using std::chrono::seconds;

constexpr LoginVerdict allow{};
constexpr LoginVerdict by_address{LoginVerdict::Action::refuse, {}, LoginVerdict::Reason::address};
constexpr LoginVerdict by_user{LoginVerdict::Action::refuse, {}, LoginVerdict::Reason::user};

constexpr LoginVerdict delay(int ms) {
    return {LoginVerdict::Action::delay, milliseconds(ms), LoginVerdict::Reason::none};
}

class LoginThrottleTest : public testing::Test {
 protected:
    /// A login with a wrong password, as the broker treats it.
    LoginVerdict wrong(std::string_view address, std::string_view user) {
        const LoginVerdict admitted = throttle.admit(address, user, now);
        return admitted == allow ? throttle.failed(address, user, now) : admitted;
    }
    LoginVerdict right(std::string_view address, std::string_view user) {
        const LoginVerdict admitted = throttle.admit(address, user, now);
        if (admitted == allow) {
            throttle.succeeded(address, user, now);
        }
        return admitted;
    }
    void storm(std::string_view address, std::string_view user, int logins) {
        for (int login = 0; login < logins; ++login) {
            wrong(address, user);
        }
    }
    /// Wrong logins for a user from many addresses, one each, as many as it takes.
    void attack_user(std::string_view user, int logins = 1000) {
        for (int login = 0; login < logins; ++login) {
            wrong("198.51." + std::to_string(login / 250) + '.' + std::to_string(login % 250),
                  user);
        }
    }

    LoginThrottle throttle{LoginThrottleSettings{}};
    Time now{hours(24 * 365)};
};

TEST_F(LoginThrottleTest, the_first_failures_are_answered_at_once_then_ever_later) {
    for (int failure = 1; failure <= 10; ++failure) {
        EXPECT_EQ(wrong("192.0.2.1", "anna"), allow) << failure;
    }
    EXPECT_EQ(wrong("192.0.2.1", "anna"), delay(100));
    EXPECT_EQ(wrong("192.0.2.1", "bert"), delay(200));
    storm("192.0.2.1", "anna", 60);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), delay(5000));
    EXPECT_EQ(throttle.counters(), (LoginThrottle::Counters{73, 63, 0, 0}));
}

TEST_F(LoginThrottleTest, who_logs_in_rightly_is_not_slowed) {
    storm("192.0.2.1", "anna", 50);
    EXPECT_EQ(right("192.0.2.1", "anna"), allow);
    EXPECT_EQ(right("192.0.2.2", "anna"), allow);
}

TEST_F(LoginThrottleTest, an_address_is_refused_for_a_while) {
    storm("192.0.2.1", "anna", 99);
    EXPECT_EQ(right("192.0.2.1", "bert"), allow);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), delay(5000));
    EXPECT_EQ(right("192.0.2.1", "anna"), by_address);
    EXPECT_EQ(wrong("192.0.2.1", "carl"), by_address);
    now += seconds(60);
    EXPECT_EQ(right("192.0.2.1", "carl"), allow);
    EXPECT_EQ(throttle.counters(), (LoginThrottle::Counters{100, 90, 2, 0}));
}

TEST_F(LoginThrottleTest, ten_thousand_wrong_logins_touch_no_other_address) {
    storm("192.0.2.1", "anna", 10'000);
    EXPECT_EQ(throttle.counters().failures, 100U);
    EXPECT_EQ(throttle.counters().refused_by_address, 9900U);
    EXPECT_EQ(right("192.0.2.2", "anna"), allow);
    EXPECT_EQ(right("192.0.2.3", "bert"), allow);
    EXPECT_EQ(wrong("192.0.2.2", "bert"), allow);
}

TEST_F(LoginThrottleTest, what_is_refused_does_not_count) {
    storm("192.0.2.1", "anna", 100);
    for (int second = 0; second < 59; ++second) {
        now += seconds(1);
        EXPECT_EQ(wrong("192.0.2.1", "anna"), by_address);
    }
    now += minutes(2);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), allow);
}

TEST_F(LoginThrottleTest, old_failures_are_forgotten_gradually) {
    storm("192.0.2.1", "anna", 60);
    now += seconds(90);  // half of the window lies behind
    EXPECT_EQ(wrong("192.0.2.1", "anna"), delay(2100));
    now += seconds(60);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), allow);
    now += minutes(5);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), allow);
}

// The owner sits behind the same router, and has not logged in for weeks.
TEST_F(LoginThrottleTest, a_device_with_an_old_password_locks_nobody_out) {
    for (const Duration pause : {milliseconds(1000), milliseconds(2000), milliseconds(700)}) {
        now += hours(1);
        const Time begin = now;
        while (now < begin + minutes(30)) {
            ASSERT_NE(wrong("192.0.2.1", "anna"), by_address) << pause.count();
            ASSERT_EQ(right("192.0.2.1", "owner"), allow) << pause.count();
            now += pause;
        }
    }
}

// Five devices that come again one second after each answer: the delays keep them below the limit.
TEST_F(LoginThrottleTest, devices_that_wait_for_the_answer_are_never_refused) {
    std::array<Time, 5> next{};
    next.fill(now);
    const Time end = now + minutes(30);
    for (; now < end; now += milliseconds(100)) {
        for (Time& due : next) {
            if (due <= now) {
                const LoginVerdict verdict = wrong("192.0.2.1", "anna");
                ASSERT_NE(verdict, by_address);
                due = now + verdict.delay + seconds(1);
            }
        }
    }
}

TEST_F(LoginThrottleTest, a_user_is_refused_when_many_addresses_guess) {
    attack_user("anna");
    EXPECT_EQ(wrong("192.0.2.9", "anna"), by_user);
    EXPECT_EQ(right("192.0.2.9", "anna"), by_user);
    EXPECT_EQ(right("192.0.2.9", "bert"), allow);
    EXPECT_EQ(throttle.counters().refused_by_user, 2U);
    now += seconds(60);
    EXPECT_EQ(right("192.0.2.9", "anna"), allow);
}

TEST_F(LoginThrottleTest, no_user_name_has_a_meaning_of_its_own) {
    for (const char* name : {"local", "192.0.2.9", ""}) {
        attack_user(name);
        EXPECT_EQ(wrong("192.0.2.9", name), by_user) << name;
        now += hours(1);
    }
}

TEST_F(LoginThrottleTest, a_user_may_go_on_where_it_has_been_before) {
    right("192.0.2.1", "anna");
    now += hours(24 * 6);
    attack_user("anna");
    EXPECT_EQ(right("192.0.2.1", "anna"), allow);
    EXPECT_EQ(right("192.0.2.2", "anna"), by_user);
    now += hours(24 * 8);
    attack_user("anna");
    EXPECT_EQ(right("192.0.2.1", "anna"), by_user);
}

// A neighbour guesses; who has been there before still gets in, unless it is this very user.
TEST_F(LoginThrottleTest, a_refused_address_lets_in_its_known_users) {
    right("192.0.2.1", "anna");
    storm("192.0.2.1", "bert", 200);
    EXPECT_EQ(right("192.0.2.1", "anna"), allow);
    EXPECT_EQ(right("192.0.2.1", "carl"), by_address);
    for (int failure = 0; failure < 10; ++failure) {
        EXPECT_NE(wrong("192.0.2.1", "anna"), by_address);
    }
    EXPECT_EQ(wrong("192.0.2.1", "anna"), by_address);
}

// All clients of a proxy that is not declared have this address.
TEST_F(LoginThrottleTest, local_addresses_are_slowed_but_never_refused) {
    for (const char* local : {"127.0.0.1", "127.8.9.1", "::1", "::ffff:127.0.0.1", "", "socket"}) {
        storm(local, "anna", 300);
        EXPECT_EQ(right(local, "bert"), allow) << local;
        EXPECT_EQ(wrong(local, "carl"), delay(5000)) << local;
    }
    EXPECT_EQ(throttle.counters().refused_by_address, 0U);
}

TEST_F(LoginThrottleTest, ipv6_is_counted_by_64) {
    storm("2001:db8:1:2::1", "anna", 100);
    EXPECT_EQ(right("2001:db8:1:2:ffff::9", "anna"), by_address);
    EXPECT_EQ(right("2001:db8:1:3::1", "anna"), allow);
    storm("::ffff:192.0.2.1", "bert", 100);
    EXPECT_EQ(right("192.0.2.1", "bert"), by_address);
    EXPECT_EQ(right("::ffff:192.0.2.2", "bert"), allow);
    EXPECT_EQ(LoginThrottle::address_key("fe80::1%eth0"), "fe80::/64");
    EXPECT_EQ(LoginThrottle::address_key(std::string(1000, '1')), "local");
}

TEST_F(LoginThrottleTest, a_flood_of_names_does_not_wash_away_the_attacked) {
    storm("192.0.2.1", "anna", 100);
    attack_user("bert", 900);
    for (int flood = 0; flood < 20'000; ++flood) {
        wrong(
            "2001:db8:" + std::to_string(flood % 9999) + ':' + std::to_string(flood / 9999) + "::1",
            "nobody" + std::to_string(flood));
    }
    EXPECT_EQ(right("192.0.2.1", "anna"), by_address);
    storm("2001:db9::1", "bert", 99);
    EXPECT_EQ(right("192.0.2.3", "bert"), allow);
    wrong("2001:db9::1", "bert");
    EXPECT_EQ(right("192.0.2.2", "bert"), by_user);
}

TEST_F(LoginThrottleTest, the_longest_names_are_told_apart) {
    const std::string name(65535, 'x');
    attack_user(name + 'a');
    EXPECT_EQ(right("192.0.2.1", name + 'a'), by_user);
    EXPECT_EQ(right("192.0.2.1", name + 'b'), allow);
}

TEST_F(LoginThrottleTest, can_be_turned_off_and_changed_on_the_run) {
    storm("192.0.2.1", "anna", 100);
    LoginThrottleSettings settings;
    settings.enabled = false;
    throttle.configure(settings);
    EXPECT_EQ(right("192.0.2.1", "anna"), allow);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), allow);
    settings.enabled = true;
    settings.window = seconds(10);
    settings.slow_after = 1;
    settings.address_failures = 2;
    settings.user_failures = 3;
    settings.refuse = seconds(30);
    throttle.configure(settings);
    now += minutes(5);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), allow);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), delay(100));
    EXPECT_EQ(wrong("192.0.2.1", "anna"), by_address);
    EXPECT_EQ(wrong("192.0.2.2", "anna"), delay(200));
    EXPECT_EQ(wrong("192.0.2.3", "anna"), by_user);
    now += seconds(30);
    EXPECT_EQ(wrong("192.0.2.1", "anna"), allow);
}

TEST(WorthTable, keeps_its_size_and_what_is_worth_most) {
    WorthTable<int> table(10);
    const auto worth = [](int value) { return value; };
    table.touch("kept", worth) = 100;
    for (int number = 0; number < 1000; ++number) {
        table.touch(std::to_string(number), worth) = 1;
        EXPECT_LE(table.size(), 10U);
    }
    ASSERT_NE(table.find("kept"), nullptr);
    EXPECT_EQ(*table.find("kept"), 100);
    EXPECT_NE(table.find("999"), nullptr);
    EXPECT_EQ(table.find("0"), nullptr);
}

}  // namespace
}  // namespace mq::broker
