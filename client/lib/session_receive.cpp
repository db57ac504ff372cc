#include "client/include/mosquitto/defs.h"
#include "client/lib/session.hpp"
#include "mqtt/decode.hpp"

#include <algorithm>

/// The half of Session that handles the broker's packets.
namespace mq::client {

using mqtt::Bytes;
using mqtt::Frame;
using mqtt::PacketType;
using mqtt::QoS;
using mqtt::ReasonCode;

namespace {

int error_of(ReasonCode reason) {
    switch (reason) {
        case ReasonCode::malformed_packet:
            return MOSQ_ERR_MALFORMED_PACKET;
        case ReasonCode::packet_too_large:
            return MOSQ_ERR_OVERSIZE_PACKET;
        default:
            return MOSQ_ERR_PROTOCOL;
    }
}

/// The property list at `offset` of a body that was decoded, without the length before it; empty
/// when the body ends before.
Bytes properties_at(const Frame& frame, std::size_t offset) {
    if (frame.body.size() <= offset) {
        return {};
    }
    std::size_t size = 0;
    unsigned shift = 0;
    std::uint8_t byte = 0;
    do {
        byte = frame.body[offset++];
        size |= static_cast<std::size_t>(byte & 0x7FU) << shift;
        shift += 7;
    } while ((byte & 0x80U) != 0);
    return frame.body.subspan(offset, size);
}

std::unique_ptr<Incoming> copy_of(const mqtt::Publish& packet) {
    auto copy = std::make_unique<Incoming>();
    const Bytes properties = packet.properties.received_list;
    copy->mid = packet.packet_id;
    copy->retain = packet.retain;
    copy->topic = packet.topic;
    copy->bytes.reserve(properties.size() + packet.payload.size() + 1);
    copy->bytes.assign(properties.begin(), properties.end());
    copy->bytes.insert(copy->bytes.end(), packet.payload.begin(), packet.payload.end());
    copy->bytes.push_back(0);
    copy->properties_size = properties.size();
    return copy;
}

void tell(const mqtt::Publish& packet, Event& event) {
    event.kind = Event::Kind::message;
    event.message = {
        packet.packet_id, packet.qos, packet.retain, packet.topic, packet.properties.received_list,
        packet.payload};
}

void tell(std::unique_ptr<Incoming> kept, Event& event) {
    event.kind = Event::Kind::message;
    event.message = {kept->mid,   QoS::exactly_once,  kept->retain,
                     kept->topic, kept->properties(), kept->payload()};
    event.kept = std::move(kept);
}

}  // namespace

void Session::receive(const Frame& frame, Time now, Event& event) {
    heard_at_ = now;
    if (phase_ == Phase::connecting) {
        receive_first(frame, event);
    } else {
        receive_later(frame, event);
    }
}

bool Session::may_begin_with(std::uint8_t first_byte) const {
    if (phase_ != Phase::connecting) {
        return true;
    }
    const auto type = static_cast<PacketType>(first_byte >> 4U);
    return type == PacketType::connack || type == PacketType::auth ||
           type == PacketType::disconnect;
}

/// Before CONNACK there is nothing but CONNACK, and AUTH with MQTT 5.0 [MQTT-3.2.0-1].
void Session::receive_first(const Frame& frame, Event& event) {
    switch (mqtt::packet_type(frame)) {
        case PacketType::connack:
            return on_connack(frame, event);
        case PacketType::auth:
            return on_auth(frame, event);
        case PacketType::disconnect:
            return on_disconnect(frame, event);
        default:
            event.result = MOSQ_ERR_PROTOCOL;
    }
}

void Session::receive_later(const Frame& frame, Event& event) {
    switch (mqtt::packet_type(frame)) {
        case PacketType::publish:
            return on_publish(frame, event);
        case PacketType::puback:
            return on_puback(frame, event);
        case PacketType::pubrec:
            return on_pubrec(frame, event);
        case PacketType::pubrel:
            return on_pubrel(frame, event);
        case PacketType::pubcomp:
            return on_pubcomp(frame, event);
        case PacketType::suback:
            return on_suback(frame, event);
        case PacketType::unsuback:
            return on_unsuback(frame, event);
        case PacketType::pingresp:
            event.result = mqtt::decode_ping(frame) ? MOSQ_ERR_SUCCESS : MOSQ_ERR_MALFORMED_PACKET;
            pinged_at_.reset();
            log_.add(MOSQ_LOG_DEBUG, "Client %s received PINGRESP", name());
            return;
        case PacketType::disconnect:
            return on_disconnect(frame, event);
        case PacketType::auth:
            return on_auth(frame, event);
        default:
            event.result = MOSQ_ERR_PROTOCOL;
    }
}

// CONNACK

void Session::on_connack(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_connack(frame, settings_.version);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    const int code =
        v5() ? static_cast<int>(packet->reason_code) : static_cast<int>(packet->return_code);
    const bool id_is_right = code != 0 || take_assigned_id(*packet);
    log_.add(MOSQ_LOG_DEBUG, "Client %s received CONNACK (%d)", name(), code);
    if (!id_is_right) {
        event.result = MOSQ_ERR_PROTOCOL;
        return;
    }
    event.kind = Event::Kind::connack;
    event.code = code;
    event.flags = packet->session_present ? 1 : 0;
    event.properties = v5() ? properties_at(frame, 2) : Bytes();
    if (code == 0) {
        accept(*packet);
    } else {
        event.result = v5() ? MOSQ_ERR_PROTOCOL : MOSQ_ERR_CONN_REFUSED;
    }
}

/// False when the broker assigns an id though we have one [MQTT-3.2.2-16].
bool Session::take_assigned_id(const mqtt::Connack& packet) {
    if (!packet.assigned_client_identifier) {
        return true;
    }
    if (settings_.client_id) {
        return false;
    }
    settings_.client_id = std::string(*packet.assigned_client_identifier);
    return true;
}

void Session::accept(const mqtt::Connack& packet) {
    phase_ = Phase::connected;
    limits_.packet_size_max = packet.maximum_packet_size.value_or(0);
    limits_.send_maximum =
        std::min(settings_.send_maximum, packet.receive_maximum.value_or(settings_.send_maximum));
    limits_.keep_alive = packet.server_keep_alive.value_or(settings_.keep_alive);
    limits_.qos_max = packet.maximum_qos.value_or(2);
    limits_.retain = packet.retain_available.value_or(true);
    const bool flag_known = settings_.version != mqtt::Version::v3_1;
    resume(flag_known ? packet.session_present : !settings_.clean);
}

/// Sends what waits. A new session knows nothing of what an earlier one was told: that begins anew
/// [MQTT-3.2.2-5].
void Session::resume(bool session_present) {
    if (!session_present) {
        incoming_.clear();
        outgoing_.forget_progress();
    }
    send_waiting();
}

// PUBLISH from the broker

void Session::on_publish(const Frame& frame, Event& event) {
    auto packet = mqtt::decode_publish(frame, settings_.version, mqtt::Receiver::client);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    if (v5()) {
        event.result = resolve_alias(*packet);
        if (event.result != MOSQ_ERR_SUCCESS) {
            return;
        }
    }
    if (log_.on()) {
        log_.add(MOSQ_LOG_DEBUG,
                 "Client %s received PUBLISH (d%d, q%d, r%d, m%d, '%.*s', ... (%ld bytes))", name(),
                 packet->dup ? 1 : 0, static_cast<int>(packet->qos), packet->retain ? 1 : 0,
                 packet->packet_id, static_cast<int>(packet->topic.size()), packet->topic.data(),
                 static_cast<long>(packet->payload.size()));
    }
    if (packet->qos == QoS::exactly_once) {
        event.result = keep_incoming(*packet);
        return;
    }
    if (packet->qos == QoS::at_least_once) {
        acknowledge(PacketType::puback, packet->packet_id);
    }
    tell(*packet, event);
}

/// Learns an alias, or puts the topic in its place (§3.3.2.3.4). At most as many as we allowed.
int Session::resolve_alias(mqtt::Publish& packet) {
    if (!packet.topic_alias) {
        return MOSQ_ERR_SUCCESS;
    }
    const auto& given = settings_.connect_properties;
    const std::size_t allowed = given ? given->topic_alias_maximum : 0;
    const std::size_t place = *packet.topic_alias - std::size_t{1};
    if (place >= allowed) {
        return MOSQ_ERR_PROTOCOL;  // [MQTT-3.3.2-9]
    }
    if (!packet.topic.empty()) {
        aliases_.resize(std::max(aliases_.size(), place + 1));
        aliases_[place] = packet.topic;
    } else if (place < aliases_.size() && !aliases_[place].empty()) {
        packet.topic = aliases_[place];
    } else {
        return MOSQ_ERR_PROTOCOL;
    }
    return MOSQ_ERR_SUCCESS;
}

int Session::keep_incoming(const mqtt::Publish& packet) {
    const auto& given = settings_.connect_properties;
    const std::size_t allowed =
        given && given->receive_maximum ? *given->receive_maximum : settings_.receive_maximum;
    const bool is_new = !incoming_.contains(packet.packet_id);
    if (v5() && is_new && incoming_.size() >= allowed) {
        return MOSQ_ERR_PROTOCOL;  // the broker has sent more than our receive maximum
    }
    if (is_new) {
        incoming_.add(copy_of(packet));
    }
    acknowledge(PacketType::pubrec, packet.packet_id);
    return MOSQ_ERR_SUCCESS;
}

void Session::on_pubrel(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_pubrel(frame, settings_.version);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s received PUBREL (Mid: %d)", name(), packet->packet_id);
    acknowledge(PacketType::pubcomp, packet->packet_id);
    if (auto kept = incoming_.take(packet->packet_id)) {
        tell(std::move(kept), event);
    }
}

void Session::acknowledge(PacketType type, mqtt::PacketId mid) {
    switch (type) {
        case PacketType::puback:
            log_.add(MOSQ_LOG_DEBUG, "Client %s sending PUBACK (m%d, rc0)", name(), mid);
            break;
        case PacketType::pubrec:
            log_.add(MOSQ_LOG_DEBUG, "Client %s sending PUBREC (m%d, rc0)", name(), mid);
            break;
        case PacketType::pubrel:
            log_.add(MOSQ_LOG_DEBUG, "Client %s sending PUBREL (m%d)", name(), mid);
            break;
        default:
            log_.add(MOSQ_LOG_DEBUG, "Client %s sending PUBCOMP (m%d)", name(), mid);
            break;
    }
    append_acknowledgement(type, mid, ReasonCode::success, settings_.version, output_);
}

// Answers to what we published

void Session::on_puback(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_puback(frame, settings_.version);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s received PUBACK (Mid: %d, RC:%d)", name(),
             packet->packet_id, static_cast<int>(packet->reason_code));
    Outgoing* const message = outgoing_.in_flight(packet->packet_id);
    if (message == nullptr) {
        return warn_unknown("PUBACK", packet->packet_id);
    }
    if (message->awaits != Outgoing::Awaits::puback) {
        event.result = MOSQ_ERR_PROTOCOL;
        return;
    }
    complete(*message, packet->reason_code, v5() ? properties_at(frame, 3) : Bytes(), event);
}

