#include "broker/store/batch.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mq::broker {
namespace {

/// What the nodes of the containers take, about, in bytes.
constexpr std::size_t session_cost = 320;
constexpr std::size_t subscription_cost = 160;
constexpr std::size_t entry_cost = 176;
constexpr std::size_t received_cost = 48;
constexpr std::size_t retained_cost = 96;

std::size_t size_of(const Message& message) {
    return sizeof(Message) + message.topic().size() + message.properties().size() +
           message.payload().size();
}

std::size_t will_bytes(const std::optional<SessionRecord>& record) {
    return record && record->will ? size_of(*record->will->message) : 0;
}

std::size_t cost_of(std::string_view client_id, const SessionChanges& changes) {
    std::size_t cost = session_cost + client_id.size();
    for (const auto& [filter, record] : changes.subscriptions) {
        cost += subscription_cost + filter.size();
    }
    return cost + changes.entries.size() * entry_cost + changes.received.size() * received_cost;
}

}  // namespace

void Batch::session_stored(const SessionRecord& session) {
    ++changes_;
    std::optional<SessionRecord>& record = changes_of(session.client_id).record;
    message_bytes_ -= will_bytes(record);
    record = session;
    message_bytes_ += will_bytes(record);
}

void Batch::session_removed(std::string_view client_id) {
    ++changes_;
    SessionChanges& changes = changes_of(client_id);
    overhead_ -= cost_of(client_id, changes);
    forget_messages(changes);
    message_bytes_ -= will_bytes(changes.record);
    changes = SessionChanges{};
    changes.removed = true;
    overhead_ += cost_of(client_id, changes);
}

void Batch::subscription_stored(std::string_view client_id,
                                const SubscriptionRecord& subscription) {
    ++changes_;
    const auto [place, added] =
        changes_of(client_id).subscriptions.insert_or_assign(subscription.filter, subscription);
    overhead_ += added ? subscription_cost + place->first.size() : 0;
}

void Batch::subscription_removed(std::string_view client_id, std::string_view filter) {
    ++changes_;
    const auto [place, added] =
        changes_of(client_id).subscriptions.insert_or_assign(std::string(filter), std::nullopt);
    overhead_ += added ? subscription_cost + place->first.size() : 0;
}

void Batch::entry_stored(std::string_view client_id, const EntryRecord& entry) {
    ++changes_;
    const Message* message = keep(entry.message);
    SessionChanges& changes = changes_of(client_id);
    const auto [place, added] = changes.entries.try_emplace(entry.number);
    EntryChange& change = place->second;
    if (added) {
        overhead_ += entry_cost;
    }
    if (change.kind == EntryChange::Kind::stored) {
        let_go(change.message);
    } else {
        ++changes.stored_entries;
    }
    change = {EntryChange::Kind::stored, entry.state, entry.packet_id, entry.qos, entry.retain,
              entry.identifiers,         message};
}

void Batch::entry_state(std::string_view client_id, EntryNumber number, EntryState state,
                        mqtt::PacketId packet_id) {
    ++changes_;
    const auto [place, added] = changes_of(client_id).entries.try_emplace(number);
    EntryChange& change = place->second;
    if (added) {
        overhead_ += entry_cost;
        change.kind = EntryChange::Kind::state;
    }
    change.state = state;
    change.packet_id = packet_id;
}

void Batch::entry_removed(std::string_view client_id, EntryNumber number) {
    ++changes_;
    SessionChanges& changes = changes_of(client_id);
    const auto [place, added] = changes.entries.try_emplace(number);
    EntryChange& change = place->second;
    overhead_ += added ? entry_cost : 0;
    if (change.kind == EntryChange::Kind::stored) {
        let_go(change.message);
        --changes.stored_entries;
    }
    if (number >= first_new_) {
        changes.entries.erase(place);
        overhead_ -= entry_cost;
        drop_if_empty(client_id);
        return;
    }
    change = EntryChange{};
}

void Batch::received_stored(std::string_view client_id, mqtt::PacketId packet_id) {
    ++changes_;
    const bool added = changes_of(client_id).received.insert_or_assign(packet_id, true).second;
    overhead_ += added ? received_cost : 0;
}

void Batch::received_removed(std::string_view client_id, mqtt::PacketId packet_id) {
    ++changes_;
    const bool added = changes_of(client_id).received.insert_or_assign(packet_id, false).second;
    overhead_ += added ? received_cost : 0;
}

void Batch::retained_stored(const MessageRef& message) {
    set_retained(message->topic(), keep(message));
}

void Batch::retained_removed(std::string_view topic) {
    set_retained(topic, nullptr);
}

std::size_t Batch::give_up_entries(std::size_t overhead_max) {
    std::vector<std::pair<std::size_t, std::string_view>> by_size;
    for (const auto& [client_id, changes] : sessions_) {
        if (changes.stored_entries > 0) {
            by_size.emplace_back(changes.stored_entries, client_id);
        }
    }
    std::sort(by_size.begin(), by_size.end(), std::greater<>());
    std::size_t given_up = 0;
    for (const auto& [count, client_id] : by_size) {
        if (overhead_ <= overhead_max) {
            break;
        }
        given_up += give_up(changes_of(client_id));
    }
    return given_up;
}

/// An entry that may be in the database becomes a removal, so that no outdated one stays.
std::size_t Batch::give_up(SessionChanges& changes) {
    const std::size_t count = changes.stored_entries;
    for (auto place = changes.entries.begin(); place != changes.entries.end();) {
        EntryChange& change = place->second;
        if (change.kind != EntryChange::Kind::stored) {
            ++place;
            continue;
        }
        let_go(change.message);
        if (place->first < first_new_) {
            change = EntryChange{};
            ++place;
        } else {
            place = changes.entries.erase(place);
            overhead_ -= entry_cost;
        }
    }
    changes.stored_entries = 0;
    return count;
}

SessionChanges& Batch::changes_of(std::string_view client_id) {
    if (const auto found = sessions_.find(client_id); found != sessions_.end()) {
        return found->second;
    }
    overhead_ += session_cost + client_id.size();
    return sessions_[std::string(client_id)];
}

void Batch::drop_if_empty(std::string_view client_id) {
    const auto found = sessions_.find(client_id);
    if (found != sessions_.end() && found->second.empty()) {
        overhead_ -= session_cost + client_id.size();
        sessions_.erase(found);
    }
}

const Message* Batch::keep(const MessageRef& message) {
    assert(message);
    const auto [place, added] = messages_.try_emplace(&*message);
    if (added) {
        place->second.message = message;
        message_bytes_ += size_of(*message);
    }
    ++place->second.uses;
    return place->first;
}

void Batch::let_go(const Message* message) {
    const auto found = messages_.find(message);
    assert(found != messages_.end());
    if (--found->second.uses == 0) {
        message_bytes_ -= size_of(*message);
        messages_.erase(found);
    }
}

void Batch::forget_messages(SessionChanges& changes) {
    for (const auto& [number, change] : changes.entries) {
        if (change.kind == EntryChange::Kind::stored) {
            let_go(change.message);
        }
    }
}

void Batch::set_retained(std::string_view topic, const Message* message) {
    ++changes_;
    auto found = retained_.find(topic);
    if (found == retained_.end()) {
        found = retained_.emplace(std::string(topic), nullptr).first;
        overhead_ += retained_cost + topic.size();
    }
    if (found->second != nullptr) {
        let_go(found->second);
    }
    found->second = message;
}

}  // namespace mq::broker
