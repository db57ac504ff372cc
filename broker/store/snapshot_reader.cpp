#include "broker/store/snapshot_reader.hpp"

#include "broker/core/session.hpp"
#include "broker/store/record.hpp"
#include "broker/store/snapshot_records.hpp"
#include "mqtt/decode.hpp"
#include "mqtt/encode.hpp"

#include <algorithm>
#include <limits>
#include <optional>
#include <unordered_map>
#include <unordered_set>
#include <utility>
#include <vector>

namespace mq::broker {
namespace {

constexpr std::uint32_t payload_bytes_max = 268'435'455;

/// 0 is never; what lies before 1970 only damage writes, and it must not end a session.
Time to_time(std::int64_t seconds) {
    constexpr std::int64_t latest = std::numeric_limits<std::int64_t>::max() / 1000;
    if (seconds <= 0 || seconds > latest) {
        return never;
    }
    return Time(std::chrono::seconds(seconds));
}

/// The name of a realm, as far as a port alone tells it (see Realms).
std::string realm_of(std::uint16_t port) {
    return port == 0 ? std::string() : std::to_string(port);
}

/// Topic and properties as they stand in a PUBLISH of MQTT 5.0, so that its decoder judges them;
/// the decoded packet is views of this.
class Publication {
 public:
    Publication(std::string_view topic, mqtt::Bytes properties) {
        constexpr std::uint8_t none = 0;
        body_.reserve(2 + topic.size() + properties.size() + 1);
        body_.push_back(static_cast<std::uint8_t>(topic.size() >> 8U));
        body_.push_back(static_cast<std::uint8_t>(topic.size() & 0xFFU));
        body_.insert(body_.end(), topic.begin(), topic.end());
        if (properties.empty()) {
            body_.push_back(none);
        } else {
            body_.insert(body_.end(), properties.begin(), properties.end());
        }
    }
    [[nodiscard]] std::optional<mqtt::Publish> decode() const {
        constexpr std::uint8_t publish_qos0 = 0x30;
        const mqtt::Frame frame{publish_qos0, body_};
        auto packet = mqtt::decode_publish(frame, mqtt::Version::v5, mqtt::Receiver::client);
        // What the property list has left over would be payload.
        if (!packet || !packet->payload.empty()) {
            return std::nullopt;
        }
        return *packet;
    }

 private:
    mqtt::Buffer body_;
};

std::optional<MessageRef> to_message(const SnapshotMessage& record) {
    const Publication publication(record.topic, record.properties);
    const auto packet = publication.decode();
    if (!packet || record.qos > 2 || record.expiry_s < 0 ||
        record.payload.size() > payload_bytes_max) {
        return std::nullopt;
    }
    mqtt::Buffer properties;
    mqtt::encode_forwarded(packet->properties, properties);
    const std::string realm = realm_of(record.port);
    const auto publisher = to_publisher(record.source_id, record.source_user, realm);
    return MessageRef::create(record.topic, properties, record.payload,
                              static_cast<mqtt::QoS>(record.qos), record.retain != 0,
                              {0, to_time(record.expiry_s)},
                              record.retain != 0 && publisher ? *publisher : Publisher{});
}

std::optional<std::vector<std::uint32_t>> to_identifiers(mqtt::Bytes properties) {
    const Publication publication("t", properties);
    const auto packet = publication.decode();
    if (!packet) {
        return std::nullopt;
    }
    std::vector<std::uint32_t> identifiers;
    mqtt::SubscriptionIdentifiers rest = packet->subscription_identifiers;
    while (const auto identifier = rest.next()) {
        identifiers.push_back(*identifier);
    }
    return identifiers;
}

std::optional<EntryState> to_state(std::uint8_t state, mqtt::QoS qos) {
    const bool exactly_once = qos == mqtt::QoS::exactly_once;
    switch (state) {
        case SnapshotQueued::publish_qos0:
        case SnapshotQueued::queued:
            return EntryState::queued;
        case SnapshotQueued::publish_qos1:
        case SnapshotQueued::wait_for_puback:
            return qos == mqtt::QoS::at_least_once ? std::optional(EntryState::sent) : std::nullopt;
        case SnapshotQueued::publish_qos2:
        case SnapshotQueued::wait_for_pubrec:
            return exactly_once ? std::optional(EntryState::sent) : std::nullopt;
        case SnapshotQueued::resend_pubrel:
        case SnapshotQueued::wait_for_pubcomp:
            return exactly_once ? std::optional(EntryState::received) : std::nullopt;
        default:
            return std::nullopt;
    }
}

class Reader {
 public:
    explicit Reader(SnapshotChunks& chunks) : chunks_(chunks) {
        snapshot_.version = chunks.version();
    }

