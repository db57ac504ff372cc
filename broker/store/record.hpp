#pragma once

#include "broker/core/journal.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

/// How the fields of records look in the columns of the database, and back. What comes back from a
/// file may be anything: every function here that reads returns nothing for values that no broker
/// has written.
namespace mq::broker {

/// The columns of a row of `messages`, as views.
struct MessageRow {
    std::string_view topic;
    mqtt::Bytes properties;
    mqtt::Bytes payload;
    std::int64_t qos = 0;
    std::int64_t retain = 0;
    std::int64_t expires = 0;   ///< ms since the epoch
    std::int64_t checksum = 0;  ///< of all the others
};

MessageRow to_row(const Message& message);
/// A new block with what the row says. The key of the publisher's session is not stored: it means
/// nothing after a restart, and No Local has done its work before a message is queued.
std::optional<MessageRef> to_message(const MessageRow& row);
/// Who has published a retained message, as views; without a client identifier, nobody knows.
std::optional<Publisher> to_publisher(std::string_view client_id, std::string_view user_name,
                                      std::string_view realm);

/// The columns of a row of `sessions`.
struct SessionRow {
    std::string_view client_id;
    std::string_view user_name;
    std::int64_t version = 0;
    std::int64_t expiry_interval = 0;  ///< seconds
    std::int64_t expires = 0;          ///< ms since the epoch
    std::string_view realm{};
};

std::optional<SessionRecord> to_session(const SessionRow& row);

/// The columns of a row of `wills`, as views.
struct WillRow {
    std::string_view topic;
    mqtt::Bytes properties;
    mqtt::Bytes payload;
    std::int64_t qos = 0;
    std::int64_t retain = 0;
    std::int64_t delay = 0;            ///< seconds
    std::int64_t message_expiry = -1;  ///< seconds; -1: none
    std::int64_t due = 0;              ///< ms since the epoch
    std::int64_t checksum = 0;         ///< of all the others
};

WillRow to_row(const StoredWill& will, Time due);
/// A will with a new block. When it is due, the row says.
std::optional<StoredWill> to_will(const WillRow& row);
Time due_of(const WillRow& row);

/// Subscription options in the bits of MQTT 5.0 §3.8.3.1.
std::int64_t to_bits(const mqtt::SubscriptionOptions& options);
std::optional<SubscriptionRecord> to_subscription(std::string_view filter, std::int64_t bits,
                                                  std::int64_t identifier);

/// The columns of a row of `entries` that are not keys.
struct EntryRow {
    std::int64_t number = 0;
    std::int64_t qos = 0;
    std::int64_t retain = 0;
    mqtt::Bytes identifiers;  ///< variable byte integers, one after another
    std::int64_t state = 0;
    std::int64_t packet_id = 0;
};

/// An entry still without its message.
std::optional<EntryRecord> to_entry(const EntryRow& row);

/// Subscription identifiers as variable byte integers of MQTT 5.0 §1.5.5.
std::string encode_identifiers(const std::vector<std::uint32_t>& identifiers);
std::optional<std::vector<std::uint32_t>> decode_identifiers(mqtt::Bytes bytes);

std::optional<mqtt::PacketId> to_packet_id(std::int64_t value);

/// A text of a file for a log line: in quotes, not too long, without what is no text.
std::string in_quotes(std::string_view text);

}  // namespace mq::broker
