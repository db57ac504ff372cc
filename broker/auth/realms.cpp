#include "broker/auth/realms.hpp"

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

bool share_one_realm(const Realms::Loaded& loaded) {
    return std::all_of(loaded.listeners.begin(), loaded.listeners.end(), [&](std::size_t number) {
        return loaded.list[number] == loaded.list[loaded.listeners.front()];
    });
}

/// What holds at a place where no listener is any more; `last` held while one was there.
std::shared_ptr<const Realm> realm_without_listener(const Realms::Loaded& loaded,
                                                    std::string_view place,
                                                    const std::shared_ptr<const Realm>& last) {
    if (!loaded.per_listener || (place.empty() && share_one_realm(loaded))) {
        return loaded.list[loaded.listeners.front()];
    }
    return place.empty() ? nullptr : last;
}

/// The port that a place begins with; empty for a Unix socket.
std::string_view port_of(std::string_view place) {
    const std::string_view port = place.substr(0, place.find(' '));
    return port == "0" ? std::string_view() : port;
}

}  // namespace

Realms::Loaded Realms::load(const Config& config) const {
    Loaded loaded;
    loaded.numbers = in_use_.numbers;
    loaded.per_listener = config.per_listener_settings;
    std::vector<SecurityConfig> failed;
    loaded.list.resize(in_use_.list.size());
    for (const ListenerConfig& listener : config.listeners) {
        const auto [entry, fresh] =
            loaded.numbers.try_emplace(listener.place(), loaded.list.size());
        if (fresh) {
            loaded.list.emplace_back();
        }
        loaded.list[entry->second] = realm_of(listener.security, loaded, failed);
        if (!listener.security.owner_only) {
            loaded.listeners.push_back(entry->second);
        }
    }
    for (const auto& [place, number] : in_use_.numbers) {
        if (loaded.list[number] == nullptr && loaded.problems.empty()) {
            loaded.list[number] = realm_without_listener(loaded, place, in_use_.list[number]);
        }
    }
    return loaded;
}

void Realms::use(Loaded loaded) {
    in_use_ = std::move(loaded);
    in_use_.warnings.clear();
    names_.resize(in_use_.list.size());
    for (const auto& [place, number] : in_use_.numbers) {
        names_[number] = place;
    }
}

void Realms::keep(std::string_view place) {
    if (find(place) != no_realm || names_.size() + aliases_.size() >= kept_max) {
        return;
    }
    std::vector<std::size_t> same_port;
    const std::string_view port = port_of(place);
    std::copy_if(
        in_use_.listeners.begin(), in_use_.listeners.end(), std::back_inserter(same_port),
        [&](std::size_t number) { return !port.empty() && port_of(names_[number]) == port; });
    if (same_port.size() == 1) {
        aliases_.emplace(place, same_port.front());
        return;
    }
    in_use_.numbers.emplace(place, names_.size());
    names_.emplace_back(place);
    in_use_.list.push_back(realm_without_listener(in_use_, place, nullptr));
}

std::string_view Realms::name(std::size_t realm) const {
    return realm < names_.size() ? std::string_view(names_[realm]) : std::string_view();
}

std::size_t Realms::find(std::string_view place) const {
    for (const RealmNumbers* known : {&in_use_.numbers, &aliases_}) {
        if (const auto found = known->find(place); found != known->end()) {
            return found->second;
        }
    }
    return no_realm;
}

}  // namespace mq::broker
