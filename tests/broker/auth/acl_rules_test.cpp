#include "broker/auth/acl_rules.hpp"

#include "tests/support/home.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <sys/stat.h>

namespace mq::broker {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

constexpr const char* nobody = nullptr;  ///< a client without user name

/// One broker's rules, asked by name.
class Rules {
 public:
    explicit Rules(std::string_view text) {
        const auto file = AclFile::parse(text);
        EXPECT_TRUE(file.findings.good());
        rules_ = AclRules::compile(file);
    }

    [[nodiscard]] std::shared_ptr<const AclGrant> grant(const char* user,
                                                        std::string_view client = "c1") const {
        Identity identity;
        identity.client_id = client;
        identity.has_user_name = user != nullptr;
        identity.user_name = user != nullptr ? user : "";
        return rules_->grant(identity);
    }

    /// "r", "w", "rw" or "".
    [[nodiscard]] std::string rights(const char* user, std::string_view topic,
                                     std::string_view client = "c1") const {
        const auto grant = this->grant(user, client);
        return std::string(grant->may_read(topic) ? "r" : "") +
               (grant->may_write(topic) ? "w" : "");
    }

    [[nodiscard]] bool subscribes(const char* user, std::string_view filter,
                                  std::string_view client = "c1") const {
        return grant(user, client)->may_subscribe(filter);
    }

