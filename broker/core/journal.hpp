#pragma once

#include "broker/core/message.hpp"
#include "broker/core/will.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// Number of a stored queue entry; unique in a store, ascending in the order of queueing.
using EntryNumber = std::uint64_t;

struct SessionRecord {
    std::string client_id;
    std::string user_name;
    mqtt::Version version = mqtt::Version::v3_1_1;
    std::uint32_t expiry_interval = 0;  ///< seconds; 0xFFFFFFFF never
    /// When the session ends if nobody connects; `never` while connected or without end.
    Time expires = never;
    /// Part of the session, MQTT 5.0 §4.1.
    std::optional<StoredWill> will{};
    /// When it is published if nobody connects; `never` while connected.
    Time will_due = never;
    std::string realm{};  ///< name of the realm that it came by last, see RealmNames
};

struct SubscriptionRecord {
    std::string filter;  ///< as the client sent it, `$share/...` included
    mqtt::SubscriptionOptions options;
    std::uint32_t identifier = 0;  ///< 0: none
};

/// How far the delivery of a queued message has come.
enum class EntryState : std::uint8_t { queued = 0, sent = 1, received = 2 };

struct EntryRecord {
    EntryNumber number = 0;
    MessageRef message;
    mqtt::QoS qos = mqtt::QoS::at_most_once;  ///< of the delivery
    bool retain = false;                      ///< RETAIN flag of the delivery
    std::vector<std::uint32_t> identifiers;
    EntryState state = EntryState::queued;
    mqtt::PacketId packet_id = 0;  ///< for `sent` (PUBLISH) and `received` (PUBREL)
};

/// How a store does, for the $SYS topics.
struct JournalStats {
    std::uint64_t bytes = 0;     ///< on disk
    std::uint64_t given_up = 0;  ///< messages that will not survive a restart, since the start
};

/// Where the core reports what has to survive a restart; the store implements it. Called on the
/// shard's thread, returns at once. Only sessions that outlive their connection are reported.
/// Operations of one shard are applied in their order. Without persistence there is no journal.
class Journal {
 public:
    virtual ~Journal() = default;

    virtual void session_stored(const SessionRecord& session) = 0;  ///< new or changed
    virtual void session_removed(std::string_view client_id) = 0;   ///< with all that belongs to it
    virtual void subscription_stored(std::string_view client_id,
                                     const SubscriptionRecord& subscription) = 0;
    virtual void subscription_removed(std::string_view client_id, std::string_view filter) = 0;

    /// The next number for an entry.
    virtual EntryNumber next_entry() = 0;
    virtual void entry_stored(std::string_view client_id, const EntryRecord& entry) = 0;
    virtual void entry_state(std::string_view client_id, EntryNumber number, EntryState state,
                             mqtt::PacketId packet_id) = 0;
    virtual void entry_removed(std::string_view client_id, EntryNumber number) = 0;

    /// A QoS 2 packet identifier that has been received and not yet released.
    virtual void received_stored(std::string_view client_id, mqtt::PacketId packet_id) = 0;
    virtual void received_removed(std::string_view client_id, mqtt::PacketId packet_id) = 0;

    virtual void retained_stored(const MessageRef& message) = 0;  ///< replaces that of its topic
    virtual void retained_removed(std::string_view topic) = 0;

    [[nodiscard]] virtual JournalStats stats() const { return {}; }
};

/// What a store holds of one session, for the start.
struct StoredSession {
    SessionRecord session;
    std::vector<SubscriptionRecord> subscriptions;
    std::vector<EntryRecord> entries;  ///< by ascending number
    std::vector<mqtt::PacketId> received;
};

/// A message that a client has handed over at QoS 2 and that no subscriber has got yet, as brokers
/// keep it that wait for PUBREL with that. Ours never does.
struct AcceptedMessage {
    std::string client_id;  ///< the publisher's
    MessageRef message;
};

}  // namespace mq::broker
