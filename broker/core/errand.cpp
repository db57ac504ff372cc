#include "broker/core/errand.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <unordered_set>
#include <utility>

namespace mq::broker {
namespace {

/// Puts the lists of all shards in order and leaves out what may not be complete: a shard that has
/// more may have it before what others have at the end of theirs. Returns whether there is more.
template <class Item, class Before>
bool merge_lists(std::vector<ErrandResult>& results, std::vector<Item> ErrandResult::*list,
                 Before before, std::vector<Item>& merged) {
    bool more = false;
    std::optional<Item> end;
    for (const ErrandResult& result : results) {
        more = more || result.more;
        const auto& items = result.*list;
        if (result.more && !items.empty() && (!end || before(items.back(), *end))) {
            end = items.back();
        }
    }
    for (ErrandResult& result : results) {
        for (Item& item : result.*list) {
            if (!end || !before(*end, item)) {
                merged.push_back(std::move(item));
            }
        }
    }
    std::sort(merged.begin(), merged.end(), before);
    return more;
}

/// One that has moved meanwhile may have been seen on both of its shards.
void drop_doubles(std::vector<SessionFacts>& sessions) {
    std::unordered_set<std::string> seen;
    std::erase_if(sessions, [&](const SessionFacts& session) {
        return !seen.insert(session.client_id).second;
    });
}

template <class Item>
bool cut(std::vector<Item>& items, const Errand& errand) {
    const std::size_t end = errand.offset + errand.count;
    const bool too_many = items.size() > end;
    if (too_many) {
        items.erase(items.begin() + static_cast<std::ptrdiff_t>(end), items.end());
    }
    const std::size_t skipped = std::min(errand.offset, items.size());
    items.erase(items.begin(), items.begin() + static_cast<std::ptrdiff_t>(skipped));
    return too_many;
}

/// Leaves at least one.
bool cut_bytes(std::vector<RetainedFacts>& items) {
    std::size_t bytes = 0;
    const auto end = std::find_if(items.begin(), items.end(), [&](const RetainedFacts& item) {
        bytes += item.message ? item.payload_bytes : 0;
        return bytes > Errand::payload_bytes_max && &item != &items.front();
    });
    const bool too_many = end != items.end();
    items.erase(end, items.end());
    return too_many;
}

}  // namespace

bool topic_before(std::string_view left, std::string_view right) {
    LevelCursor a(left);
    LevelCursor b(right);
    while (!a.last && !b.last) {
        if (const int order = a.next().compare(b.next()); order != 0) {
            return order < 0;
        }
    }
    return a.last && !b.last;
}

bool session_before(const Errand& errand, const SessionFacts& left, const SessionFacts& right) {
    if (errand.kind == ErrandKind::top_queues) {
        const auto rank = [](const SessionFacts& facts) {
            return std::pair(facts.queued_bytes + facts.waiting_bytes, facts.queued_messages);
        };
        if (rank(left) != rank(right)) {
            return rank(left) > rank(right);
        }
    }
    return left.client_id < right.client_id;
}

ErrandResult merge(const Errand& errand, std::vector<ErrandResult> results) {
    ErrandResult merged;
    const auto sessions = [&](const SessionFacts& left, const SessionFacts& right) {
        return session_before(errand, left, right);
    };
    const auto topics = [](const RetainedFacts& left, const RetainedFacts& right) {
        return topic_before(left.topic, right.topic);
    };
    merged.more = merge_lists(results, &ErrandResult::sessions, sessions, merged.sessions);
    merged.more =
        merge_lists(results, &ErrandResult::retained, topics, merged.retained) || merged.more;
    drop_doubles(merged.sessions);
    merged.more = cut(merged.sessions, errand) || merged.more;
    merged.more = cut(merged.retained, errand) || merged.more;
    merged.more = cut_bytes(merged.retained) || merged.more;
    for (ErrandResult& result : results) {
        merged.total += result.total;
        if (merged.error.empty()) {
            merged.error = std::move(result.error);
        }
    }
    return merged;
}

}  // namespace mq::broker
