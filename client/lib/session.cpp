#include "client/lib/session.hpp"

#include "client/include/mosquitto/defs.h"
#include "mqtt/encode.hpp"

#include <algorithm>

namespace mq::client {

using mqtt::PacketType;
using mqtt::QoS;

namespace {

/// How long we wait for CONNACK when there is no keep alive to go by.
constexpr Time connack_wait_max = 60'000;

constexpr Time milliseconds(std::uint16_t seconds) {
    return Time{seconds} * 1000;
}

}  // namespace

// The connection

void Session::open(Time now) {
    closed();
    phase_ = Phase::connecting;
    wrote_at_ = heard_at_ = now;
    limits_ = {};
    limits_.send_maximum = settings_.send_maximum;
    limits_.keep_alive = settings_.keep_alive;
    log_.add(MOSQ_LOG_DEBUG, "Client %s sending CONNECT", name());
    append_connect(settings_, output_);
}

void Session::closed() {
    phase_ = Phase::idle;
    output_.clear();
    written_.clear();
    written_done_ = 0;
    aliases_ = {};
    pinged_at_.reset();
    outgoing_.rewind();
}

void Session::wrote(std::size_t size, Time now) {
    output_.consume(size);
    wrote_at_ = now;
}

std::size_t Session::incoming_size_max() const {
    const auto& given = settings_.connect_properties;
    const bool limited = v5() && given && given->maximum_packet_size != 0;
    return limited ? given->maximum_packet_size : packet_size_max;
}

// Keep alive

Time Session::silence_max() const {
    return phase_ == Phase::connecting && limits_.keep_alive == 0
               ? connack_wait_max
               : milliseconds(limits_.keep_alive);
}

std::optional<Time> Session::next_tick() const {
    const Time limit = silence_max();
    if (limit == 0 || phase_ == Phase::idle) {
        return std::nullopt;
    }
    if (phase_ == Phase::connecting) {
        return heard_at_ + limit;
    }
    return pinged_at_ ? *pinged_at_ + limit : std::min(wrote_at_, heard_at_) + limit;
}

int Session::tick(Time now) {
    output_.trim();
    const std::optional<Time> due = next_tick();
    if (!due || now < *due) {
        return MOSQ_ERR_SUCCESS;
    }
    if (phase_ != Phase::connected || pinged_at_) {
        return MOSQ_ERR_KEEPALIVE;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s sending PINGREQ", name());
    append_pingreq(output_);
    pinged_at_ = now;
    return MOSQ_ERR_SUCCESS;
}

// Publishing

bool Session::too_large(std::size_t size) const {
    return size > packet_size_max ||
           (limits_.packet_size_max != 0 && size > limits_.packet_size_max);
}

bool Session::queue_is_full(std::size_t size, bool counted) const {
    const bool many = counted && settings_.queued_messages_max != 0 &&
                      outgoing_.count() >= settings_.queued_messages_max;
    const bool large = settings_.queued_bytes_max != 0 &&
                       outgoing_.bytes() + output_.size() + size > settings_.queued_bytes_max;
    return many || large;
}

/// In sequence; one that is in flight is passed over. When all are, the message waits for its own.
mqtt::PacketId Session::next_mid() {
    for (int tries = 0; tries < 65'535; ++tries) {
        if (++last_mid_ == 0) {
            last_mid_ = 1;
        }
        if (outgoing_.in_flight(last_mid_) == nullptr) {
            break;
        }
    }
    return last_mid_;
}

int Session::publish(const Publication& wanted, int* mid) {
    Publication publication = wanted;
    publication.retain = wanted.retain && limits_.retain;
    const std::size_t size = publish_size(publication, settings_.version);
    const bool kept = publication.qos != QoS::at_most_once;
    if (static_cast<std::uint8_t>(publication.qos) > limits_.qos_max) {
        return MOSQ_ERR_QOS_NOT_SUPPORTED;
    }
    if (too_large(size)) {
        return MOSQ_ERR_OVERSIZE_PACKET;
    }
    if (queue_is_full(size, kept)) {
        return MOSQ_ERR_QUOTA_EXCEEDED;
    }
    const mqtt::PacketId id = next_mid();
    if (mid != nullptr) {
        *mid = id;
    }
    if (kept) {
        keep(publication, size, id);
    } else if (is_up()) {
        publish_now(publication, size, id);
    }
    return is_up() ? MOSQ_ERR_SUCCESS : MOSQ_ERR_NO_CONN;
}

void Session::publish_now(const Publication& publication, std::size_t size, mqtt::PacketId mid) {
    written_.push_back({output_.end_place() + size, mid, mqtt::ReasonCode::success});
    log_publish(publication, mid, false);
    write_publish(publication, settings_.version, mid, output_.extend(size));
}

void Session::keep(const Publication& publication, std::size_t size, mqtt::PacketId mid) {
    Outgoing& message = outgoing_.add(mid, publication.qos, size);
    message.with_properties = v5();
    write_publish(publication, settings_.version, mid, message.packet());
    send_waiting();
}

/// Before CONNACK nothing is repeated, since only CONNACK tells whether the session is still there,
/// and nothing is sent with MQTT 5.0, where it tells how much the broker takes.
void Session::send_waiting() {
    const bool early = phase_ == Phase::connecting && !v5() && !outgoing_.any_to_repeat();
    if (phase_ != Phase::connected && !early) {
        return;
    }
    while (Outgoing* const message = outgoing_.next_unsent()) {
        if (outgoing_.in_flight_count() >= limits_.send_maximum ||
            outgoing_.in_flight(message->mid) != nullptr) {
            return;
        }
        if (too_large(message->size)) {
            written_.push_back(
                {output_.begin_place(), message->mid, mqtt::ReasonCode::packet_too_large});
            outgoing_.erase(*message);
        } else {
            send(*message);
        }
    }
}

void Session::send(Outgoing& message) {
    if (message.awaits == Outgoing::Awaits::pubcomp) {
        append_acknowledgement(PacketType::pubrel, message.mid, mqtt::ReasonCode::success,
                               settings_.version, output_);
        log_.add(MOSQ_LOG_DEBUG, "Client %s sending PUBREL (m%u)", name(), message.mid);
    } else {
        constexpr std::uint8_t dup = 0x08;
        std::uint8_t& first = *message.packet();
        first = static_cast<std::uint8_t>(message.sent_before ? first | dup : first & ~dup);
        if (log_.on()) {
            log_repeated(message);
        }
        output_.append(message.bytes());
    }
    outgoing_.mark_sent();
}

void Session::log_publish(const Publication& publication, mqtt::PacketId mid, bool dup) {
    log_.add(MOSQ_LOG_DEBUG,
             "Client %s sending PUBLISH (d%d, q%d, r%d, m%d, '%.*s', ... (%ld bytes))", name(),
             dup ? 1 : 0, static_cast<int>(publication.qos), publication.retain ? 1 : 0, mid,
             static_cast<int>(publication.topic.size()), publication.topic.data(),
             static_cast<long>(publication.payload.size()));
}

std::optional<Session::Completion> Session::next_completion() {
    if (!has_completion()) {
        return std::nullopt;
    }
    const Written& over = written_[written_done_++];
    const Completion completion{over.mid, over.reason};
    if (written_done_ == written_.size()) {
        written_.clear();
        written_done_ = 0;
    }
    return completion;
}

bool Session::has_completion() const {
    return written_done_ < written_.size() &&
           written_[written_done_].place <= output_.begin_place();
}

// Other requests

int Session::subscribe(const SubscribeRequest& request, int* mid) {
    if (!is_up()) {
        return MOSQ_ERR_NO_CONN;
    }
    if (too_large(subscribe_size(request, settings_.version))) {
        return MOSQ_ERR_OVERSIZE_PACKET;
    }
    const mqtt::PacketId id = next_mid();
    if (mid != nullptr) {
        *mid = id;
    }
    for (const std::string_view filter : request.filters) {
        log_.add(MOSQ_LOG_DEBUG,
                 "Client %s sending SUBSCRIBE (Mid: %d, Topic: %.*s, QoS: %d, Options: 0x%02x)",
                 name(), id, static_cast<int>(filter.size()), filter.data(), request.options & 0x03,
                 request.options & 0xFCU);
    }
    append_subscribe(request, settings_.version, id, output_);
    return MOSQ_ERR_SUCCESS;
}

int Session::unsubscribe(const UnsubscribeRequest& request, int* mid) {
    if (!is_up()) {
        return MOSQ_ERR_NO_CONN;
    }
    if (too_large(unsubscribe_size(request, settings_.version))) {
        return MOSQ_ERR_OVERSIZE_PACKET;
    }
    const mqtt::PacketId id = next_mid();
    if (mid != nullptr) {
        *mid = id;
    }
    for (const std::string_view filter : request.filters) {
        log_.add(MOSQ_LOG_DEBUG, "Client %s sending UNSUBSCRIBE (Mid: %d, Topic: %.*s)", name(), id,
                 static_cast<int>(filter.size()), filter.data());
    }
    append_unsubscribe(request, settings_.version, id, output_);
    return MOSQ_ERR_SUCCESS;
}

int Session::disconnect(std::uint8_t reason, mqtt::Bytes properties) {
    if (!is_up()) {
        return phase_ == Phase::leaving ? MOSQ_ERR_SUCCESS : MOSQ_ERR_NO_CONN;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s sending DISCONNECT", name());
    append_disconnect(reason, properties, settings_.version, output_);
    phase_ = Phase::leaving;
    return MOSQ_ERR_SUCCESS;
}

int Session::authenticate(mqtt::Bytes properties) {
    if (!is_up()) {
        return MOSQ_ERR_NO_CONN;
    }
    if (too_large(auth_size(properties))) {
        return MOSQ_ERR_OVERSIZE_PACKET;
    }
    log_.add(MOSQ_LOG_DEBUG, "Client %s sending AUTH (rc%d)", name(),
             static_cast<int>(mqtt::ReasonCode::continue_authentication));
    append_auth(mqtt::ReasonCode::continue_authentication, properties, output_);
    return MOSQ_ERR_SUCCESS;
}

const char* Session::name() const {
    return settings_.client_id ? settings_.client_id->c_str() : "(null)";
}

}  // namespace mq::client