void Session::on_pubrec(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_pubrec(frame, settings_.version);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s received PUBREC (Mid: %d)", name(), packet->packet_id);
    Outgoing* const message = outgoing_.in_flight(packet->packet_id);
    if (message == nullptr) {
        warn_unknown("PUBREC", packet->packet_id);
        return acknowledge(PacketType::pubrel, packet->packet_id);
    }
    if (message->awaits == Outgoing::Awaits::puback) {
        event.result = MOSQ_ERR_PROTOCOL;
        return;
    }
    if (static_cast<int>(packet->reason_code) >= 0x80) {
        return complete(*message, packet->reason_code, properties_at(frame, 3), event);
    }
    message->awaits = Outgoing::Awaits::pubcomp;
    acknowledge(PacketType::pubrel, packet->packet_id);
}

void Session::on_pubcomp(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_pubcomp(frame, settings_.version);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s received PUBCOMP (Mid: %d, RC:%d)", name(),
             packet->packet_id, static_cast<int>(packet->reason_code));
    Outgoing* const message = outgoing_.in_flight(packet->packet_id);
    if (message == nullptr) {
        return warn_unknown("PUBCOMP", packet->packet_id);
    }
    if (message->awaits != Outgoing::Awaits::pubcomp) {
        event.result = MOSQ_ERR_PROTOCOL;
        return;
    }
    complete(*message, packet->reason_code, v5() ? properties_at(frame, 3) : Bytes(), event);
}

