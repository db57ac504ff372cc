#include "broker/auth/password_store.hpp"
#include "installer/commands/verbs.hpp"
#include "tests/installer/account/account.hpp"

#include <gmock/gmock.h>

using namespace mq::installer;
using mq::broker::PasswordHash;
using testing::HasSubstr;
using Action = commands::UserOptions::Action;

namespace mq::test {

std::string Account::user_line(const std::string& name) {
    // The password is `old`; one iteration keeps the tests quick.
    static const std::string hash =
        PasswordHash::make("old", {broker::HashKind::pbkdf2_sha512, 1, 12})->text();
    return name + ":" + hash + "\n";
}

}  // namespace mq::test

namespace {

class UserCommand : public mq::test::Account {
 protected:
    int user(Action action, const std::string& name = "") {
        return call([&](const Context& c) { return commands::user(c, {action, name}); });
    }
    /// Whether the password file lets this login in.
    bool lets_in(const std::string& name, const std::string& password) const {
        const auto users = mq::broker::load_password_file(layout.password_file());
        const auto entry = users->find(name);
        return entry && *PasswordHash::parse(entry->hash)->matches(password);
    }
    [[nodiscard]] std::string file() const { return home.read("mqhome/etc/pwfile"); }
};

}  // namespace

TEST_F(UserCommand, AddWritesTheUserAndTellsTheBroker) {
    run_broker();
    type("secret\n");
    EXPECT_EQ(user(Action::add, "bob"), 0) << problem.text();
    EXPECT_TRUE(lets_in("bob", "secret"));
    EXPECT_TRUE(lets_in("old", "old"));
    EXPECT_TRUE(broker_got_hangup());
    EXPECT_THAT(printed, HasSubstr("The broker knows already"));
    EXPECT_THAT(printed, testing::Not(HasSubstr("secret")));
}

TEST_F(UserCommand, AddMakesAMissingFile) {
    std::filesystem::remove(layout.password_file());
    type("secret\n");
    EXPECT_EQ(user(Action::add, "bob"), 0) << problem.text();
    EXPECT_TRUE(lets_in("bob", "secret"));
    EXPECT_THAT(printed, HasSubstr("does not run"));
}

TEST_F(UserCommand, AddOfAKnownUserChangesNothing) {
    const std::string before = file();
    type("secret\n");
    EXPECT_EQ(user(Action::add, "old"), 12);
    EXPECT_THAT(problem.next, HasSubstr("mqinstall user passwd old"));
    EXPECT_EQ(file(), before);
}

TEST_F(UserCommand, BadNamesAndEmptyPasswordsAreRefused) {
    const std::string before = file();
    type("\n");
    EXPECT_EQ(user(Action::add, "bob"), 2);
    EXPECT_EQ(user(Action::add, "a:b"), 2);
    EXPECT_EQ(user(Action::add, ""), 2);
    EXPECT_EQ(file(), before);
}

TEST_F(UserCommand, PasswdChangesTheOneUser) {
    home.write("mqhome/etc/pwfile", "# mine\n" + user_line("old") + user_line("other"));
    type("new\n");
    EXPECT_EQ(user(Action::passwd, "old"), 0) << problem.text();
    EXPECT_TRUE(lets_in("old", "new"));
    EXPECT_TRUE(lets_in("other", "old"));
    EXPECT_THAT(file(), testing::StartsWith("# mine\n"));
    EXPECT_EQ(user(Action::passwd, "nobody"), 2);
}

TEST_F(UserCommand, PasswdLeavesAUserOfScramWithScram) {
    const mq::broker::HashRecipe scram{mq::broker::HashKind::scram_sha256, 5000};
    home.write("mqhome/etc/pwfile", "bob:" + PasswordHash::make("old", scram)->text() + "\n");
    type("new\n");
    EXPECT_EQ(user(Action::passwd, "bob"), 0) << problem.text();
    EXPECT_TRUE(lets_in("bob", "new"));
    EXPECT_THAT(file(), testing::StartsWith("bob:$scram-sha-256$5000$"));
}

TEST_F(UserCommand, DelRemovesTheOneUser) {
    home.write("mqhome/etc/pwfile", user_line("old") + user_line("other"));
    run_broker();
    EXPECT_EQ(user(Action::del, "old"), 0) << problem.text();
    EXPECT_EQ(file(), user_line("other"));
    EXPECT_TRUE(broker_got_hangup());
    EXPECT_EQ(user(Action::del, "old"), 2);
}

TEST_F(UserCommand, ListShowsEachNameOnce) {
    home.write("mqhome/etc/pwfile", user_line("b") + user_line("a") + user_line("b"));
    EXPECT_EQ(user(Action::list), 0);
    EXPECT_EQ(printed, "b\na\n");
}

TEST_F(UserCommand, TheFileThatTheConfigurationNamesIsEdited) {
    home.write("elsewhere", user_line("old"));
    home.write("mqhome/etc/mosquitto.conf",
               "password_file " + (home.path() / "elsewhere").string() + "\n");
    EXPECT_EQ(user(Action::del, "old"), 0) << problem.text();
    EXPECT_EQ(home.read("elsewhere"), "");
    EXPECT_EQ(file(), user_line("old"));
}

TEST_F(UserCommand, ADryRunChangesNothing) {
    const std::string before = file();
    context.options.dry_run = true;
    EXPECT_EQ(user(Action::add, "bob"), 0);
    EXPECT_THAT(printed, HasSubstr("would add user bob to"));
    EXPECT_EQ(user(Action::del, "old"), 0);
    EXPECT_EQ(file(), before);
}

TEST_F(UserCommand, WithoutAnInstallationNothingIsMade) {
    std::filesystem::remove(layout.manifest());
    EXPECT_EQ(user(Action::add, "bob"), 3);
    EXPECT_EQ(user(Action::list), 3);
}