    Outcome<Snapshot> read() {
        while (const auto chunk = chunks_.next(snapshot_.losses)) {
            place_ = chunk->place;
            if (auto taken = take(*chunk); !taken) {
                return taken.error();
            }
        }
        if (auto end = chunks_.end(); !end) {
            return end.error();
        }
        return std::move(snapshot_);
    }

 private:
    using Type = SnapshotChunk::Type;

    Outcome<void> take(const SnapshotChunk& chunk) {
        const int version = chunks_.version();
        switch (chunk.type) {
            case Type::configuration:
                return take_configuration(read_configuration(chunk.content, version));
            case Type::message:
                take_message(read_message(chunk.content, version));
                break;
            case Type::queued:
                take_queued(read_queued(chunk.content, version));
                break;
            case Type::retained:
                take_retained(read_retained(chunk.content));
                break;
            case Type::subscription:
                take_subscription(read_subscription(chunk.content, version));
                break;
            case Type::client:
                take_client(read_client(chunk.content, version));
                break;
        }
        return {};
    }

    /// Comes first in a file. Numbers of messages are counted up from 1, so one with its highest
    /// byte set has been written the other way round.
    Outcome<void> take_configuration(const std::optional<SnapshotConfiguration>& record) {
        if (!record) {
            lost("the configuration does not add up");
            return {};
        }
        if (record->number_bytes != 8 || record->last_message >> 56U != 0) {
            return Problem{chunks_.name() +
                               " is a snapshot of Mosquitto from another kind of machine, whose "
                               "numbers have another size or order of bytes",
                           ""};
        }
        return {};
    }

    void take_message(const std::optional<SnapshotMessage>& record) {
        if (!record) {
            return lost("a message does not add up");
        }
        auto message = to_message(*record);
        if (!message) {
            return lost("the message of topic " + in_quotes(record->topic) + " is not valid");
        }
        if (!messages_.emplace(record->number, std::move(*message)).second) {
            lost("a message has the number of another one");
        }
    }

    void take_client(const std::optional<SnapshotClient>& record) {
        if (!record) {
            return lost("a session does not add up");
        }
        SessionRow row;
        row.client_id = record->client_id;
        if (record->user_name.find('\0') == std::string_view::npos) {
            row.user_name = record->user_name;
        }
        // Not in the file; the client's next CONNECT tells.
        row.version = record->expiry_interval == expiry_never ? 4 : 5;
        row.expiry_interval = record->expiry_interval;
        row.expires = to_time(record->expires_s).time_since_epoch().count();
        const std::string realm = realm_of(record->port);
        row.realm = realm;
        auto session = to_session(row);
        if (!session || record->expires_s < 0) {
            return lost("the session of client " + in_quotes(row.client_id) + " is not valid");
        }
        if (record->expiry_interval == 0) {
            ended_.emplace(row.client_id);
            ++snapshot_.ended;
            return;
        }
        if (!sessions_.emplace(row.client_id, state().sessions.size()).second) {
            return lost("client " + in_quotes(row.client_id) + " has a second session");
        }
        state().sessions.push_back({std::move(*session), {}, {}, {}});
    }

    void take_subscription(const std::optional<SnapshotSubscription>& record) {
        if (!record) {
            return lost("a subscription does not add up");
        }
        StoredSession* session = session_of(record->client_id, "a subscription");
        if (session == nullptr) {
            return;
        }
        auto subscription = to_subscription(
            record->filter, std::int64_t{record->qos} | (record->options & ~std::int64_t{3}),
            record->identifier);
        if (!subscription || record->qos > 2) {
            return lost("the subscription " + in_quotes(record->filter) + of(*session) +
                        " is not valid");
        }
        if (!filters_.emplace(key_of(*session) + std::string(record->filter)).second) {
            return lost("the subscription " + in_quotes(record->filter) + of(*session) +
                        " is there twice");
        }
        session->subscriptions.push_back(std::move(*subscription));
        ++snapshot_.subscriptions;
    }