void Session::complete(Outgoing& message, ReasonCode reason, Bytes properties, Event& event) {
    event.kind = Event::Kind::published;
    event.mid = message.mid;
    event.code = static_cast<int>(reason);
    event.properties = properties;
    outgoing_.erase(message);
    send_waiting();
}

void Session::warn_unknown(const char* packet, mqtt::PacketId mid) {
    log_.add(MOSQ_LOG_WARNING,
             "Warning: Received %s from %s for an unknown packet identifier (%d).", packet, name(),
             mid);
}

// Others

void Session::on_suback(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_suback(frame, settings_.version);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s received SUBACK", name());
    event.kind = Event::Kind::suback;
    event.mid = packet->packet_id;
    event.codes = packet->reason_codes;
    event.properties = v5() ? properties_at(frame, 2) : Bytes();
}

void Session::on_unsuback(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_unsuback(frame, settings_.version);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s received UNSUBACK", name());
    event.kind = Event::Kind::unsuback;
    event.mid = packet->packet_id;
    event.codes = packet->reason_codes;
    event.properties = v5() ? properties_at(frame, 2) : Bytes();
}

void Session::on_disconnect(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_disconnect(frame, settings_.version, mqtt::Receiver::client);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    log_.add(MOSQ_LOG_DEBUG, "Received DISCONNECT (%d)", static_cast<int>(packet->reason_code));
    event.kind = Event::Kind::disconnect;
    event.code = static_cast<int>(packet->reason_code);
    event.properties = properties_at(frame, 1);
}

