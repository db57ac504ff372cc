#include "broker/auth/password_table.hpp"

#include "broker/auth/file_finding.hpp"
#include "broker/auth/file_permissions.hpp"
#include "broker/auth/password_store.hpp"
#include "broker/auth/scram_keys.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mq::broker {
namespace {

/// One of the hashes whose cost is the most frequent, among those that count.
template <class Hashes, class Counts>
const PasswordHash* most_usual_cost(const Hashes& hashes, Counts&& counts_in) {
    std::vector<std::pair<const PasswordHash*, std::size_t>> counts;
    for (const auto& [user, hash] : hashes) {
        if (!counts_in(hash)) {
            continue;
        }
        const auto same = std::find_if(counts.begin(), counts.end(), [&hash = hash](const auto& c) {
            return c.first->same_cost(hash);
        });
        if (same != counts.end()) {
            ++same->second;
        } else if (counts.size() < 16) {  // more kinds than that are nobody's habit
            counts.emplace_back(&hash, 1);
        }
    }
    const auto most =
        std::max_element(counts.begin(), counts.end(),
                         [](const auto& a, const auto& b) { return a.second < b.second; });
    return most == counts.end() ? nullptr : most->first;
}

}  // namespace

Outcome<PasswordTable> PasswordTable::make(const PasswordFile& file) {
    PasswordTable table;
    for (auto& entry : file.list()) {
        auto hash = PasswordHash::parse(entry.hash);
        if (hash && check_user_name(entry.name)) {
            table.hashes_.insert_or_assign(std::move(entry.name), std::move(*hash));
        } else {
            table.hashes_.erase(entry.name);
        }
    }
    if (const PasswordHash* model =
            most_usual_cost(table.hashes_, [](const auto&) { return true; })) {
        auto decoy = model->decoy();
        if (!decoy) {
            return decoy.error();
        }
        table.decoy_.push_back(std::move(*decoy));
    }
    if (auto prepared = table.prepare_scram(file); !prepared) {
        return prepared.error();
    }
    return table;
}

Outcome<void> PasswordTable::prepare_scram(const PasswordFile& file) {
    const PasswordHash* model = most_usual_cost(
        hashes_, [](const PasswordHash& hash) { return hash.kind() == HashKind::scram_sha256; });
    if (model == nullptr) {
        return {};
    }
    for (const auto& entry : file.list()) {
        auto next = hmac_sha256(scram_decoy_secret_, entry.name + ':' + entry.hash);
        if (!next) {
            return next.error();
        }
        scram_decoy_secret_ = std::move(*next);
    }
    scram_decoy_salt_bytes_ = model->salt().size();
    scram_decoy_iterations_ = model->iterations();
    return {};
}

Outcome<ScramAccount> PasswordTable::scram_account(std::string_view user) const {
    assert(has_scram());
    // Computed for known users too, so that both take as long.
    std::string salt;
    for (char block = '1'; salt.size() < scram_decoy_salt_bytes_; ++block) {
        const auto part = hmac_sha256(scram_decoy_secret_, std::string{block} + std::string(user));
        if (!part) {
            return part.error();
        }
        salt += *part;
    }
    salt.resize(scram_decoy_salt_bytes_);
    const PasswordHash* hash = find(user);
    if (hash != nullptr && hash->kind() == HashKind::scram_sha256) {
        return ScramAccount{hash->salt(), hash->iterations(), hash->stored_key(),
                            hash->server_key(), true};
    }
    const std::string key(scram_key_bytes, '\0');
    return ScramAccount{std::move(salt), scram_decoy_iterations_, key, key, false};
}

const PasswordHash* PasswordTable::find(std::string_view user) const {
    const auto found = hashes_.find(user);
    return found == hashes_.end() ? nullptr : &found->second;
}

std::vector<std::string> PasswordTable::changed_users(const PasswordTable& before,
                                                      const PasswordTable& after) {
    std::vector<std::string> users;
    for (const auto& [user, hash] : before.hashes_) {
        const PasswordHash* now = after.find(user);
        if (now == nullptr || !(*now == hash)) {
            users.push_back(user);
        }
    }
    std::sort(users.begin(), users.end());
    return users;
}

Outcome<LoadedPasswords> load_passwords(const std::filesystem::path& path) {
    const auto file = load_password_file(path);
    if (!file) {
        Problem problem = file.error();
        problem.exit_code = unreadable_file_exit_code;
        return problem;
    }
    auto made = PasswordTable::make(*file);
    if (!made) {
        return made.error();
    }
    LoadedPasswords loaded;
    loaded.table = std::make_shared<const PasswordTable>(std::move(*made));
    loaded.warnings = permission_warnings(path);
    for (const auto& finding : file->findings()) {
        loaded.warnings.push_back("password file " + path.string() + ", " + finding.text);
    }
    return loaded;
}

}  // namespace mq::broker