    void take_queued(const std::optional<SnapshotQueued>& record) {
        if (!record) {
            return lost("a queued message does not add up");
        }
        StoredSession* session = session_of(record->client_id, "a queued message");
        if (session == nullptr) {
            return;
        }
        const auto message = messages_.find(record->message);
        if (message == messages_.end()) {
            return lost("a queued message" + of(*session) + " is damaged or missing");
        }
        const bool good = record->incoming ? add_accepted(*session, *record, message->second)
                                           : add_entry(*session, *record, message->second);
        if (!good) {
            lost("a queued message" + of(*session) + " is not valid");
        }
    }

    bool add_accepted(StoredSession& session, const SnapshotQueued& record,
                      const MessageRef& message) {
        if (record.qos != 2 || record.packet_id == 0 || record.state > SnapshotQueued::queued) {
            return false;
        }
        if (!is_new_id(session, record)) {
            return false;
        }
        session.received.push_back(record.packet_id);
        state().accepted.push_back({session.session.client_id, message});
        return true;
    }

    bool add_entry(StoredSession& session, const SnapshotQueued& record,
                   const MessageRef& message) {
        auto identifiers = to_identifiers(record.properties);
        if (!identifiers || record.qos > 2) {
            return false;
        }
        EntryRecord entry;
        entry.qos = static_cast<mqtt::QoS>(record.qos);
        const auto entry_state = to_state(record.state, entry.qos);
        if (!entry_state) {
            return false;
        }
        entry.state = *entry_state;
        if (entry.state != EntryState::queued) {
            if (record.packet_id == 0 || !is_new_id(session, record)) {
                return false;
            }
            entry.packet_id = record.packet_id;
        }
        entry.number = state().next_entry++;
        entry.message = message;
        entry.retain = record.retain;
        entry.identifiers = std::move(*identifiers);
        session.entries.push_back(std::move(entry));
        ++snapshot_.queued;
        return true;
    }

    void take_retained(const std::optional<std::uint64_t>& record) {
        if (!record) {
            return lost("a retained message does not add up");
        }
        const auto found = messages_.find(*record);
        if (found == messages_.end()) {
            return lost("a retained message is damaged or missing");
        }
        const MessageRef& message = found->second;
        if (message->payload().empty() || message->topic().starts_with("$SYS/")) {
            return lost("the retained message of topic " + in_quotes(message->topic()) +
                        " is not valid");
        }
        if (!retained_.emplace(message->topic()).second) {
            return lost("topic " + in_quotes(message->topic()) + " has a second retained message");
        }
        state().retained.push_back(message);
    }

    /// Null for a session that has ended, too.
    StoredSession* session_of(std::string_view client_id, const char* what) {
        const std::string key(client_id);
        const auto found = sessions_.find(key);
        if (found != sessions_.end()) {
            return &state().sessions[found->second];
        }
        if (ended_.count(key) == 0) {
            lost(std::string(what) + " belongs to no session, but to client " +
                 in_quotes(client_id));
        }
        return nullptr;
    }

    static std::string of(const StoredSession& session) {
        return " of client " + in_quotes(session.session.client_id);
    }
    /// Client identifiers hold no U+0000.
    static std::string key_of(const StoredSession& session) {
        return session.session.client_id + '\0';
    }
    bool is_new_id(const StoredSession& session, const SnapshotQueued& record) {
        return packet_ids_
            .emplace(key_of(session) + (record.incoming ? 'i' : 'o') +
                     std::to_string(record.packet_id))
            .second;
    }

    void lost(const std::string& what) { snapshot_.losses.add(place_, what); }
    StoredState& state() { return snapshot_.state; }

    SnapshotChunks& chunks_;
    Snapshot snapshot_;
    std::uint64_t place_ = 0;
    std::unordered_map<std::uint64_t, MessageRef> messages_;
    std::unordered_map<std::string, std::size_t> sessions_;  ///< place in `state().sessions`
    std::unordered_set<std::string> ended_;
    std::unordered_set<std::string> filters_;     ///< behind `key_of`
    std::unordered_set<std::string> packet_ids_;  ///< behind `key_of`, by direction
    std::unordered_set<std::string> retained_;    ///< topics
};

}  // namespace

Outcome<Snapshot> read_snapshot(int fd, const std::string& name) {
    auto chunks = SnapshotChunks::open(fd, name);
    if (!chunks) {
        return chunks.error();
    }
    return Reader(*chunks).read();
}

}  // namespace mq::broker
