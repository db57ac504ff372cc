#include "broker/core/broker.hpp"

/// What clients answer to the messages that they get, MQTT 5.0 §4.3.
namespace mq::broker {

using mqtt::PacketType;
using mqtt::QoS;

void Broker::handle_acknowledgement(Connection& connection, const Frame& frame, Time now) {
    const PacketType type = mqtt::packet_type(frame);
    const auto take = [&](const auto& packet) {
        if (packet) {
            acknowledged(*connection.session, type, packet->packet_id, packet->reason_code, now);
        } else {
            fail(connection, packet.error(), now);
        }
    };
    if (type == PacketType::puback) {
        take(mqtt::decode_puback(frame, connection.version));
    } else if (type == PacketType::pubrec) {
        take(mqtt::decode_pubrec(frame, connection.version));
    } else {
        take(mqtt::decode_pubcomp(frame, connection.version));
    }
}

void Broker::acknowledged(Session& session, PacketType type, mqtt::PacketId id, ReasonCode code,
                          Time now) {
    Connection& connection = *session.connection;
    Outgoing* entry = session.inflight.find(id);
    if (entry != nullptr && (entry->qos == QoS::at_least_once) != (type == PacketType::puback)) {
        return fail(connection, ReasonCode::protocol_error, now,
                    "an acknowledgement that does not fit the QoS of its message");
    }
    if (type == PacketType::pubrec && !mqtt::is_error(code)) {  // [MQTT-4.3.3-4]
        if (entry != nullptr && entry->state != EntryState::received) {
            entry->state = EntryState::received;
            if (journal_ != nullptr && entry->number != 0) {
                journal_->entry_state(session.client_id, entry->number, EntryState::received, id);
            }
        }
        // One that is not known is answered alike, as in Mosquitto: §3.6.2.1 calls it no error.
        return acknowledge(connection, PacketType::pubrel, id, ReasonCode::success, now);
    }
    if (entry == nullptr || (type == PacketType::pubcomp && entry->state != EntryState::received)) {
        return;
    }
    finish(session, *entry);
    pump(session, now);
}

void Broker::finish(Session& session, Outgoing& entry) {
    --stats_.queued_messages;
    stats_.queued_bytes -= entry.held_bytes();
    if (journal_ != nullptr && entry.number != 0) {
        journal_->entry_removed(session.client_id, entry.number);
    }
    session.inflight.finish(entry);
}

}  // namespace mq::broker
