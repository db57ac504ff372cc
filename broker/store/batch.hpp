#pragma once

#include "broker/core/journal.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace mq::broker {

/// What a batch wants for one row of `entries`.
struct EntryChange {
    enum class Kind : std::uint8_t { stored, state, removed };

    Kind kind = Kind::removed;
    EntryState state = EntryState::queued;
    mqtt::PacketId packet_id = 0;
    mqtt::QoS qos = mqtt::QoS::at_most_once;  ///< from here on: for `stored` only
    bool retain = false;
    std::vector<std::uint32_t> identifiers;
    const Message* message = nullptr;  ///< key in `Batch::messages`
};

/// What a batch wants for one session. Applied in the order of the members.
struct SessionChanges {
    bool removed = false;  ///< first of all, whatever is stored of the session goes
    std::optional<SessionRecord> record;
    /// Without a record: the subscription goes.
    std::map<std::string, std::optional<SubscriptionRecord>, std::less<>> subscriptions;
    std::map<EntryNumber, EntryChange> entries;
    std::map<mqtt::PacketId, bool> received;  ///< false: it goes
    std::size_t stored_entries = 0;           ///< of kind `stored`

    [[nodiscard]] bool empty() const {
        return !removed && !record && subscriptions.empty() && entries.empty() && received.empty();
    }
};

struct StringHash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const {
        return std::hash<std::string_view>{}(text);
    }
};

/// Changes that wait to be written, reduced to their sum: the last state of a session or a retained
/// topic wins, and a queue entry that was stored and removed meanwhile leaves nothing behind.
///
/// Holds a share in each message that is to be written, so no payload is copied; since the count of
/// a message is not atomic, a batch is filled and destroyed on the shard's thread. Between that,
/// another thread may read it while nobody changes it.
class Batch {
 public:
    struct PendingMessage {
        MessageRef message;
        std::size_t uses = 0;  ///< by entries and retained topics of this batch
    };
    template <class T>
    using Table = std::unordered_map<std::string, T, StringHash, std::equal_to<>>;

    /// Entries from `first_new` on cannot be in the database yet.
    explicit Batch(EntryNumber first_new) : first_new_(first_new) {}

    void session_stored(const SessionRecord& session);
    void session_removed(std::string_view client_id);
    void subscription_stored(std::string_view client_id, const SubscriptionRecord& subscription);
    void subscription_removed(std::string_view client_id, std::string_view filter);
    void entry_stored(std::string_view client_id, const EntryRecord& entry);
    void entry_state(std::string_view client_id, EntryNumber number, EntryState state,
                     mqtt::PacketId packet_id);
    void entry_removed(std::string_view client_id, EntryNumber number);
    void received_stored(std::string_view client_id, mqtt::PacketId packet_id);
    void received_removed(std::string_view client_id, mqtt::PacketId packet_id);
    void retained_stored(const MessageRef& message);
    void retained_removed(std::string_view topic);

    /// Forgets new queue entries, those of the session with most of them first, until the batch
    /// takes at most `overhead_max` bytes beside the messages or has none left. Everything else,
    /// removals above all, stays. Returns how many entries were given up.
    std::size_t give_up_entries(std::size_t overhead_max);

    [[nodiscard]] bool empty() const { return sessions_.empty() && retained_.empty(); }
    /// Operations that were reported, those that cancelled each other out included.
    [[nodiscard]] std::size_t changes() const { return changes_; }
    /// Bytes that the batch takes, about, with the messages that it keeps alive.
    [[nodiscard]] std::size_t bytes() const { return overhead_ + message_bytes_; }
    /// The same without messages, which the core's queues hold as well.
    [[nodiscard]] std::size_t overhead() const { return overhead_; }

    [[nodiscard]] const Table<SessionChanges>& sessions() const { return sessions_; }
    /// By topic; null: the topic goes.
    [[nodiscard]] const Table<const Message*>& retained() const { return retained_; }
    [[nodiscard]] const std::unordered_map<const Message*, PendingMessage>& messages() const {
        return messages_;
    }

 private:
    SessionChanges& changes_of(std::string_view client_id);
    void drop_if_empty(std::string_view client_id);
    const Message* keep(const MessageRef& message);
    void let_go(const Message* message);
    void forget_messages(SessionChanges& changes);
    std::size_t give_up(SessionChanges& changes);
    void set_retained(std::string_view topic, const Message* message);

    Table<SessionChanges> sessions_;
    Table<const Message*> retained_;
    std::unordered_map<const Message*, PendingMessage> messages_;
    EntryNumber first_new_;
    std::size_t changes_ = 0;
    std::size_t overhead_ = 0;
    std::size_t message_bytes_ = 0;
};

}  // namespace mq::broker
