#include "broker/auth/realm.hpp"

#include <utility>

namespace mq::broker {
namespace {

/// Takes over what a reader has brought: the table into `target`, or its problem.
template <class Loaded, class Target>
void take(Outcome<Loaded> loaded, Target Loaded::*table, Target& target, LoadedRealm& result) {
    if (!loaded) {
        result.problems.push_back(loaded.error());
        return;
    }
    target = std::move((*loaded).*table);
    for (std::string& warning : loaded->warnings) {
        result.warnings.push_back(std::move(warning));
    }
}

}  // namespace

LoadedRealm load_realm(const SecurityConfig& config) {
    LoadedRealm result;
    Realm realm;
    realm.config = config;
    if (!config.password_file.empty()) {
        take(load_passwords(config.password_file), &LoadedPasswords::table, realm.passwords,
             result);
    }
    if (!config.psk_file.empty()) {
        take(load_psk_file(config.psk_file), &LoadedPsk::table, realm.psks, result);
    }
    if (!config.acl_file.empty()) {
        take(load_acl_file(config.acl_file), &LoadedAcl::rules, realm.rules, result);
    }
    if (result.problems.empty()) {
        result.realm = std::make_shared<const Realm>(std::move(realm));
    }
    return result;
}

}  // namespace mq::broker