 private:
    std::shared_ptr<const AclRules> rules_;
};

TEST(AclRules, nothing_is_allowed_without_a_rule) {
    const Rules rules("");
    EXPECT_EQ(rules.rights(nobody, "a"), "");
    EXPECT_EQ(rules.rights("anna", "a"), "");
    EXPECT_FALSE(rules.subscribes("anna", "#"));
}

TEST(AclRules, the_example_of_the_manual) {
    const Rules rules(
        "topic read pub/#\n"
        "user alice\n"
        "topic alice/#\n"
        "topic deny alice/private/#\n"
        "pattern readwrite dev/%c/#\n"
        "pattern write $SYS/broker/connection/%c/state\n");
    EXPECT_EQ(rules.rights(nobody, "pub"), "r");
    EXPECT_EQ(rules.rights(nobody, "pub/a/b"), "r");
    EXPECT_EQ(rules.rights("alice", "pub/a"), "");
    EXPECT_EQ(rules.rights("alice", "alice/a"), "rw");
    EXPECT_EQ(rules.rights("alice", "alice/private/a"), "");
    EXPECT_EQ(rules.rights("bob", "alice/a"), "");
    EXPECT_EQ(rules.rights("bob", "dev/c1/x"), "rw");
    EXPECT_EQ(rules.rights(nobody, "dev/c1"), "rw");
    EXPECT_EQ(rules.rights("bob", "dev/c2/x"), "");
    EXPECT_EQ(rules.rights("bob", "$SYS/broker/connection/c1/state"), "w");
}

TEST(AclRules, an_empty_user_name_is_not_the_same_as_none) {
    const Rules rules("topic a\npattern u/%u/x\n");
    EXPECT_EQ(rules.rights(nobody, "a"), "rw");
    EXPECT_EQ(rules.rights("", "a"), "");
    EXPECT_EQ(rules.rights("", "u//x"), "rw");
    EXPECT_EQ(rules.rights(nobody, "u//x"), "");
}

// One deny refuses both accesses, wherever it stands; a rule without the access is passed over.
TEST(AclRules, deny_counts_before_all_others) {
    const Rules rules(
        "user u\n"
        "topic read a/b\n"
        "topic write a/+\n"
        "topic deny a/c\n"
        "topic read a/c\n"
        "topic write #\n");
    EXPECT_EQ(rules.rights("u", "a/b"), "rw");
    EXPECT_EQ(rules.rights("u", "a/d"), "w");
    EXPECT_EQ(rules.rights("u", "a/c"), "");
    EXPECT_EQ(rules.rights("u", "z"), "w");
}

TEST(AclRules, the_users_own_rules_count_before_patterns) {
    const Rules rules(
        "pattern deny %u/a\n"
        "pattern readwrite %u/#\n"
        "user u\n"
        "topic read u/a\n"
        "topic deny u/b\n");
    EXPECT_EQ(rules.rights("u", "u/a"), "r");  // its write access comes to the pattern's deny
    EXPECT_EQ(rules.rights("u", "u/b"), "");
    EXPECT_EQ(rules.rights("u", "u/c"), "rw");
    EXPECT_EQ(rules.rights("v", "v/a"), "");
    EXPECT_EQ(rules.rights("v", "u/c"), "");
}

TEST(AclRules, topics_with_dollar_need_a_rule_with_dollar) {
    const Rules rules(
        "topic #\n"
        "topic +/a\n"
        "topic read $SYS/#\n"
        "user u\n"
        "topic deny #\n"
        "pattern $SYS/broker/+\n"
        "pattern %c/#\n"
        "pattern $%u/#\n");
    EXPECT_EQ(rules.rights(nobody, "x/a"), "rw");
    EXPECT_EQ(rules.rights(nobody, "$SYS/a"), "r");
    EXPECT_EQ(rules.rights(nobody, "$other/a"), "");
    EXPECT_EQ(rules.rights("u", "$SYS/broker/x"), "rw");
    EXPECT_EQ(rules.rights("v", "$v/a"), "rw");
    // A client cannot name itself into a tree of the broker.
    EXPECT_EQ(rules.rights("v", "$CONTROL/a", "$CONTROL"), "");
    EXPECT_FALSE(rules.subscribes("v", "$CONTROL/#", "$CONTROL"));
    EXPECT_FALSE(rules.subscribes("v", "$CONTROL/a", "$CONTROL"));
}

// As Mosquitto 2.0 has it. 2.1 replaces whole levels only, and so takes rights away that a file of
// 2.0 gives.
TEST(AclRules, placeholders_are_replaced_wherever_they_stand) {
    const Rules rules(
        "pattern read dev-%c/%u%c/x\n"
        "pattern write a/%c%\n"
        "pattern write a/%x%u\n"
        "pattern deny a/%c/%c/#\n");
    EXPECT_EQ(rules.rights("u", "dev-c1/uc1/x"), "r");
    EXPECT_EQ(rules.rights("u", "dev-%c/uc1/x"), "");
    EXPECT_EQ(rules.rights("u", "a/c1%"), "w");
    EXPECT_EQ(rules.rights("u", "a/%xu"), "w");
    // What comes in is not replaced again.
    EXPECT_EQ(rules.rights("u", "dev-%u/u%u/x", "%u"), "r");
    EXPECT_EQ(rules.rights("u", "dev-u/uu/x", "%u"), "");
}

TEST(AclRules, names_may_hold_slashes) {
    const Rules rules("pattern read d/%c/x\npattern write %u/+/#\npattern deny d/%c/x/%u\n");
    EXPECT_EQ(rules.rights("u", "d/p/q/x", "p/q"), "r");
    EXPECT_EQ(rules.rights("u", "d/p/x", "p/q"), "");
    EXPECT_EQ(rules.rights("u", "d/p/q", "p/q"), "");
    EXPECT_EQ(rules.rights("a/b", "a/b/c/d"), "w");
    EXPECT_EQ(rules.rights("a/b", "a/b/c"), "w");
    EXPECT_EQ(rules.rights("a/b", "a/b"), "");
    EXPECT_EQ(rules.rights("a/", "a///b"), "w");
    EXPECT_TRUE(rules.subscribes("u", "d/+/q/+", "p/q"));
    EXPECT_TRUE(rules.subscribes("u", "d/p/#", "p/q"));
    EXPECT_FALSE(rules.subscribes("u", "d/q/#", "p/q"));
    EXPECT_FALSE(rules.subscribes("u", "d/p", "p/q"));
    // Deeper than any topic.
    EXPECT_FALSE(rules.subscribes("u", "#", std::string(60000, '/')));
    EXPECT_EQ(rules.rights("u", "d/x", std::string(60000, '/')), "");
}

TEST(AclRules, patterns_with_the_user_name_skip_clients_without_one) {
    const Rules rules("pattern deny a/%u%c\npattern a/#\n");
    EXPECT_EQ(rules.rights(nobody, "a/c1"), "rw");
    EXPECT_EQ(rules.rights("", "a/c1"), "");
}

TEST(AclRules, names_with_wildcards_get_nothing_from_patterns) {
    const Rules rules("user u+\ntopic own\npattern all\npattern d/%c\n");
    for (const char* client : {"+", "a#b", "#"}) {
        EXPECT_EQ(rules.rights("u", "all", client), "");
        EXPECT_EQ(rules.rights(nobody, "all", client), "");
        EXPECT_TRUE(rules.grant("u", client)->patterns_refused());
        EXPECT_FALSE(rules.subscribes("u", "all", client));
    }
    EXPECT_EQ(rules.rights("u+", "all"), "");
    EXPECT_EQ(rules.rights("u+", "own"), "rw");
    EXPECT_FALSE(rules.grant("u")->patterns_refused());
    EXPECT_EQ(rules.rights("u", "all"), "rw");
    const Rules without("user u\ntopic a\n");
    EXPECT_FALSE(without.grant("u", "+")->patterns_refused());
    EXPECT_EQ(without.rights("u", "a", "+"), "rw");
    const Rules same_for_all("pattern all\n");
    EXPECT_EQ(same_for_all.rights("u", "all", "+"), "");
}

TEST(AclRules, one_grant_serves_all_sessions_of_a_user) {
    const Rules names("user u\ntopic a\npattern b/%u\n");
    EXPECT_EQ(names.grant("u", "c1"), names.grant("u", "c2"));
    EXPECT_EQ(names.grant(nobody, "c1"), names.grant(nobody, "c2"));
    EXPECT_NE(names.grant("v", "c1"), names.grant("v", "c2"));  // it needs its own name
    EXPECT_EQ(names.rights("v", "b/v"), "rw");
    const Rules alike("user u\ntopic a\npattern b\n");
    EXPECT_EQ(alike.grant("v", "c1"), alike.grant("w", "c2"));
    const Rules clients("user u\ntopic a\npattern b/%c\n");
    EXPECT_NE(clients.grant("u", "c1"), clients.grant("u", "c2"));
}

TEST(AclRules, a_grant_outlives_the_rules) {
    for (const char* text : {"user u\ntopic a\n", "user u\ntopic a\npattern %c\n"}) {
        auto rules = std::make_unique<Rules>(text);
        const auto grant = rules->grant("u");
        rules.reset();
        EXPECT_TRUE(grant->may_read("a"));
        EXPECT_FALSE(grant->may_read("b"));
    }
}

TEST(AclRules, subscriptions_that_can_never_bring_anything) {
    const Rules rules(
        "user u\n"
        "topic read a/+/c\n"
        "topic read b/#\n"
        "topic write w/#\n"
        "topic deny b/secret/#\n"
        "topic read $SYS/broker/+\n"
        "pattern read d/%c/x\n"
        "pattern read b/secret/%u\n");
    for (const char* filter : {"#", "+/+/+", "a/b/c", "a/#", "a/+/+", "+/x/c", "b", "b/#", "b/+/x",
                               "b/secret2", "$SYS/#", "$SYS/+/version", "d/c1/x", "d/+/x", "+/c1/#",
                               "$share/g/b/x", "$share/g/#", "b/+/#"}) {
        EXPECT_TRUE(rules.subscribes("u", filter)) << filter;
    }
    for (const char* filter :
         {"a", "a/b", "a/b/c/d", "a/+/d", "w/#", "w/a", "b/secret", "b/secret/+", "b/secret/#",
          "b/secret/u", "d/c2/x", "d/c1", "$SYS/broker/a/b", "$SYS/x/#", "$share/g/w/#", "$share/g",
          "$share/+/b", "+", "$other/#"}) {
        EXPECT_EQ(rules.subscribes("u", filter), filter == std::string("+")) << filter;
    }
    const Rules nothing_else("user u\ntopic read +/a\ntopic deny x/#\n");
    EXPECT_TRUE(nothing_else.subscribes("u", "+/a"));
    EXPECT_FALSE(nothing_else.subscribes("u", "x/+"));
    EXPECT_FALSE(nothing_else.subscribes("u", "x/a"));
    EXPECT_FALSE(nothing_else.subscribes("u", "$x/a"));
}

// The promise that a check is not slowed by rules of others, nor much by one's own.
TEST(AclRules, the_cost_of_a_check_depends_on_the_topic_alone) {
    const auto visits = [](std::size_t others, std::size_t own) {
        std::string text;
        for (std::size_t user = 0; user < others; ++user) {
            text += "user other" + std::to_string(user) + "\ntopic u/+/" + std::to_string(user) +
                    "\ntopic deny +/b/c\n";
        }
        text += "user u\ntopic read u/b/c\ntopic deny u/b/secret\n";
        for (std::size_t rule = 0; rule < own; ++rule) {
            text += "topic read u/b/x" + std::to_string(rule) + "\n";
        }
        const auto grant = Rules(text).grant("u");
        EXPECT_TRUE(grant->may_read("u/b/c"));
        return grant->check("u/b/c", acl_read).node_visits;
    };
    EXPECT_EQ(visits(0, 0), 4U);
    EXPECT_EQ(visits(10'000, 0), 4U);
    EXPECT_EQ(visits(10, 10'000), 4U);
}

TEST(AclRules, are_loaded_with_warnings) {
    const test::Home home;
    home.write("acl", "topic a\npattern b\n");
    const auto path = home.path() / "acl";
    ::chmod(path.c_str(), 0604);
    const auto loaded = load_acl_file(path);
    ASSERT_TRUE(loaded);
    EXPECT_THAT(loaded->warnings,
                ElementsAre(HasSubstr("ACL file " + path.string() + " is open to every account"),
                            HasSubstr(path.string() + ":2: pattern 'b' has neither")));
    EXPECT_TRUE(loaded->rules->grant({"c", "", false, 0})->may_read("a"));
    home.write("acl", "topic\n");
    EXPECT_EQ(load_acl_file(path).error().exit_code, 3);
}

}  // namespace
}  // namespace mq::broker
