#include "broker/core/broker.hpp"
#include "broker/core/mount_point.hpp"
#include "broker/core/reserved_topic.hpp"
#include "mqtt/encode.hpp"

#include <bit>
#include <cassert>

/// PUBLISH and PUBREL from clients, MQTT 5.0 §3.3.4 and §4.3.
namespace mq::broker {

using mqtt::PacketType;
using mqtt::QoS;

void Broker::handle_publish(Connection& connection, const Frame& frame, Time now) {
    auto packet = mqtt::decode_publish(frame, connection.version, mqtt::Receiver::server);
    if (!packet) {
        return fail(connection, packet.error(), now);
    }
    ++stats_.publishes_received;
    stats_.publish_bytes_received += packet->payload.size();
    if (!resolve_alias(connection, *packet, now)) {
        return;
    }
    if (packet->qos > connection.listener->max_qos) {
        return fail(connection, ReasonCode::qos_not_supported, now);
    }
    if (packet->retain && !limits_.retain_available) {
        return fail(connection, ReasonCode::retain_not_supported, now);
    }
    Session& session = *connection.session;
    if (!has_memory(session.client_id, frame.size, now)) {
        return fail(connection, ReasonCode::quota_exceeded, now);
    }
    if (packet->qos == QoS::exactly_once) {
        if (session.received.contains(packet->packet_id)) {  // [MQTT-4.3.3-10]
            return acknowledge(connection, PacketType::pubrec, packet->packet_id,
                               ReasonCode::success, now);
        }
        const std::size_t window =
            limits_.max_inflight_messages > 0 ? limits_.max_inflight_messages : 65535;
        if (connection.version == mqtt::Version::v5 && session.received.size() >= window) {
            return fail(connection, ReasonCode::receive_maximum_exceeded, now);
        }
    }
    packet->topic = mount_topic(connection.listener->mount_point, packet->topic, topic_);
    ReasonCode code = check_publish(connection, *packet);
    if (!mqtt::is_error(code)) {
        retained_ticket_ = 0;
        code = pass_on(session, *packet, now);
        if (retained_ticket_ != 0) {
            hold_acknowledgements(connection, retained_ticket_);
        }
    }
    if (mqtt::is_error(code) && log_.wants(LogType::debug)) {
        log_.line(LogType::debug, "Denied PUBLISH from " + session.client_id + " ('" +
                                      std::string(packet->topic) + "', " +
                                      std::string(mqtt::name(code)) + ")");
    }
    if (packet->qos == QoS::at_least_once) {
        acknowledge(connection, PacketType::puback, packet->packet_id, code, now);
    } else if (packet->qos == QoS::exactly_once) {
        if (!mqtt::is_error(code) || connection.version != mqtt::Version::v5) {
            session.received.insert(packet->packet_id);
            if (journal_ != nullptr && session.durable) {
                journal_->received_stored(session.client_id, packet->packet_id);
            }
        }
        acknowledge(connection, PacketType::pubrec, packet->packet_id, code, now);
    }
}

/// Gives a message that may be published to whom it is for; returns what its publisher is told.
mqtt::ReasonCode Broker::pass_on(const Session& session, const mqtt::Publish& packet, Time now) {
    if (is_control_topic(packet.topic)) {
        return answer_control(session, packet, now);
    }
    if (packet.retain && !may_retain(packet.topic, packet.payload.size(), session.client_id, now)) {
        return ReasonCode::quota_exceeded;
    }
    const bool matched = route(make_message(session, packet, now), now);
    // Of QoS 2 it is not told, as in Mosquitto: §3.5.2.1 leaves it to the server.
    return matched || packet.qos == QoS::exactly_once ? ReasonCode::success
                                                      : ReasonCode::no_matching_subscribers;
}

MessageRef Broker::make_message(const Session& session, const mqtt::Publish& packet, Time now) {
    properties_.clear();
    mqtt::encode_forwarded(packet.properties, properties_);
    Message::Origin origin;
    origin.session = session.key;
    if (packet.properties.message_expiry_interval) {
        origin.expiry = now + std::chrono::seconds(*packet.properties.message_expiry_interval);
    }
    if (packet_ != nullptr && !packet.retain) {
        if (auto message = MessageRef::adopt(*packet_, packet.topic, properties_, packet.payload,
                                             packet.qos, origin)) {
            return message;
        }
    }
    return MessageRef::create(packet.topic, properties_, packet.payload, packet.qos, packet.retain,
                              origin, packet.retain ? publisher_of(session) : Publisher{});
}

Publisher Broker::publisher_of(const Session& session) const {
    return {session.client_id, session.user_name.view(), session.has_user_name(),
            realm_name(session.realm)};
}

bool Broker::resolve_alias(Connection& connection, mqtt::Publish& packet, Time now) {
    if (!packet.topic_alias) {
        return true;
    }
    const std::uint16_t alias = *packet.topic_alias;
    if (alias == 0 || alias > connection.listener->max_topic_alias) {
        fail(connection, ReasonCode::topic_alias_invalid, now);
        return false;
    }
    if (!connection.aliases) {
        connection.aliases = std::make_unique<TopicAliases>();
    }
    auto& topics = connection.aliases->incoming;
    if (topics.size() < alias) {
        topics.resize(alias);
    }
    std::string& topic = topics[alias - 1U];
    if (!packet.topic.empty()) {
        topic = packet.topic;
    } else if (topic.empty()) {
        fail(connection, ReasonCode::protocol_error, now, "a topic alias that was not set");
        return false;
    }
    packet.topic = topic;
    return true;
}

mqtt::ReasonCode Broker::check_publish(const Connection& connection,
                                       const mqtt::Publish& packet) const {
    if (limits_.message_size_limit > 0 && packet.payload.size() > limits_.message_size_limit) {
        return ReasonCode::implementation_specific_error;  // PUBACK has no code for a size
    }
    if (packet.topic.size() > 65'535) {
        return ReasonCode::topic_name_invalid;  // with its mount point
    }
    const Session& session = *connection.session;
    if (is_reserved_topic(packet.topic) || !may_write(session.grant, packet.topic)) {
        return ReasonCode::not_authorized;
    }
    return ReasonCode::success;
}

void Broker::acknowledge(Connection& connection, PacketType type, mqtt::PacketId id,
                         ReasonCode code, Time now) {
    bool with_code = connection.version == mqtt::Version::v5 && code != ReasonCode::success;
    if (connection.maximum_packet_size < 5) {  // [MQTT-3.1.2-24]
        with_code = with_code && mqtt::is_error(code);
        if (with_code || connection.maximum_packet_size < 4) {
            return answer_too_large(connection, now);
        }
    }
    auto& out = acknowledgements(connection, type);
    const std::uint8_t flags = type == PacketType::pubrel ? 2 : 0;
    const std::uint8_t bytes[] = {
        static_cast<std::uint8_t>((static_cast<unsigned>(type) << 4U) | flags),
        static_cast<std::uint8_t>(with_code ? 3 : 2),
        static_cast<std::uint8_t>(id >> 8U),
        static_cast<std::uint8_t>(id & 0xFFU),
        static_cast<std::uint8_t>(code),
    };
    out.insert(out.end(), bytes, bytes + (with_code ? 5 : 4));
    if (&out == &connection.outbox.buffer()) {
        touched(connection);
    }
}

/// Where an acknowledgement is written: behind those that wait, if any.
mqtt::Buffer& Broker::acknowledgements(Connection& connection, PacketType type) {
    if (connection.late_acknowledgements == nullptr || type == PacketType::pubrel) {
        return connection.outbox.buffer();
    }
    auto& entry = connection.late_acknowledgements->entries.emplace_back();
    entry.ticket = std::exchange(connection.late_acknowledgements->ticket, 0);
    return entry.packet;
}

/// The acknowledgements to come wait until another shard has answered.
void Broker::hold_acknowledgements(Connection& connection, std::uint64_t ticket) {
    if (connection.late_acknowledgements == nullptr) {
        connection.late_acknowledgements = std::make_unique<LateAcknowledgements>();
    }
    connection.late_acknowledgements->ticket = ticket;
    replies_.awaited[ticket] = {1, [this, id = connection.id, ticket](Time) {
                                    if (Connection* waiting = find(id)) {
                                        release_acknowledgements(*waiting, ticket);
                                    }
                                }};
}

void Broker::release_acknowledgements(Connection& connection, std::uint64_t ticket) {
    auto& entries = connection.late_acknowledgements->entries;
    for (auto& entry : entries) {
        entry.ticket = entry.ticket == ticket ? 0 : entry.ticket;
    }
    auto& out = connection.outbox.buffer();
    while (!entries.empty() && entries.front().ticket == 0) {
        out.insert(out.end(), entries.front().packet.begin(), entries.front().packet.end());
        entries.pop_front();
        touched(connection);
    }
    if (entries.empty()) {
        connection.late_acknowledgements = nullptr;
    }
}

void Broker::handle_pubrel(Connection& connection, const Frame& frame, Time now) {
    const auto packet = mqtt::decode_pubrel(frame, connection.version);
    if (!packet) {
        return fail(connection, packet.error(), now);
    }
    Session& session = *connection.session;
    const bool known = session.received.erase(packet->packet_id);
    if (known && journal_ != nullptr && session.durable) {
        journal_->received_removed(session.client_id, packet->packet_id);
    }
    // One that is not known is answered alike, as in Mosquitto: §3.7.2.1 calls it no error.
    acknowledge(connection, PacketType::pubcomp, packet->packet_id, ReasonCode::success, now);
}

bool Broker::route(const MessageRef& message, Time now) {
    if (message->retain() && limits_.retain_available) {
        store_retained(message, now);
    }
    const Delivered delivered = deliver_local(message, self_, now);
    for (std::uint64_t shards = delivered.shards; shards != 0; shards &= shards - 1) {
        neighbours_->send(static_cast<ShardIndex>(std::countr_zero(shards)),
                          PublishMessage{message.copy()});
    }
    return delivered.matched || delivered.shards != 0;
}

void Broker::store_retained(const MessageRef& message, Time now) {
    const ShardIndex owner = owner_of(message->topic());
    if (owner != self_) {
        neighbours_->note_retained(owner, first_level_of(message->topic()));
        retained_ticket_ = message->qos() == QoS::at_most_once ? 0 : ++replies_.last_ticket;
        return send(owner, StoreRetained{message.copy(), retained_ticket_}, now);
    }
    const bool own = message->topic().starts_with("$SYS/");
    if (message->payload().empty()) {  // [MQTT-3.3.1-6, 7]
        if (retained_.remove(message->topic()) && journal_ != nullptr && !own) {
            journal_->retained_removed(message->topic());
        }
        count_retained();
    } else {
        keep_retained(message);
        if (journal_ != nullptr && !own) {
            journal_->retained_stored(message);
        }
    }
}

void Broker::remove_retained(std::string_view topic, Time now) {
    store_retained(MessageRef::create(topic, {}, {}, QoS::at_most_once, true, {}), now);
}

void Broker::publish_own(std::string_view topic, std::string_view payload, Time now) {
    const mqtt::Bytes bytes(reinterpret_cast<const std::uint8_t*>(payload.data()), payload.size());
    route(MessageRef::create(topic, {}, bytes, QoS::exactly_once, true, {}), now);
}

}  // namespace mq::broker
