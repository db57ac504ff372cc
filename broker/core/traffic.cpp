#include "broker/core/traffic.hpp"

#include <algorithm>
#include <utility>

namespace mq::broker {

void Traffic::count(std::uint64_t from, std::uint64_t to) {
    if (full()) {
        return;
    }
    ++notes_;
    const std::uint64_t known = from != 0 ? from : to;
    if (known == 0) {
        return;
    }
    std::size_t one = root(member(known));
    std::size_t other = to != 0 ? root(member(to)) : one;
    ++members_[one].notes;
    if (one != other) {
        members_[other].parent = one;
        members_[one].notes += members_[other].notes;
    }
}

std::size_t Traffic::member(std::uint64_t session) {
    const auto [place, fresh] = places_.try_emplace(session, members_.size());
    if (fresh) {
        members_.push_back({session, members_.size(), 0});
    }
    return place->second;
}

std::size_t Traffic::root(std::size_t at) {
    while (members_[at].parent != at) {
        members_[at].parent = members_[members_[at].parent].parent;
        at = members_[at].parent;
    }
    return at;
}

std::vector<Traffic::Group> Traffic::groups() {
    std::vector<Group> by_root(members_.size());
    for (std::size_t at = 0; at < members_.size(); ++at) {
        Group& group = by_root[root(at)];
        group.sessions.push_back(members_[at].session);
        group.notes += members_[at].parent == at ? members_[at].notes : 0;
    }
    std::erase_if(by_root, [](const Group& group) { return group.sessions.empty(); });
    std::stable_sort(by_root.begin(), by_root.end(), [](const Group& left, const Group& right) {
        return left.notes > right.notes;
    });
    return by_root;
}

std::vector<std::size_t> choose_groups(const std::vector<Traffic::Group>& groups, double own_part,
                                       double other_part) {
    std::size_t all = 0;
    for (const Traffic::Group& group : groups) {
        all += group.notes;
    }
    double left = static_cast<double>(all) * (own_part - other_part) / (2 * own_part);
    const double enough = left / 10;
    std::vector<std::size_t> chosen;
    for (std::size_t i = 0; i < groups.size() && left > enough; ++i) {
        const auto notes = static_cast<double>(groups[i].notes);
        if (notes <= left + enough) {
            left -= notes;
            chosen.push_back(i);
        }
    }
    return chosen;
}

}  // namespace mq::broker
