#pragma once

#include "base/problem.hpp"
#include "broker/auth/acl_file.hpp"
#include "broker/auth/acl_trie.hpp"
#include "broker/core/access.hpp"

#include <cstddef>
#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

class AclRules;

/// What one client may do by an ACL file.
///
/// First the rules of its user, or of clients without a user name: one deny refuses, else one that
/// includes the access allows. Then the patterns in the same way. What nothing allows is refused.
/// A topic that begins with `$` is matched only by rules that begin with it. Patterns do not hold
/// for a client whose id or user name contains `+` or `#`.
class AclGrant final : public Grant {
 public:
    struct Check {
        bool allowed = false;
        std::size_t node_visits = 0;  ///< what it cost
    };

    [[nodiscard]] bool may_write(std::string_view topic) const override {
        return check(topic, acl_write).allowed;
    }
    [[nodiscard]] bool may_read(std::string_view topic) const override {
        return check(topic, acl_read).allowed;
    }
    /// Also for `$share` filters. True by mistake only where several deny rules together cover all
    /// that could be read.
    [[nodiscard]] bool may_subscribe(std::string_view filter) const override;

    [[nodiscard]] Check check(std::string_view topic, AclAccess wanted) const;

    /// Whether there are patterns, which do not hold for this client because of its names. Worth a
    /// line in the log.
    [[nodiscard]] bool patterns_refused() const { return patterns_refused_; }

 private:
    friend class AclRules;

    AclGrant() = default;
    [[nodiscard]] AclNames names() const { return {client_id_, user_name_, has_user_name_}; }

    std::shared_ptr<const AclRules> rules_;  ///< keeps the tries; null where it is a part of them
    const AclTrie* own_ = nullptr;           ///< null: no rules of its own
    const AclTrie* patterns_ = nullptr;      ///< null: none that hold for this client
    std::string client_id_;                  ///< only where a pattern asks for it
    std::string user_name_;                  ///< the same
    bool has_user_name_ = false;
    bool patterns_refused_ = false;
};

/// The rules of one ACL file, compiled. Immutable, so any number of threads may ask for grants; a
/// reload makes a new object, and the old one goes with its last grant.
class AclRules : public std::enable_shared_from_this<AclRules> {
 public:
    static std::shared_ptr<const AclRules> compile(const AclFile& file);

    AclRules(const AclRules&) = delete;
    AclRules& operator=(const AclRules&) = delete;

    /// What this client may do; never null. One grant serves all sessions of a user, unless a
    /// pattern asks for the client id.
    [[nodiscard]] std::shared_ptr<const AclGrant> grant(const Identity& identity) const;

 private:
    struct Own {
        AclTrie trie;
        AclGrant shared;
    };
    struct Hash : std::hash<std::string_view> {
        using is_transparent = void;
    };

    explicit AclRules(const AclFile& file);
    void share(AclGrant& grant, const AclTrie* own, std::string_view user, bool has_user) const;
    [[nodiscard]] std::shared_ptr<const AclGrant> make(const Identity& identity,
                                                       const AclTrie* own) const;

    AclTrie patterns_;
    bool asks_client_id_ = false;  ///< a pattern holds %c
    bool asks_user_name_ = false;  ///< a pattern holds %u
    Own anonymous_;
    std::unordered_map<std::string, Own, Hash, std::equal_to<>> users_;
    AclGrant unknown_user_;  ///< of a user without rules
};

/// What reading the file brought.
struct LoadedAcl {
    std::shared_ptr<const AclRules> rules;
    std::vector<std::string> warnings;  ///< odd lines, mode and owner; for the log
};

/// Reads and compiles an ACL file, at the start and on SIGHUP. See `read_acl_file` for problems.
Outcome<LoadedAcl> load_acl_file(const std::filesystem::path& path);

}  // namespace mq::broker
