#include "broker/net/scram_login.hpp"

#include "broker/auth/password_file.hpp"
#include "tests/broker/auth/scram_client.hpp"
#include "tests/broker/net/running_shard.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::broker::test {
namespace {

using mqtt::ReasonCode;

/// The method's part that needs no connection; the whole is tested with real programs.
class ScramLoginTest : public testing::Test {
 protected:
    ScramLoginTest() {
        LoginThrottleSettings settings;
        settings.slow_after = 1;
        settings.user_failures = 2;
        throttle.configure(settings);
    }

    std::unique_ptr<ScramLogin> begin(std::string_view method = scram_method) {
        const AuthRequest request{7, listener, "c", peer, method};
        return ScramLogin::begin(
            {*shard, guard, [this](const PasswordTable&, std::string_view) { return holds; }},
            table, request);
    }

    static std::optional<AuthStep> step(ScramLogin& login, std::string_view message) {
        return login.step({reinterpret_cast<const std::uint8_t*>(message.data()), message.size()});
    }

    /// The last answer to a client with this password; the first one when it is a refusal.
    std::optional<AuthStep> log_in(std::string_view user, std::string_view password) {
        const auto login = begin();
        const std::string bare = "n=" + std::string(user) + ",r=abc";
        const auto first = step(*login, "n,," + bare);
        if (first->code != ReasonCode::continue_authentication) {
            return first;
        }
        return step(*login, client_final(password, "n,,", bare,
                                         std::string(first->data.begin(), first->data.end())));
    }

    ListLog log;
    std::unique_ptr<Shard> shard = std::move(*Shard::create(log));
    LoginThrottle throttle{LoginThrottleSettings{}};
    LoginGuard guard{*shard, throttle};
    ListenerSettings listener;
    Peer peer{"192.0.2.1", 1234, {}};
    std::shared_ptr<const PasswordTable> table = std::make_shared<const PasswordTable>(
        PasswordTable::make(
            PasswordFile::parse("bob:" + PasswordHash::make("x", {HashKind::scram_sha256})->text() +
                                "\nold:" + PasswordHash::make("x")->text() + "\n"))
            .value());
    bool holds = true;
};

TEST_F(ScramLoginTest, proves_who_it_is) {
    const auto answer = log_in("bob", "x");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->code, ReasonCode::success);
    EXPECT_EQ(answer->user_name, "bob");
    EXPECT_EQ(answer->data.front(), 'v');
    EXPECT_THAT(log.lines(), testing::IsEmpty());
}

TEST_F(ScramLoginTest, is_not_offered_for_other_methods_or_without_entries) {
    EXPECT_EQ(begin("SCRAM-SHA-1"), nullptr);
    EXPECT_EQ(begin(""), nullptr);
    table = std::make_shared<const PasswordTable>(
        PasswordTable::make(PasswordFile::parse("old:" + PasswordHash::make("x")->text())).value());
    EXPECT_EQ(begin(), nullptr);
    table = nullptr;
    EXPECT_EQ(begin(), nullptr);
}

TEST_F(ScramLoginTest, failures_count_and_say_in_the_log_only_what_was_wrong) {
    EXPECT_FALSE(log_in("bob", "wrong")) << "the answer comes by itself";
    EXPECT_FALSE(log_in("nobody", "x"));
    EXPECT_FALSE(log_in("old", "x"));
    EXPECT_EQ(guard.counters().failures, 3U);
    EXPECT_THAT(log.lines(),
                testing::ElementsAre(testing::HasSubstr("user 'bob' client 'c': wrong password"),
                                     testing::HasSubstr("user 'nobody' client 'c': unknown user"),
                                     testing::HasSubstr("user 'old' client 'c': no SCRAM entry")));
}

TEST_F(ScramLoginTest, who_guesses_too_often_is_refused_before_the_salt_is_told) {
    EXPECT_FALSE(log_in("bob", "a"));
    EXPECT_FALSE(log_in("bob", "b"));
    const auto answer = log_in("bob", "x");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->code, ReasonCode::not_authorized);
    EXPECT_TRUE(answer->data.empty());
    EXPECT_THAT(log.lines().back(), testing::HasSubstr("too many failed logins of this user"));
}

TEST_F(ScramLoginTest, a_broken_message_is_no_guess) {
    const auto login = begin();
    const auto answer = step(*login, "p=tls-unique,,n=bob,r=abc");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->code, ReasonCode::not_authorized);
    EXPECT_EQ(guard.counters().failures, 0U);
    EXPECT_THAT(log.lines(), testing::ElementsAre(testing::HasSubstr("channel binding")));
}

TEST_F(ScramLoginTest, a_password_that_was_changed_meanwhile_is_refused) {
    holds = false;
    const auto answer = log_in("bob", "x");
    ASSERT_TRUE(answer);
    EXPECT_EQ(answer->code, ReasonCode::not_authorized);
    EXPECT_EQ(guard.counters().failures, 0U);
}

}  // namespace
}  // namespace mq::broker::test
