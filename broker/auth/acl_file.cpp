#include "broker/auth/acl_file.hpp"

#include "base/file.hpp"
#include "broker/auth/password_file.hpp"
#include "mqtt/topic.hpp"
#include "mqtt/utf8.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace mq::broker {
namespace {

constexpr std::string_view blanks = " \t\r\v\f";

constexpr struct {
    std::string_view word;
    AclAccess access;
} access_words[] = {
    {"read", acl_read},
    {"write", acl_write},
    {"readwrite", acl_read | acl_write},
    {"deny", acl_deny},
};

std::optional<AclAccess> access_of(std::string_view word) {
    for (const auto& known : access_words) {
        if (known.word == word) {
            return known.access;
        }
    }
    return std::nullopt;
}

std::string_view without_blanks_behind(std::string_view text) {
    return text.substr(0, text.find_last_not_of(blanks) + 1);
}

std::string_view without_spaces_before(std::string_view text) {
    return text.substr(std::min(text.find_first_not_of(' '), text.size()));
}

/// Takes the first word off the front of `text`, and the spaces behind it.
std::string_view take_word(std::string_view& text) {
    const std::size_t end = std::min(text.find(' '), text.size());
    const std::string_view word = text.substr(0, end);
    text = without_spaces_before(text.substr(end));
    return word;
}

std::string quoted(std::string_view text) {
    return "'" + printable(text) + "'";
}

bool holds_placeholder(std::string_view filter) {
    return filter.find("%c") != std::string_view::npos ||
           filter.find("%u") != std::string_view::npos;
}

/// Goes through the lines of a file.
class Parser {
 public:
    explicit Parser(AclFile& file) : file_(file) {}

    void parse(std::string_view text) {
        while (!text.empty()) {
            ++line_;
            const std::size_t end = std::min(text.find('\n'), text.size());
            if (!text.starts_with('#')) {
                take_line(without_spaces_before(without_blanks_behind(text.substr(0, end))));
            }
            text.remove_prefix(std::min(end + 1, text.size()));
        }
    }

 private:
    void take_line(std::string_view text) {
        if (text.empty()) {
            return;
        }
        const std::string_view word = take_word(text);
        if (word == "user") {
            take_user(text);
        } else if (word == "topic" || word == "pattern") {
            take_rule(word, text);
        } else {
            std::string why =
                "unknown word " + quoted(word) + "; a line begins with user, topic, pattern or #";
            if (word.find('\t') != std::string_view::npos) {
                why += ", and spaces separate its words, not tabs";
            }
            error(std::move(why));
        }
    }

    void take_user(std::string_view name) {
        name = name.substr(std::min(name.find_first_not_of(blanks), name.size()));
        if (name.empty()) {
            return error("the user's name is missing behind 'user'");
        }
        if (!mqtt::is_valid_utf8(name)) {
            warn("user " + quoted(name) +
                 " is not UTF-8, as every user name of MQTT is; the rules "
                 "of this user concern nobody");
        }
        user_ = name;
    }

    /// A user gets an entry with the first rule only.
    std::vector<AclRule>& rules_of_user() {
        return user_ ? file_.users[std::string(*user_)] : file_.anonymous;
    }

    void take_rule(std::string_view kind, std::string_view text) {
        if (text.empty()) {
            return error("the filter is missing behind " + quoted(kind));
        }
        AclRule rule;
        rule.line = line_;
        rule.access = acl_read | acl_write;
        std::string_view filter = text;
        const std::string_view word = take_word(filter);
        const auto access = access_of(word);
        if (filter.empty()) {
            filter = word;
            if (access) {
                warn("the one word behind " + quoted(kind) + " is taken as the topic " +
                     quoted(word) + ", open to reading and writing");
            }
        } else if (!access) {
            return error("unknown access " + quoted(word) +
                         "; it must be read, write, readwrite or deny");
        } else {
            rule.access = *access;
        }
        rule.filter = filter;
        if (check_filter(filter) && counted(filter)) {
            const bool pattern = kind == "pattern";
            warn_of_filter(filter, pattern);
            (pattern ? file_.patterns : rules_of_user()).push_back(std::move(rule));
        }
    }

    bool check_filter(std::string_view filter) {
        if (mqtt::is_valid_topic_filter(filter)) {
            return true;
        }
        const auto slashes = std::count(filter.begin(), filter.end(), '/');
        if (static_cast<std::size_t>(slashes) >= mqtt::topic_levels_max) {
            error("the filter " + quoted(filter) + " has more than " +
                  std::to_string(mqtt::topic_levels_max) + " levels");
        } else if (filter.size() > 65535) {
            error("the filter " + quoted(filter) + " is longer than 65535 bytes");
        } else if (filter.find('\0') != std::string_view::npos) {
            error("the filter " + quoted(filter) + " holds a zero byte");
        } else {
            error("invalid filter " + quoted(filter) +
                  ": + and # must fill a whole level, and # must be the last");
        }
        return false;
    }

    /// False when the rule is one too many.
    bool counted(std::string_view filter) {
        ++rule_count_;
        level_count_ += 1 + static_cast<std::size_t>(std::count(filter.begin(), filter.end(), '/'));
        if (rule_count_ == acl_rules_max + 1) {
            error("more than " + std::to_string(acl_rules_max) + " rules");
        } else if (level_count_ > acl_levels_max && !too_many_levels_) {
            too_many_levels_ = true;
            error("more than " + std::to_string(acl_levels_max) +
                  " topic levels in all rules together");
        }
        return rule_count_ <= acl_rules_max && level_count_ <= acl_levels_max;
    }

    void warn_of_filter(std::string_view filter, bool pattern) {
        if (pattern && !holds_placeholder(filter)) {
            warn("pattern " + quoted(filter) +
                 " has neither %c nor %u; it holds for all clients alike");
        } else if (!pattern && holds_placeholder(filter)) {
            warn("topic " + quoted(filter) +
                 " is taken as it stands; %c and %u are replaced in pattern lines only");
        }
        if (!mqtt::is_valid_utf8(filter)) {
            warn("the filter " + quoted(filter) +
                 " is not UTF-8, as every topic of MQTT is; it matches nothing");
        } else if (mqtt::is_shared_filter(filter)) {
            warn("the filter " + quoted(filter) +
                 " matches nothing: a rule names topics, without $share and the group's name");
        }
    }

    void error(std::string text) { file_.findings.error(line_, std::move(text)); }
    void warn(std::string text) { file_.findings.warn(line_, std::move(text)); }

    AclFile& file_;
    std::optional<std::string_view> user_;
    std::size_t line_ = 0;
    std::size_t rule_count_ = 0;
    std::size_t level_count_ = 0;
    bool too_many_levels_ = false;
};

}  // namespace

AclFile AclFile::parse(std::string_view text) {
    AclFile file;
    Parser(file).parse(text);
    return file;
}

std::string_view acl_access_name(AclAccess access) {
    for (const auto& known : access_words) {
        if (known.access == access) {
            return known.word;
        }
    }
    return {};
}

Outcome<AclFile> read_acl_file(const std::filesystem::path& path) {
    const auto text = read_file(path, acl_file_bytes_max);
    if (!text) {
        Problem problem = text.error();
        problem.exit_code = unreadable_file_exit_code;
        return problem;
    }
    AclFile file = AclFile::parse(*text);
    if (!file.findings.good()) {
        return file.findings.problem(path);
    }
    return file;
}

}  // namespace mq::broker
