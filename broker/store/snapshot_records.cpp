#include "broker/store/snapshot_records.hpp"

#include <cstddef>

namespace mq::broker {
namespace {

/// Takes fields off the front; the first one that is not there spoils all.
class Fields {
 public:
    explicit Fields(mqtt::Bytes bytes) : rest_(bytes) {}

    mqtt::Bytes bytes(std::size_t size) {
        if (!good_ || rest_.size() < size) {
            good_ = false;
            return {};
        }
        const mqtt::Bytes taken = rest_.first(size);
        rest_ = rest_.subspan(size);
        return taken;
    }
    mqtt::Bytes rest() { return bytes(rest_.size()); }
    std::uint8_t u8() { return static_cast<std::uint8_t>(network(1)); }
    std::uint16_t u16() { return static_cast<std::uint16_t>(network(2)); }
    std::uint32_t u32() { return static_cast<std::uint32_t>(network(4)); }
    /// In the order of the machine that wrote it.
    std::uint64_t own_u64() {
        std::uint64_t value = 0;
        unsigned shift = 0;
        for (const std::uint8_t byte : bytes(8)) {
            value |= std::uint64_t{byte} << shift;
            shift += 8;
        }
        return value;
    }
    std::int64_t own_i64() { return static_cast<std::int64_t>(own_u64()); }
    std::string_view text(std::size_t size) {
        const mqtt::Bytes taken = bytes(size);
        return {reinterpret_cast<const char*>(taken.data()), taken.size()};
    }
    std::string_view text() { return text(u16()); }

    /// `record` when every field was there and nothing follows.
    template <class Record>
    std::optional<Record> all(const Record& record) const {
        return good_ && rest_.empty() ? std::optional<Record>(record) : std::nullopt;
    }

 private:
    std::uint64_t network(std::size_t size) {
        std::uint64_t value = 0;
        for (const std::uint8_t byte : bytes(size)) {
            value = value << 8U | byte;
        }
        return value;
    }

    mqtt::Bytes rest_;
    bool good_ = true;
};

bool has_structs(int version) {
    return version >= 5;
}

std::optional<SnapshotMessage> read_old_message(Fields fields, int version) {
    SnapshotMessage message;
    message.number = fields.own_u64();
    message.source_id = fields.text();
    if (version == 4) {
        message.source_user = fields.text();
        message.port = fields.u16();
    }
    fields.u16();
    fields.u16();
    message.topic = fields.text();
    message.qos = fields.u8();
    message.retain = fields.u8();
    message.payload = fields.bytes(fields.u32());
    return fields.all(message);
}

std::optional<SnapshotQueued> read_old_queued(Fields fields) {
    SnapshotQueued queued;
    queued.client_id = fields.text();
    queued.message = fields.own_u64();
    queued.packet_id = fields.u16();
    queued.qos = fields.u8();
    queued.retain = fields.u8() != 0;
    queued.incoming = fields.u8() == 0;
    queued.state = fields.u8();
    fields.u8();
    return fields.all(queued);
}

}  // namespace

std::optional<SnapshotConfiguration> read_configuration(mqtt::Bytes content, int version) {
    Fields fields(content);
    SnapshotConfiguration configuration;
    if (has_structs(version)) {
        configuration.last_message = fields.own_u64();
        fields.u8();
        configuration.number_bytes = fields.u8();
        fields.bytes(6);
    } else {
        fields.u8();
        configuration.number_bytes = fields.u8();
        configuration.last_message = fields.own_u64();
    }
    return fields.all(configuration);
}

std::optional<SnapshotMessage> read_message(mqtt::Bytes content, int version) {
    Fields fields(content);
    if (!has_structs(version)) {
        return read_old_message(fields, version);
    }
    SnapshotMessage message;
    message.number = fields.own_u64();
    message.expiry_s = fields.own_i64();
    const std::size_t payload_size = fields.u32();
    fields.u16();
    const std::size_t source_id_size = fields.u16();
    const std::size_t source_user_size = fields.u16();
    const std::size_t topic_size = fields.u16();
    message.port = fields.u16();
    message.qos = fields.u8();
    message.retain = fields.u8();
    message.source_id = fields.text(source_id_size);
    message.source_user = fields.text(source_user_size);
    message.topic = fields.text(topic_size);
    message.payload = fields.bytes(payload_size);
    message.properties = fields.rest();
    return fields.all(message);
}

std::optional<SnapshotQueued> read_queued(mqtt::Bytes content, int version) {
    Fields fields(content);
    if (!has_structs(version)) {
        return read_old_queued(fields);
    }
    SnapshotQueued queued;
    queued.message = fields.own_u64();
    queued.packet_id = fields.u16();
    const std::size_t client_id_size = fields.u16();
    queued.qos = fields.u8();
    queued.state = fields.u8();
    queued.retain = (fields.u8() & 0xF0U) != 0;
    queued.incoming = fields.u8() == 0;
    queued.client_id = fields.text(client_id_size);
    queued.properties = fields.rest();
    return fields.all(queued);
}

std::optional<std::uint64_t> read_retained(mqtt::Bytes content) {
    Fields fields(content);
    return fields.all(fields.own_u64());
}

std::optional<SnapshotSubscription> read_subscription(mqtt::Bytes content, int version) {
    Fields fields(content);
    SnapshotSubscription subscription;
    if (!has_structs(version)) {
        subscription.client_id = fields.text();
        subscription.filter = fields.text();
        subscription.qos = fields.u8();
        return fields.all(subscription);
    }
    subscription.identifier = fields.u32();
    const std::size_t client_id_size = fields.u16();
    const std::size_t filter_size = fields.u16();
    subscription.qos = fields.u8();
    subscription.options = fields.u8();
    fields.u16();
    subscription.client_id = fields.text(client_id_size);
    subscription.filter = fields.text(filter_size);
    return fields.all(subscription);
}

std::optional<SnapshotClient> read_client(mqtt::Bytes content, int version) {
    Fields fields(content);
    SnapshotClient client;
    if (!has_structs(version)) {
        client.client_id = fields.text();
        fields.u16();
        fields.own_u64();
        client.expiry_interval = 0xFFFFFFFF;  // a session of MQTT 3.1.1 has no end
        return fields.all(client);
    }
    client.expires_s = fields.own_i64();
    client.expiry_interval = fields.u32();
    fields.u16();
    const std::size_t client_id_size = fields.u16();
    std::size_t user_name_size = 0;
    if (version >= 6) {
        client.port = fields.u16();
        user_name_size = fields.u16();
        fields.u32();
    }
    client.client_id = fields.text(client_id_size);
    client.user_name = fields.text(user_name_size);
    return fields.all(client);
}

}  // namespace mq::broker
