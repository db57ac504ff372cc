#include "broker/auth/acl_rules.hpp"

#include "broker/auth/file_permissions.hpp"
#include "mqtt/topic.hpp"

#include <algorithm>
#include <utility>

namespace mq::broker {
namespace {

bool holds_wildcard(std::string_view name) {
    return name.find_first_of("+#") != std::string_view::npos;
}

bool any_holds(const std::vector<AclRule>& rules, std::string_view placeholder) {
    return std::any_of(rules.begin(), rules.end(), [placeholder](const AclRule& rule) {
        return rule.filter.find(placeholder) != std::string::npos;
    });
}

}  // namespace

AclGrant::Check AclGrant::check(std::string_view topic, AclAccess wanted) const {
    Check check;
    for (const AclTrie* trie : {own_, patterns_}) {
        if (trie != nullptr) {
            const AclTrie::Answer answer = trie->ask(topic, names());
            check.node_visits += answer.node_visits;
            check.allowed = answer.allows(wanted);
            if (check.allowed || answer.denies()) {
                break;
            }
        }
    }
    return check;
}

bool AclGrant::may_subscribe(std::string_view filter) const {
    if (mqtt::is_shared_filter(filter)) {
        const auto shared = mqtt::parse_shared_filter(filter);
        if (!shared) {
            return false;
        }
        filter = shared->filter;
    }
    return (own_ != nullptr && own_->may_read_any(filter, names(), nullptr)) ||
           (patterns_ != nullptr && patterns_->may_read_any(filter, names(), own_));
}

std::shared_ptr<const AclRules> AclRules::compile(const AclFile& file) {
    return std::shared_ptr<const AclRules>(new AclRules(file));
}

AclRules::AclRules(const AclFile& file)
    : patterns_(file.patterns, AclTrie::Kind::patterns),
      asks_client_id_(any_holds(file.patterns, "%c")),
      asks_user_name_(any_holds(file.patterns, "%u")) {
    anonymous_.trie = AclTrie(file.anonymous, AclTrie::Kind::topics);
    share(anonymous_.shared, &anonymous_.trie, {}, false);
    for (const auto& [name, rules] : file.users) {
        Own& own = users_[name];
        own.trie = AclTrie(rules, AclTrie::Kind::topics);
        share(own.shared, &own.trie, name, true);
    }
    share(unknown_user_, nullptr, {}, true);
}

void AclRules::share(AclGrant& grant, const AclTrie* own, std::string_view user,
                     bool has_user) const {
    grant.own_ = own;
    grant.patterns_ = &patterns_;
    grant.has_user_name_ = has_user;
    if (asks_user_name_) {
        grant.user_name_ = user;
    }
}

std::shared_ptr<const AclGrant> AclRules::grant(const Identity& identity) const {
    const Own* own = &anonymous_;
    if (identity.has_user_name) {
        const auto found = users_.find(identity.user_name);
        own = found == users_.end() ? nullptr : &found->second;
    }
    const bool shared = !asks_client_id_ && (own != nullptr || !asks_user_name_) &&
                        !holds_wildcard(identity.client_id) &&
                        !(identity.has_user_name && holds_wildcard(identity.user_name));
    if (!shared) {
        return make(identity, own == nullptr ? nullptr : &own->trie);
    }
    return {shared_from_this(), own == nullptr ? &unknown_user_ : &own->shared};
}

std::shared_ptr<const AclGrant> AclRules::make(const Identity& identity, const AclTrie* own) const {
    const std::shared_ptr<AclGrant> grant(new AclGrant);
    grant->rules_ = shared_from_this();
    grant->own_ = own;
    grant->has_user_name_ = identity.has_user_name;
    if (holds_wildcard(identity.client_id) ||
        (identity.has_user_name && holds_wildcard(identity.user_name))) {
        grant->patterns_refused_ = !patterns_.empty();
        return grant;
    }
    grant->patterns_ = &patterns_;
    if (asks_client_id_) {
        grant->client_id_ = identity.client_id;
    }
    if (asks_user_name_) {
        grant->user_name_ = identity.user_name;
    }
    return grant;
}

Outcome<LoadedAcl> load_acl_file(const std::filesystem::path& path) {
    const auto file = read_acl_file(path);
    if (!file) {
        return file.error();
    }
    LoadedAcl loaded;
    loaded.warnings = permission_warnings(path, "ACL file");
    for (std::string& warning : file->findings.warning_lines(path)) {
        loaded.warnings.push_back(std::move(warning));
    }
    loaded.rules = AclRules::compile(*file);
    return loaded;
}

}  // namespace mq::broker
