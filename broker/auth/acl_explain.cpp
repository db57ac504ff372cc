#include "broker/auth/acl_explain.hpp"

#include "broker/auth/acl_trie.hpp"
#include "broker/auth/password_file.hpp"
#include "broker/core/reserved_topic.hpp"
#include "mqtt/topic.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

namespace mq::broker {
namespace {

bool holds(std::string_view text, std::string_view part) {
    return text.find(part) != std::string_view::npos;
}

bool holds_wildcard(const std::optional<std::string>& name) {
    return name && name->find_first_of("+#") != std::string::npos;
}

/// The pattern with `+` for each level that the client id is a part of.
std::string for_any_client(const std::string& filter) {
    std::string all;
    for (LevelCursor cursor(filter); !cursor.last;) {
        const std::string_view level = cursor.next();
        all += holds(level, "%c") ? "+" : level;
        all += cursor.last ? "" : "/";
    }
    return all;
}

/// Goes through the rules for one question.
class Search {
 public:
    Search(const AclFile& file, const std::filesystem::path& path, const AclQuestion& question,
           AclAccess wanted)
        : file_(file), path_(path), question_(question), wanted_(wanted) {}

    AclDecision decide() {
        if (wanted_ == acl_write && is_reserved_topic(question_.topic)) {
            return {false, "refused: no rule can allow it, as the topic is the broker's own"};
        }
        if (auto decision = decide_by_topics()) {
            return *decision;
        }
        if (!file_.patterns.empty() &&
            (holds_wildcard(question_.user_name) || holds_wildcard(question_.client_id))) {
            return {false, "refused: no rule of " + asker() +
                               " allows it, and patterns do not hold for a client whose id or user "
                               "name contains + or #"};
        }
        const auto decision = decide_by_patterns();
        if (!decision) {
            return {false, "refused: no rule of " + asker() + " and no pattern allows it" +
                               left_open(wanted_)};
        }
        return {decision->allowed,
                decision->why + (decision->allowed ? left_open(acl_deny) : std::string())};
    }

 private:
    [[nodiscard]] std::string asker() const {
        return question_.user_name ? "user '" + printable(*question_.user_name) + "'"
                                   : "clients without a user name";
    }

    std::optional<AclDecision> decide_by_topics() {
        const std::vector<AclRule>* rules = &file_.anonymous;
        if (question_.user_name) {
            const auto found = file_.users.find(*question_.user_name);
            if (found == file_.users.end()) {
                return std::nullopt;
            }
            rules = &found->second;
        }
        return first_of(*rules, [&](const AclRule& rule) -> std::optional<AclDecision> {
            if (!matches(rule.filter, rule.filter)) {
                return std::nullopt;
            }
            return decision_of("topic", rule);
        });
    }

    std::optional<AclDecision> decide_by_patterns() {
        return first_of(file_.patterns, [&](const AclRule& rule) -> std::optional<AclDecision> {
            if (!question_.user_name && holds(rule.filter, "%u")) {
                return std::nullopt;
            }
            AclNames names;
            names.user_name = question_.user_name ? *question_.user_name : std::string_view();
            names.client_id = question_.client_id ? std::string_view(*question_.client_id) : "%c";
            const std::string filter = acl_substitute(rule.filter, names);
            if (!question_.client_id && holds(rule.filter, "%c")) {
                if (matches(for_any_client(filter), rule.filter)) {
                    left_open_.push_back(&rule);
                }
                return std::nullopt;
            }
            if (!matches(filter, rule.filter)) {
                return std::nullopt;
            }
            AclDecision decision = decision_of("pattern", rule);
            if (filter != rule.filter) {
                decision.why += " (here " + printable(filter) + ")";
            }
            return decision;
        });
    }

    /// What the first rule that says something leads to: deny rules first, then those that include
    /// the access.
    template <class Ask>
    std::optional<AclDecision> first_of(const std::vector<AclRule>& rules, Ask ask) {
        for (const AclAccess access : {acl_deny, wanted_}) {
            for (const AclRule& rule : rules) {
                if ((rule.access & access) != 0) {
                    if (auto decision = ask(rule)) {
                        return decision;
                    }
                }
            }
        }
        return std::nullopt;
    }

