#include "broker/auth/acl_explain.hpp"

#include "broker/auth/acl_rules.hpp"
#include "mqtt/topic.hpp"
#include "tests/support/home.hpp"

#include <gtest/gtest.h>

#include <random>

namespace mq::broker {
namespace {

constexpr const char* rules_text =
    "topic read pub/#\n"               // 1
    "user alice\n"                     // 2
    "topic alice/#\n"                  // 3
    "topic deny alice/private/#\n"     // 4
    "pattern readwrite dev/%c/#\n"     // 5
    "pattern deny dev/%c/%u/secret\n"  // 6
    "pattern read all\n";              // 7

std::string explain(const AclQuestion& question) {
    return explain_acl(AclFile::parse(rules_text), "etc/acl", question);
}

TEST(AclExplain, names_the_line_that_decides) {
    EXPECT_EQ(explain({std::nullopt, "c", "pub/a"}),
              "read: allowed by line 1 of etc/acl: topic read pub/#\n"
              "write: refused: no rule of clients without a user name and no pattern allows it\n");
    EXPECT_EQ(explain({"alice", "c", "alice/x"}),
              "read: allowed by line 3 of etc/acl: topic readwrite alice/#\n"
              "write: allowed by line 3 of etc/acl: topic readwrite alice/#\n");
    EXPECT_EQ(explain({"alice", "c", "alice/private/x"}),
              "read: refused by line 4 of etc/acl: topic deny alice/private/#\n"
              "write: refused by line 4 of etc/acl: topic deny alice/private/#\n");
    EXPECT_EQ(explain({"bob", "c", "dev/c/x"}),
              "read: allowed by line 5 of etc/acl: pattern readwrite dev/%c/# (here dev/c/#)\n"
              "write: allowed by line 5 of etc/acl: pattern readwrite dev/%c/# (here dev/c/#)\n");
    EXPECT_EQ(explain({"bob", "c", "all"}),
              "read: allowed by line 7 of etc/acl: pattern read all\n"
              "write: refused: no rule of user 'bob' and no pattern allows it\n");
}

TEST(AclExplain, says_what_no_rule_can_change) {
    EXPECT_EQ(explain({"bob", "+", "all"}),
              "read: refused: no rule of user 'bob' allows it, and patterns do not hold for a "
              "client whose id or user name contains + or #\n"
              "write: refused: no rule of user 'bob' allows it, and patterns do not hold for a "
              "client whose id or user name contains + or #\n");
    EXPECT_EQ(explain({"bob", "c", "$SYS/broker/uptime"}),
              "read: refused: no rule of user 'bob' and no pattern allows it\n"
              "write: refused: no rule can allow it, as the topic is the broker's own\n");
}

TEST(AclExplain, says_what_hangs_on_a_client_id_that_was_not_given) {
    EXPECT_EQ(explain({"bob", std::nullopt, "dev/x/y"}),
              "read: refused: no rule of user 'bob' and no pattern allows it\n"
              "  unless the client id, which was not given, fits line 5 of etc/acl: pattern "
              "readwrite dev/%c/#\n"
              "write: refused: no rule of user 'bob' and no pattern allows it\n"
              "  unless the client id, which was not given, fits line 5 of etc/acl: pattern "
              "readwrite dev/%c/#\n");
    EXPECT_EQ(
        explain_acl(AclFile::parse("pattern deny x%cy\npattern read +\npattern write %c\n"), "acl",
                    {"bob", std::nullopt, "xy"}),
        "read: allowed by line 2 of acl: pattern read +\n"
        "  unless the client id, which was not given, fits line 1 of acl: pattern deny x%cy\n"
        "write: refused: no rule of user 'bob' and no pattern allows it\n"
        "  unless the client id, which was not given, fits line 3 of acl: pattern write %c\n");
}

TEST(AclExplain, goes_through_all_places) {
    const test::Home home;
    home.write("one", "topic read a\n");
    home.write("two", "topic write m/a\n");
    const std::string one = (home.path() / "one").string();
    const std::string two = (home.path() / "two").string();
    const AclQuestion question{std::nullopt, std::nullopt, "a"};
    const AclPlace places[] = {
        {"port 1883", one, ""}, {"port 1884", two, "m/"}, {"port 1885, socket s", "", ""}};
    EXPECT_EQ(explain_acl(places, question).value(),
              "port 1883, " + one + ":\nread: allowed by line 1 of " + one +
                  ": topic read a\nwrite: refused: no rule of clients without a user name and no "
                  "pattern allows it\n\n" +
                  "port 1884, " + two +
                  ", topic m/a:\nread: refused: no rule of clients without a user name and no "
                  "pattern allows it\nwrite: allowed by line 1 of " +
                  two +
                  ": topic write m/a\n\n"
                  "port 1885, socket s:\nread: allowed: no acl_file is set\n"
                  "write: allowed: no acl_file is set\n");
    EXPECT_EQ(explain_acl(std::span(places).subspan(2), {"anna", "c", "$SYS/x"}).value(),
              "read: allowed: no acl_file is set\n"
              "write: refused: no rule can allow it, as the topic is the broker's own\n");
    EXPECT_EQ(
        explain_acl(std::span(places).subspan(2), {"anna", "c", "$CONTROL/broker/v1"}).value(),
        "read: refused: no acl_file is set, and this topic needs a rule\n"
        "write: refused: no acl_file is set, and this topic needs a rule\n");
}

TEST(AclExplain, bad_input_has_exit_code_3) {
    const test::Home home;
    home.write("bad", "topic raed a\n");
    const AclPlace bad[] = {{"port 1883", (home.path() / "bad").string(), ""}};
    const AclPlace missing[] = {{"port 1883", (home.path() / "nothing").string(), ""}};
    EXPECT_EQ(explain_acl(bad, {"anna", "c", "a"}).error().exit_code, 3);
    EXPECT_EQ(explain_acl(missing, {"anna", "c", "a"}).error().exit_code, 3);
    EXPECT_EQ(explain_acl(bad, {"anna", "c", "a/#"}).error().what,
              "Error: 'a/#' is no topic: it must not be empty, nor hold + or #, nor have more than "
              "200 levels.");
}

/// Makes rules, names and topics of few words, so that they often meet.
class Dice {
 public:
    explicit Dice(unsigned seed) : random_(seed) {}