/// Only "continue" asks something of the application; "success" ends a re-authentication.
void Session::on_auth(const Frame& frame, Event& event) {
    const auto packet = mqtt::decode_auth(frame, settings_.version);
    if (!packet) {
        event.result = error_of(packet.error());
        return;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s received AUTH (rc%d)", name(),
             static_cast<int>(packet->reason_code));
    if (packet->reason_code != ReasonCode::continue_authentication) {
        return;
    }
    event.kind = Event::Kind::auth;
    event.code = static_cast<int>(packet->reason_code);
    event.method = packet->authentication_method.value_or(std::string_view());
    event.data = packet->authentication_data.value_or(Bytes());
    event.properties = properties_at(frame, 1);
}

void Session::log_repeated(Outgoing& message) {
    const std::uint8_t first = *message.packet();
    const auto framing = mqtt::cut_frame(message.bytes(), packet_size_max);
    const auto version = message.with_properties ? mqtt::Version::v5 : mqtt::Version::v3_1_1;
    const auto packet = mqtt::decode_publish(framing->frame, version, mqtt::Receiver::server);
    if (packet) {
        log_publish({packet->topic, packet->payload, {}, packet->qos, packet->retain}, message.mid,
                    (first & 0x08U) != 0);
    }
}

}  // namespace mq::client
