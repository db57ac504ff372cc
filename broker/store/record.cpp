#include "broker/store/record.hpp"

#include "mqtt/topic.hpp"
#include "mqtt/utf8.hpp"

#include <limits>

namespace mq::broker {
namespace {

constexpr std::uint32_t identifier_max = 268'435'455;
constexpr std::size_t string_bytes_max = 65'535;
constexpr std::int64_t seconds_max = std::numeric_limits<std::uint32_t>::max();

/// FNV-1a with 64 bits: finds what a disk has damaged, not what an attacker has written.
class Checksum {
 public:
    void add(mqtt::Bytes bytes) {
        add(bytes.size());
        for (const std::uint8_t byte : bytes) {
            add_byte(byte);
        }
    }
    void add(std::uint64_t value) {
        for (unsigned shift = 0; shift < 64; shift += 8) {
            add_byte(static_cast<std::uint8_t>(value >> shift));
        }
    }
    [[nodiscard]] std::int64_t value() const { return static_cast<std::int64_t>(state_); }

 private:
    void add_byte(std::uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001B3U; }

    std::uint64_t state_ = 0xCBF29CE484222325U;
};

mqtt::Bytes as_bytes(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
}

std::int64_t checksum_of(const MessageRow& row) {
    Checksum sum;
    sum.add(as_bytes(row.topic));
    sum.add(row.properties);
    sum.add(row.payload);
    sum.add(static_cast<std::uint64_t>(row.qos));
    sum.add(static_cast<std::uint64_t>(row.retain));
    sum.add(static_cast<std::uint64_t>(row.expires));
    return sum.value();
}

std::int64_t checksum_of(const WillRow& row) {
    Checksum sum;
    sum.add(as_bytes(row.topic));
    sum.add(row.properties);
    sum.add(row.payload);
    for (const std::int64_t number :
         {row.qos, row.retain, row.delay, row.message_expiry, row.due}) {
        sum.add(static_cast<std::uint64_t>(number));
    }
    return sum.value();
}

std::optional<mqtt::QoS> to_qos(std::int64_t value) {
    if (value < 0 || value > 2) {
        return std::nullopt;
    }
    return static_cast<mqtt::QoS>(value);
}

bool is_bool(std::int64_t value) {
    return value == 0 || value == 1;
}

bool is_string(std::string_view text) {
    return text.size() <= string_bytes_max && mqtt::is_valid_utf8(text);
}

/// Names of realms may hold a path, which is of any bytes.
bool is_path(std::string_view text) {
    return text.size() <= string_bytes_max && text.find('\0') == std::string_view::npos;
}

std::int64_t to_number(Time time) {
    return time.time_since_epoch().count();
}

Time to_time(std::int64_t milliseconds) {
    return Time(Duration(milliseconds));
}

}  // namespace

MessageRow to_row(const Message& message) {
    MessageRow row{message.topic(),
                   message.properties(),
                   message.payload(),
                   static_cast<std::int64_t>(message.qos()),
                   message.retain() ? 1 : 0,
                   to_number(message.origin().expiry),
                   0};
    row.checksum = checksum_of(row);
    return row;
}

std::optional<MessageRef> to_message(const MessageRow& row) {
    const auto qos = to_qos(row.qos);
    if (row.checksum != checksum_of(row) || !qos || !is_bool(row.retain) ||
        !mqtt::is_valid_utf8(row.topic) || !mqtt::is_valid_topic_name(row.topic)) {
        return std::nullopt;
    }
    return MessageRef::create(row.topic, row.properties, row.payload, *qos, row.retain == 1,
                              {0, to_time(row.expires)});
}

std::optional<Publisher> to_publisher(std::string_view client_id, std::string_view user_name,
                                      std::string_view realm) {
    if (!is_string(client_id) || !is_string(user_name) || !is_path(realm)) {
        return std::nullopt;
    }
    return Publisher{client_id, user_name, !user_name.empty(), realm};
}

std::optional<SessionRecord> to_session(const SessionRow& row) {
    if (row.client_id.empty() || !is_string(row.client_id) || !is_string(row.user_name) ||
        row.version < 3 || row.version > 5 || row.expiry_interval < 0 ||
        row.expiry_interval > seconds_max || !is_path(row.realm)) {
        return std::nullopt;
    }
    return SessionRecord{std::string(row.client_id),
                         std::string(row.user_name),
                         static_cast<mqtt::Version>(row.version),
                         static_cast<std::uint32_t>(row.expiry_interval),
                         to_time(row.expires),
                         std::nullopt,
                         never,
                         std::string(row.realm)};
}

WillRow to_row(const StoredWill& will, Time due) {
    const Message& message = *will.message;
    WillRow row;
    row.topic = message.topic();
    row.properties = message.properties();
    row.payload = message.payload();
    row.qos = static_cast<std::int64_t>(message.qos());
    row.retain = message.retain() ? 1 : 0;
    row.delay = will.delay_seconds;
    row.message_expiry = will.has_message_expiry ? std::int64_t{will.message_expiry_seconds} : -1;
    row.due = to_number(due);
    row.checksum = checksum_of(row);
    return row;
}

std::optional<StoredWill> to_will(const WillRow& row) {
    const auto qos = to_qos(row.qos);
    if (row.checksum != checksum_of(row) || !qos || !is_bool(row.retain) ||
        !mqtt::is_valid_utf8(row.topic) || !mqtt::is_valid_topic_name(row.topic) || row.delay < 0 ||
        row.delay > seconds_max || row.message_expiry < -1 || row.message_expiry > seconds_max) {
        return std::nullopt;
    }
    StoredWill will;
    will.message =
        MessageRef::create(row.topic, row.properties, row.payload, *qos, row.retain == 1, {});
    will.delay_seconds = static_cast<std::uint32_t>(row.delay);
    will.has_message_expiry = row.message_expiry >= 0;
    if (will.has_message_expiry) {
        will.message_expiry_seconds = static_cast<std::uint32_t>(row.message_expiry);
    }
    return will;
}

Time due_of(const WillRow& row) {
    return to_time(row.due);
}

std::int64_t to_bits(const mqtt::SubscriptionOptions& options) {
    return static_cast<std::int64_t>(options.qos) | (options.no_local ? 4 : 0) |
           (options.retain_as_published ? 8 : 0) |
           (static_cast<std::int64_t>(options.retain_handling) << 4);
}

std::optional<SubscriptionRecord> to_subscription(std::string_view filter, std::int64_t bits,
                                                  std::int64_t identifier) {
    const auto qos = to_qos(bits & 3);
    const std::int64_t handling = bits >> 4;
    const bool valid_filter =
        is_string(filter) &&
        (mqtt::is_shared_filter(filter) ? mqtt::parse_shared_filter(filter).has_value()
                                        : mqtt::is_valid_topic_filter(filter));
    if (!valid_filter || !qos || handling < 0 || handling > 2 || identifier < 0 ||
        identifier > identifier_max) {
        return std::nullopt;
    }
    return SubscriptionRecord{
        std::string(filter),
        {*qos, (bits & 4) != 0, (bits & 8) != 0, static_cast<mqtt::RetainHandling>(handling)},
        static_cast<std::uint32_t>(identifier)};
}

std::optional<EntryRecord> to_entry(const EntryRow& row) {
    const auto qos = to_qos(row.qos);
    auto identifiers = decode_identifiers(row.identifiers);
    if (row.number <= 0 || !qos || !is_bool(row.retain) || !identifiers || row.state < 0 ||
        row.state > 2 || row.packet_id < 0 || row.packet_id > 0xFFFF) {
        return std::nullopt;
    }
    const auto state = static_cast<EntryState>(row.state);
    if (state != EntryState::queued && row.packet_id == 0) {
        return std::nullopt;
    }
    return EntryRecord{static_cast<EntryNumber>(row.number),
                       MessageRef(),
                       *qos,
                       row.retain == 1,
                       std::move(*identifiers),
                       state,
                       static_cast<mqtt::PacketId>(row.packet_id)};
}

std::string encode_identifiers(const std::vector<std::uint32_t>& identifiers) {
    std::string bytes;
    for (std::uint32_t rest : identifiers) {
        while (rest > 0x7F) {
            bytes += static_cast<char>(0x80U | (rest & 0x7FU));
            rest >>= 7U;
        }
        bytes += static_cast<char>(rest);
    }
    return bytes;
}

std::optional<std::vector<std::uint32_t>> decode_identifiers(mqtt::Bytes bytes) {
    std::vector<std::uint32_t> identifiers;
    std::uint32_t value = 0;
    unsigned shift = 0;
    for (const std::uint8_t byte : bytes) {
        value |= static_cast<std::uint32_t>(byte & 0x7FU) << shift;
        if ((byte & 0x80U) != 0) {
            shift += 7;
            if (shift > 21) {
                return std::nullopt;
            }
            continue;
        }
        if (value == 0) {
            return std::nullopt;
        }
        identifiers.push_back(value);
        value = 0;
        shift = 0;
    }
    if (shift != 0) {
        return std::nullopt;
    }
    return identifiers;
}

std::optional<mqtt::PacketId> to_packet_id(std::int64_t value) {
    if (value < 1 || value > 0xFFFF) {
        return std::nullopt;
    }
    return static_cast<mqtt::PacketId>(value);
}

std::string in_quotes(std::string_view text) {
    constexpr std::size_t shown_max = 80;
    const std::string_view shown = text.substr(0, shown_max);
    const bool readable = mqtt::is_valid_utf8(shown);
    std::string result = "'";
    for (const char c : shown) {
        const auto byte = static_cast<unsigned char>(c);
        result += byte < 0x20 || byte == 0x7F || (byte >= 0x80 && !readable) ? '?' : c;
    }
    return result + (text.size() > shown_max ? "...'" : "'");
}

}  // namespace mq::broker
