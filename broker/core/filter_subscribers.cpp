#include "broker/core/filter_subscribers.hpp"

#include "broker/core/shared_groups.hpp"

#include <algorithm>

namespace mq::broker {
namespace {

auto find(std::span<const Subscriber> subscribers, const Session& session) {
    return std::find_if(subscribers.begin(), subscribers.end(),
                        [&](const Subscriber& s) { return s.session == &session; });
}

}  // namespace

std::span<const Subscriber> FilterSubscribers::subscribers() const {
    if (single_.session != nullptr) {
        return {&single_, 1};
    }
    return many_.crowd == nullptr ? std::span<const Subscriber>{} : many_.crowd->subscribers;
}

std::span<SharedGroup* const> FilterSubscribers::groups() const {
    const Crowd* crowd = this->crowd();
    return crowd == nullptr ? std::span<SharedGroup* const>{} : crowd->groups;
}

bool FilterSubscribers::contains(const Session& session) const {
    const auto all = subscribers();
    return find(all, session) != all.end();
}

bool FilterSubscribers::set(const Subscriber& subscriber) {
    if (empty() || single_.session == subscriber.session) {
        const bool existed = single_.session != nullptr;
        single_ = subscriber;
        return existed;
    }
    auto& all = make_crowd().subscribers;
    const auto found = find(all, *subscriber.session) - std::span<const Subscriber>(all).begin();
    if (static_cast<std::size_t>(found) < all.size()) {
        all[static_cast<std::size_t>(found)] = subscriber;
        return true;
    }
    all.push_back(subscriber);
    return false;
}

void FilterSubscribers::remove(const Session& session) {
    if (single_.session != nullptr) {
        many_ = {};
        return;
    }
    auto& all = many_.crowd->subscribers;
    all.erase(all.begin() + (find(all, session) - std::span<const Subscriber>(all).begin()));
    shrink();
}

void FilterSubscribers::add(SharedGroup& group) {
    auto& groups = make_crowd().groups;
    group.place = groups.size();
    groups.push_back(&group);
}

void FilterSubscribers::remove(const SharedGroup& group) {
    auto& groups = many_.crowd->groups;
    groups[group.place] = groups.back();
    groups[group.place]->place = group.place;
    groups.pop_back();
    shrink();
}

FilterSubscribers::Crowd& FilterSubscribers::make_crowd() {
    if (crowd() == nullptr) {
        auto* made = new Crowd;
        if (single_.session != nullptr) {
            made->subscribers.push_back(single_);
        }
        many_ = {nullptr, made};
    }
    return *many_.crowd;
}

void FilterSubscribers::shrink() {
    Crowd* crowd = many_.crowd;
    if (!crowd->groups.empty() || crowd->subscribers.size() > 1) {
        return;
    }
    const bool single = !crowd->subscribers.empty();
    const Subscriber left = single ? crowd->subscribers.front() : Subscriber{};
    delete crowd;
    many_ = {};
    if (single) {
        single_ = left;
    }
}

}  // namespace mq::broker
