// Any bytes as an ACL file: the compiled rules say the same as going through the lines one by one.
// What follows the last line `%%` are a user, a client id and topics to ask about, a line each.
#include "broker/auth/acl_explain.hpp"
#include "broker/auth/acl_rules.hpp"
#include "mqtt/topic.hpp"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

using namespace mq::broker;

void require(bool holds) {
    if (!holds) {
        std::abort();
    }
}

std::string_view take_line(std::string_view& text) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    const std::string_view line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

void ask(const AclFile& file, const AclGrant& grant, AclQuestion question, std::string_view topic) {
    question.topic = topic;
    for (const AclAccess access : {acl_read, acl_write}) {
        const bool allowed = grant.check(topic, access).allowed;
        const auto decision = decide_acl(file, "acl", question, access);
        const bool reserved = decision.why.find("broker's own") != std::string::npos;
        require(reserved || decision.allowed == allowed);
        require(!(allowed && access == acl_read) || mq::mqtt::is_shared_filter(topic) ||
                grant.may_subscribe(topic));
    }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    const std::string_view all(reinterpret_cast<const char*>(data), size);
    const std::size_t end = std::min(all.rfind("\n%%\n"), all.size());
    std::string_view questions = all.substr(std::min(end + 4, all.size()));
    const auto file = AclFile::parse(all.substr(0, end));
    for (const auto* found : {&file.findings.errors(), &file.findings.warnings()}) {
        for (const auto& finding : *found) {
            require(finding.line > 0 && !finding.text.empty());
        }
    }
    const auto rules = AclRules::compile(file);
    AclQuestion question;
    if (const std::string_view user = take_line(questions); user != "-") {
        question.user_name = user;
    }
    question.client_id = take_line(questions);
    Identity identity;
    identity.client_id = *question.client_id;
    identity.has_user_name = question.user_name.has_value();
    identity.user_name = question.user_name ? *question.user_name : std::string_view();
    const auto grant = rules->grant(identity);
    while (!questions.empty()) {
        const std::string_view line = take_line(questions);
        if (mq::mqtt::is_valid_topic_name(line)) {
            ask(file, *grant, question, line);
        }
        (void)grant->may_subscribe(line);
    }
    return 0;
}