    std::size_t below(std::size_t end) { return random_() % end; }

    std::string pick(std::initializer_list<const char*> words) {
        return *(words.begin() + below(words.size()));
    }

    std::string path(std::initializer_list<const char*> words, bool filter) {
        std::string text = below(8) == 0 ? "$SYS" : pick(words);
        while (below(3) != 0) {
            text += "/" + pick(words);
        }
        if (filter && below(3) == 0) {
            text = below(6) == 0 ? "#" : text + "/#";
        }
        return text;
    }

    std::string file() {
        std::string text;
        for (std::size_t rules = below(12); rules > 0; --rules) {
            const bool pattern = below(2) == 0;
            if (below(3) == 0) {
                text += "user " + pick({"a", "b", "a/b"}) + "\n";
            }
            text += (pattern ? "pattern " : "topic ") +
                    pick({"read ", "write ", "readwrite ", "deny "}) +
                    path({"a", "b", "", "+", "+", "%c", "%u", "a%c", "%u%c"}, true) + "\n";
        }
        return text;
    }

    AclQuestion question() {
        AclQuestion question;
        if (below(3) != 0) {
            question.user_name = pick({"a", "b", "a/b", "", "$SYS", "+"});
        }
        question.client_id = pick({"a", "b", "b/a", "$SYS", "%u", "#", "/"});
        question.topic = path({"a", "b", "", "aa", "ba", "ab"}, false);
        return question;
    }

    std::string filter() { return path({"a", "b", "", "+", "+", "aa"}, true); }

 private:
    std::mt19937 random_;
};

std::shared_ptr<const AclGrant> grant_of(const AclRules& rules, const AclQuestion& question) {
    Identity identity;
    identity.client_id = *question.client_id;
    identity.has_user_name = question.user_name.has_value();
    identity.user_name = question.user_name ? *question.user_name : std::string_view();
    return rules.grant(identity);
}

// Going through all rules and asking the compiled ones are two programs; they must agree.
TEST(AclExplain, agrees_with_the_compiled_rules) {
    Dice dice(7);
    std::size_t allowed = 0;
    for (int round = 0; round < 20'000; ++round) {
        const std::string text = dice.file();
        const auto file = AclFile::parse(text);
        ASSERT_TRUE(file.findings.good()) << text;
        const auto rules = AclRules::compile(file);
        const AclQuestion question = dice.question();
        if (question.topic.empty()) {
            continue;
        }
        const auto grant = grant_of(*rules, question);
        for (const AclAccess access : {acl_read, acl_write}) {
            const auto decision = decide_acl(file, "acl", question, access);
            if (access == acl_write && decision.why.find("broker's own") != std::string::npos) {
                continue;  // the core knows, the rules do not
            }
            ASSERT_EQ(grant->check(question.topic, access).allowed, decision.allowed)
                << text << "user " << question.user_name.value_or("(none)") << ", client "
                << *question.client_id << ", topic " << question.topic << ": " << decision.why;
            allowed += decision.allowed ? 1 : 0;
        }
    }
    EXPECT_GT(allowed, 2000U);
}

// A subscription is refused only when really nothing can come.
TEST(AclExplain, whoever_can_read_a_topic_may_subscribe_to_it) {
    Dice dice(11);
    std::size_t refused = 0;
    for (int round = 0; round < 5'000; ++round) {
        const std::string text = dice.file();
        const auto rules = AclRules::compile(AclFile::parse(text));
        AclQuestion question = dice.question();
        const auto grant = grant_of(*rules, question);
        const std::string filter = dice.filter();
        if (filter.empty() || grant->may_subscribe(filter)) {
            continue;
        }
        ++refused;
        for (int attempt = 0; attempt < 50; ++attempt) {
            question.topic = dice.question().topic;
            ASSERT_FALSE(!question.topic.empty() && mqtt::matches(filter, question.topic) &&
                         grant->may_read(question.topic))
                << text << "user " << question.user_name.value_or("(none)") << ", client "
                << *question.client_id << ", filter " << filter << ", topic " << question.topic;
        }
    }
    EXPECT_GT(refused, 500U);
}

}  // namespace
}  // namespace mq::broker
