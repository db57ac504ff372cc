#include "broker/auth/password_table.hpp"

#include <algorithm>
#include <utility>

namespace mq::broker {
namespace {

/// One of the hashes whose cost is the most frequent.
template <class Hashes>
const PasswordHash* most_usual_cost(const Hashes& hashes) {
    std::vector<std::pair<const PasswordHash*, std::size_t>> counts;
    for (const auto& [user, hash] : hashes) {
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
    if (const PasswordHash* model = most_usual_cost(table.hashes_)) {
        auto decoy = model->decoy();
        if (!decoy) {
            return decoy.error();
        }
        table.decoy_.push_back(std::move(*decoy));
    }
    return table;
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

}  // namespace mq::broker
