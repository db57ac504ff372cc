#include "broker/store/store.hpp"

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
    if (!running_) {
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
    change([&](Batch& batch) {
        if (!over_limit_) {
            return batch.entry_stored(client_id, entry);
        }
        batch.entry_removed(client_id, entry.number);
        give_up_message();
    });
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
    change([&](Batch& batch) {
        if (!over_limit_) {
            return batch.retained_stored(message);
        }
        batch.retained_removed(message->topic());  // rather none than an outdated one
        give_up_message();
    });
}

void Store::retained_removed(std::string_view topic) {
    change([&](Batch& batch) { batch.retained_removed(topic); });
}

}  // namespace mq::broker
