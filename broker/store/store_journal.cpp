#include "broker/store/store.hpp"

#include <utility>

/// What the core reports, on the shard's thread.
namespace mq::broker {

/// Adds to the batch, and wakes the writer where it would sleep for too long.
template <class Operation>
void Store::change(Operation operation) {
    const std::lock_guard lock(mutex_);
    written_.clear();
    if (batch_.empty()) {
        first_change_ = SteadyClock::now();
    }
    operation(batch_);
    if (!thread_) {
        return;  // `start` writes all of it
    }
    limit_waiting();
    if (const auto next = due(); next < sleeps_until_) {
        sleeps_until_ = next;
        wake_.notify_one();
    }
}

void Store::session_stored(const SessionRecord& session) {
    change([&](Batch& batch) { batch.session_stored(session); });
}

void Store::session_removed(std::string_view client_id) {
    change([&](Batch& batch) { batch.session_removed(client_id); });
}

void Store::subscription_stored(std::string_view client_id,
                                const SubscriptionRecord& subscription) {
    change([&](Batch& batch) { batch.subscription_stored(client_id, subscription); });
}

void Store::subscription_removed(std::string_view client_id, std::string_view filter) {
    change([&](Batch& batch) { batch.subscription_removed(client_id, filter); });
}

void Store::entry_stored(std::string_view client_id, const EntryRecord& entry) {
    change([&](Batch& batch) { store_entry(batch, client_id, entry); });
}

void Store::store_entry(Batch& batch, std::string_view client_id, const EntryRecord& entry) {
    if (!over_limit_) {
        return batch.entry_stored(client_id, entry);
    }
    batch.entry_removed(client_id, entry.number);
    give_up_message();
}

void Store::Door::session_stored(const SessionRecord& session) {
    SessionRecord kept = session;
    if (kept.will) {
        kept.will->message = kept.will->message.copy();
    }
    store_.change([&](Batch& batch) {
        batch.session_stored(kept);
        kept.will.reset();
    });
}

void Store::Door::entry_stored(std::string_view client_id, const EntryRecord& entry) {
    EntryRecord kept;
    kept.number = entry.number;
    kept.qos = entry.qos;
    kept.retain = entry.retain;
    kept.identifiers = entry.identifiers;
    kept.state = entry.state;
    kept.packet_id = entry.packet_id;
    const bool known = copied_ && &*copied_ == &*entry.message;
    MessageRef fresh;
    if (!known) {
        copied_ = entry.message;
        fresh = entry.message.copy();
    }
    store_.change([&](Batch& batch) {
        if (!known) {
            copy_ = std::move(fresh);
        }
        kept.message = copy_;
        store_.store_entry(batch, client_id, kept);
        kept.message = {};
    });
}

Store::Door::~Door() {
    const std::lock_guard lock(store_.mutex_);
    copy_ = {};
}

void Store::entry_state(std::string_view client_id, EntryNumber number, EntryState state,
                        mqtt::PacketId packet_id) {
    change([&](Batch& batch) { batch.entry_state(client_id, number, state, packet_id); });
}

void Store::entry_removed(std::string_view client_id, EntryNumber number) {
    change([&](Batch& batch) { batch.entry_removed(client_id, number); });
}

void Store::received_stored(std::string_view client_id, mqtt::PacketId packet_id) {
    change([&](Batch& batch) { batch.received_stored(client_id, packet_id); });
}

void Store::received_removed(std::string_view client_id, mqtt::PacketId packet_id) {
    change([&](Batch& batch) { batch.received_removed(client_id, packet_id); });
}

void Store::retained_stored(const MessageRef& message) {
    change([&](Batch& batch) { store_retained(batch, message); });
}

void Store::store_retained(Batch& batch, const MessageRef& message) {
    if (!over_limit_) {
        return batch.retained_stored(message);
    }
    batch.retained_removed(message->topic());  // rather none than an outdated one
    give_up_message();
}

void Store::Door::retained_stored(const MessageRef& message) {
    MessageRef kept = message.copy();
    store_.change([&](Batch& batch) { store_.store_retained(batch, std::exchange(kept, {})); });
}

void Store::retained_removed(std::string_view topic) {
    change([&](Batch& batch) { batch.retained_removed(topic); });
}

}  // namespace mq::broker
