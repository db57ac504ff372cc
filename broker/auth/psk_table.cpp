#include "broker/auth/psk_table.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cassert>
#include <utility>

namespace mq::broker {

PskTable& PskTable::operator=(PskTable&& other) noexcept {
    if (this != &other) {
        wipe();
        keys_ = std::move(other.keys_);
    }
    return *this;
}

PskTable::~PskTable() {
    wipe();
}

void PskTable::wipe() {
    for (auto& [identity, key] : keys_) {
        OPENSSL_cleanse(key.data(), key.size());
    }
}

bool PskTable::set(std::string_view identity, Key key) {
    assert(!key.empty());
    const auto [entry, added] = keys_.try_emplace(std::string(identity));
    OPENSSL_cleanse(entry->second.data(), entry->second.size());
    entry->second = std::move(key);
    return added;
}

const PskTable::Key* PskTable::find(std::string_view identity) const {
    const auto found = keys_.find(identity);
    return found == keys_.end() ? nullptr : &found->second;
}

std::vector<std::string> PskTable::changed_identities(const PskTable& before,
                                                      const PskTable& after) {
    std::vector<std::string> changed;
    for (const auto& [identity, key] : before.keys_) {
        const Key* now = after.find(identity);
        if (now == nullptr || *now != key) {
            changed.push_back(identity);
        }
    }
    std::sort(changed.begin(), changed.end());
    return changed;
}

}  // namespace mq::broker