    /// Whether a topic that begins with `$` may be matched is up to the rule as it is written.
    [[nodiscard]] bool matches(std::string_view filter, std::string_view as_written) const {
        return !filter.empty() &&
               (as_written.starts_with('$') || !question_.topic.starts_with('$')) &&
               mqtt::matches(filter, question_.topic);
    }

    [[nodiscard]] AclDecision decision_of(const std::string& kind, const AclRule& rule) const {
        const bool allowed = rule.access != acl_deny;
        return {allowed, (allowed ? "allowed by " : "refused by ") + place_of(kind, rule)};
    }

    [[nodiscard]] std::string place_of(const std::string& kind, const AclRule& rule) const {
        return "line " + std::to_string(rule.line) + " of " + path_.string() + ": " + kind + ' ' +
               std::string(acl_access_name(rule.access)) + ' ' + printable(rule.filter);
    }

    /// Patterns with this access that might have decided otherwise.
    [[nodiscard]] std::string left_open(AclAccess access) const {
        std::string lines;
        for (const AclRule* rule : left_open_) {
            if ((rule->access & access) != 0) {
                lines += "\n  unless the client id, which was not given, fits " +
                         place_of("pattern", *rule);
            }
        }
        return lines;
    }

    const AclFile& file_;
    const std::filesystem::path& path_;
    const AclQuestion& question_;
    const AclAccess wanted_;
    std::vector<const AclRule*> left_open_;
};

Outcome<std::string> explain_place(const AclPlace& place, AclQuestion question) {
    question.topic.insert(0, place.mount_point);
    if (!mqtt::is_valid_topic_name(question.topic)) {
        return Problem{"Error: '" + printable(question.topic) +
                           "' is no topic: it must not be empty, nor hold + or #, nor have more "
                           "than 200 levels.",
                       "", "", bad_file_exit_code};
    }
    if (place.acl_file.empty() && is_control_topic(question.topic)) {
        return std::string("read: refused: no acl_file is set, and this topic needs a rule\n") +
               "write: refused: no acl_file is set, and this topic needs a rule\n";
    }
    if (place.acl_file.empty()) {
        return std::string("read: allowed: no acl_file is set\n") +
               (is_reserved_topic(question.topic)
                    ? "write: refused: no rule can allow it, as the topic is the broker's own\n"
                    : "write: allowed: no acl_file is set\n");
    }
    const auto file = read_acl_file(place.acl_file);
    if (!file) {
        Problem problem = file.error();
        problem.exit_code = bad_file_exit_code;
        return problem;
    }
    return explain_acl(*file, place.acl_file, question);
}

}  // namespace

AclDecision decide_acl(const AclFile& file, const std::filesystem::path& path,
                       const AclQuestion& question, AclAccess wanted) {
    return Search(file, path, question, wanted).decide();
}

std::string explain_acl(const AclFile& file, const std::filesystem::path& path,
                        const AclQuestion& question) {
    return "read: " + decide_acl(file, path, question, acl_read).why +
           "\nwrite: " + decide_acl(file, path, question, acl_write).why + '\n';
}

Outcome<std::string> explain_acl(std::span<const AclPlace> places, const AclQuestion& question) {
    std::string text;
    for (const AclPlace& place : places) {
        if (places.size() > 1 || !place.mount_point.empty()) {
            text += (text.empty() ? "" : "\n") + place.listeners;
            text += place.acl_file.empty() ? "" : ", " + place.acl_file;
            text += place.mount_point.empty()
                        ? ":\n"
                        : ", topic " + place.mount_point + question.topic + ":\n";
        }
        const auto explained = explain_place(place, question);
        if (!explained) {
            return explained;
        }
        text += *explained;
    }
    return text;
}

}  // namespace mq::broker
