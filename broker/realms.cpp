#include "broker/realms.hpp"

#include <algorithm>
#include <iterator>
#include <memory>
#include <utility>

namespace mq::broker {
namespace {

/// The realm of these settings, read once however many listeners share them.
std::shared_ptr<const Realm> realm_of(const SecurityConfig& config, Realms::Loaded& loaded,
                                      std::vector<SecurityConfig>& failed) {
    for (const auto& realm : loaded.list) {
        if (realm != nullptr && realm->config == config) {
            return realm;
        }
    }
    if (std::find(failed.begin(), failed.end(), config) != failed.end()) {
        return nullptr;
    }
    LoadedRealm read = load_realm(config);
    std::move(read.warnings.begin(), read.warnings.end(), std::back_inserter(loaded.warnings));
    std::move(read.problems.begin(), read.problems.end(), std::back_inserter(loaded.problems));
    if (read.realm == nullptr) {
        failed.push_back(config);
    }
    return read.realm;
}

}  // namespace

Realms::Loaded Realms::load(const Config& config) const {
    Loaded loaded;
    loaded.numbers = numbers_;
    std::vector<SecurityConfig> failed;
    loaded.list.resize(list_.size());
    for (const ListenerConfig& listener : config.listeners) {
        const auto [entry, fresh] =
            loaded.numbers.try_emplace(listener.place(), loaded.list.size());
        if (fresh) {
            loaded.list.emplace_back();
        }
        loaded.list[entry->second] = realm_of(listener.security, loaded, failed);
    }
    // Sessions of listeners that are gone: what holds for all, else what held last.
    for (std::size_t i = 0; i < list_.size(); ++i) {
        if (loaded.list[i] == nullptr && loaded.problems.empty()) {
            loaded.list[i] = config.per_listener_settings
                                 ? list_[i]
                                 : loaded.list[loaded.numbers.at(config.listeners[0].place())];
        }
    }
    return loaded;
}

void Realms::use(Loaded loaded) {
    list_ = std::move(loaded.list);
    numbers_ = std::move(loaded.numbers);
}

}  // namespace mq::broker
