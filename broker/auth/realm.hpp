#pragma once

#include "base/problem.hpp"
#include "broker/auth/acl_rules.hpp"
#include "broker/auth/password_table.hpp"
#include "broker/auth/psk_file.hpp"
#include "broker/config/config.hpp"

#include <memory>
#include <string>
#include <vector>

namespace mq::broker {

/// The files of one set of security settings, read. Never changes once it is made, so that any
/// thread may hold and read it; a reload makes another.
struct Realm {
    SecurityConfig config;
    std::shared_ptr<const PasswordTable> passwords;  ///< null without `password_file`
    std::shared_ptr<const AclRules> rules;           ///< null without `acl_file`
    std::shared_ptr<const PskTable> psks;            ///< null without `psk_file`
};

/// Realms by `ListenerSettings::realm`; null where nobody may do anything.
using RealmList = std::vector<std::shared_ptr<const Realm>>;

/// A realm that has been read, or everything that stands in the way.
struct LoadedRealm {
    std::shared_ptr<const Realm> realm;  ///< null when there are problems
    std::vector<std::string> warnings;   ///< for the log
    std::vector<Problem> problems;
};

/// Reads every file that the settings name.
LoadedRealm load_realm(const SecurityConfig& config);

}  // namespace mq::broker
