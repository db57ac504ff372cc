#include "broker/core/broker.hpp"
#include "broker/core/mount_point.hpp"
#include "broker/core/reserved_topic.hpp"
#include "mqtt/encode.hpp"

#include <algorithm>
#include <cassert>
#include <cstdio>
#include <utility>

/// From CONNECT to CONNACK, MQTT 5.0 §3.1.4.
namespace mq::broker {
namespace {

using mqtt::ReasonCode;
using mqtt::Version;

std::string describe(Version version) {
    return std::to_string(static_cast<int>(version));
}

/// 3.1.1 has return codes for some refusals only; where none fits, the connection is closed
/// without an answer [MQTT-3.2.2-6 of 3.1.1].
bool is_answered(ReasonCode code, Version version) {
    return version == Version::v5 ||
           (code != ReasonCode::qos_not_supported && code != ReasonCode::retain_not_supported);
}

/// Whether a will may have this topic. None is a request to the broker: who has sent it would not
/// be there to hear the response.
bool may_leave(const std::shared_ptr<const Grant>& grant, std::string_view topic) {
    return may_write(grant, topic) && !is_control_topic(topic);
}

}  // namespace

void Broker::handle_connect(Connection& connection, const Frame& frame, Time now) {
    ++stats_.connects_received;
    auto packet = mqtt::decode_connect(frame);
    if (!packet) {
        if (packet.error() == ReasonCode::unsupported_protocol_version) {
            // [MQTT-3.1.2-2]; no version is agreed on, so the answer has the form of 3.1.1.
            connection.version = Version::v3_1_1;
            return refuse(connection, packet.error(), now);
        }
        return fail(connection, packet.error(), now);
    }
    connection.version = packet->version;
    connection.state = ConnectionState::awaiting_login;
    if (packet->user_name && packet->user_name->empty()) {
        // Blank fields of a form: Mosquitto takes them for none, too.
        packet->user_name.reset();
        packet->password.reset();
    }
    if (connection.listener->use_identity_as_username) {
        // The client has shown already who it is; what CONNECT says of that does not count.
        packet->user_name = connection.peer.identity();
        packet->password.reset();
    }
    if (const ReasonCode code = check_connect(connection, *packet); mqtt::is_error(code)) {
        return refuse(connection, code, now);
    }
    keep_connect(connection, *packet);
    if (!has_memory(connection.pending->client_id, frame.size, now)) {
        return refuse(connection, ReasonCode::quota_exceeded, now);
    }
    if (packet->authentication_method) {
        return begin_authentication(connection, *packet->authentication_method,
                                    packet->authentication_data.value_or(mqtt::Bytes()), now);
    }
    const LoginRequest request{connection.id,   *connection.listener, connection.pending->client_id,
                               connection.peer, packet->user_name,    packet->password};
    if (const auto answer = access_.login(request)) {
        continue_connect(connection, *answer, now);
    }
}

mqtt::ReasonCode Broker::check_connect(const Connection& connection,
                                       const mqtt::Connect& packet) const {
    const unsigned level_bit = 1U << (static_cast<unsigned>(packet.version) - 3U);
    if ((connection.listener->accept_protocol_versions & level_bit) == 0) {
        return ReasonCode::unsupported_protocol_version;
    }
    if (connection.listener->use_identity_as_username) {
        if (packet.authentication_method) {
            return ReasonCode::bad_authentication_method;  // there is nothing left to prove
        }
        if (packet.user_name.value_or("").empty()) {
            return ReasonCode::bad_user_name_or_password;
        }
    }
    if (packet.client_id.empty() &&
        (packet.version == Version::v3_1 || !connection.listener->allow_zero_length_clientid ||
         (packet.version == Version::v3_1_1 && !packet.clean_start))) {  // [MQTT-3.1.3-8] of 3.1.1
        return ReasonCode::client_identifier_not_valid;
    }
    const auto& prefixes = limits_.clientid_prefixes;
    if (!prefixes.empty() && !connection.listener->owner_only &&
        std::none_of(prefixes.begin(), prefixes.end(), [&](const std::string& prefix) {
            return packet.client_id.starts_with(prefix);
        })) {
        return ReasonCode::not_authorized;
    }
    if (limits_.max_keepalive > 0 && packet.version != Version::v5 &&
        (packet.keep_alive == 0 || packet.keep_alive > limits_.max_keepalive)) {
        return ReasonCode::client_identifier_not_valid;
    }
    return packet.will ? check_will(connection, *packet.will) : ReasonCode::success;
}

mqtt::ReasonCode Broker::check_will(const Connection& connection, const mqtt::Will& will) const {
    const std::string& mount_point = connection.listener->mount_point;
    if (will.qos > connection.listener->max_qos) {  // [MQTT-3.2.2-12]
        return ReasonCode::qos_not_supported;
    }
    if (will.retain && !limits_.retain_available) {  // [MQTT-3.2.2-13]
        return ReasonCode::retain_not_supported;
    }
    if (mount_point.size() + will.topic.size() > 65'535) {
        return ReasonCode::topic_name_invalid;
    }
    return mount_point.empty() && is_reserved_topic(will.topic) ? ReasonCode::not_authorized
                                                                : ReasonCode::success;
}

void Broker::keep_connect(Connection& connection, const mqtt::Connect& packet) {
    auto pending = std::make_unique<PendingConnect>();
    pending->has_user_name = packet.user_name.has_value();
    pending->user_name = packet.user_name.value_or(std::string_view());
    pending->client_id_assigned = packet.client_id.empty();
    pending->client_id = packet.client_id.empty() ? assign_client_id(*connection.listener)
                                                  : std::string(packet.client_id);
    pending->clean_start = packet.clean_start;
    pending->keep_alive = packet.keep_alive;
    pending->receive_maximum = packet.receive_maximum.value_or(65535);
    if (packet.version == Version::v5) {
        pending->session_expiry_interval = packet.session_expiry_interval.value_or(0);
    } else {
        pending->session_expiry_interval = packet.clean_start ? 0 : expiry_never;
    }
    if (limits_.persistent_client_expiration) {
        pending->session_expiry_interval =
            std::min(pending->session_expiry_interval, *limits_.persistent_client_expiration);
    }
    if (packet.will) {
        pending->will = keep_will(*packet.will, *connection.listener);
    }
    connection.maximum_packet_size = packet.maximum_packet_size.value_or(0xFFFFFFFF);
    connection.topic_alias_maximum = packet.topic_alias_maximum.value_or(0);
    connection.problem_information = packet.request_problem_information.value_or(true);
    connection.pending = std::move(pending);
}

std::unique_ptr<StoredWill> Broker::keep_will(const mqtt::Will& will,
                                              const ListenerSettings& listener) {
    auto kept = std::make_unique<StoredWill>();
    mqtt::Buffer properties;
    mqtt::encode_forwarded(will.properties, properties);
    kept->message = MessageRef::create(mount_topic(listener.mount_point, will.topic, topic_),
                                       properties, will.payload, will.qos, will.retain, {});
    kept->delay_seconds = will.delay_interval.value_or(0);
    kept->has_message_expiry = will.properties.message_expiry_interval.has_value();
    kept->message_expiry_seconds = will.properties.message_expiry_interval.value_or(0);
    return kept;
}

std::string Broker::assign_client_id(const ListenerSettings& listener) {
    char text[40];
    for (;;) {
        const std::uint64_t a = random_();
        const std::uint64_t b = random_();
        std::snprintf(text, sizeof text, "%08X-%04X-%04X-%04X-%04X%08X",
                      static_cast<unsigned>(a >> 32U), static_cast<unsigned>((a >> 16U) & 0xFFFFU),
                      static_cast<unsigned>(a & 0xFFFFU), static_cast<unsigned>(b >> 48U),
                      static_cast<unsigned>((b >> 32U) & 0xFFFFU),
                      static_cast<unsigned>(b & 0xFFFFFFFFU));
        std::string id = listener.auto_id_prefix + text;
        if (sessions_.find(std::string_view(id)) == nullptr) {  // [MQTT-3.2.2-16]
            return id;
        }
    }
}

void Broker::continue_connect(Connection& connection, ReasonCode code, Time now) {
    if (mqtt::is_error(code)) {
        return refuse(connection, code, now);
    }
    PendingConnect& wanted = *connection.pending;
    if (connection.listener->use_username_as_clientid) {
        if (wanted.user_name.empty()) {
            return refuse(connection, ReasonCode::not_authorized, now);
        }
        wanted.client_id = wanted.user_name;
    }
    wanted.grant = access_.grant(
        {wanted.client_id, wanted.user_name, wanted.has_user_name, connection.listener->realm});
    if (wanted.will && !may_leave(wanted.grant, wanted.will->message->topic())) {
        return refuse(connection, ReasonCode::not_authorized, now);
    }
    if (limits_.global_max_clients > 0 && !connection.listener->owner_only &&
        others().sessions + sessions_.size() >= limits_.global_max_clients &&
        sessions_.find(std::string_view(connection.pending->client_id)) == nullptr) {
        return connection.version == Version::v5
                   ? refuse(connection, ReasonCode::server_busy, now)
                   : close(connection, mqtt::name(ReasonCode::server_busy), true,
                           now);  // as Mosquitto does
    }
    mqtt::Buffer connack;
    if (!put_answer(connection, make_connack(connection), connack)) {  // [MQTT-3.1.2-24]
        return close(connection, "CONNACK is larger than the client takes", true, now);
    }
    if (shards_ > 1) {
        return claim(connection, now);
    }
    attach(connection, now);
}

void Broker::refuse(Connection& connection, ReasonCode code, Time now) {
    mqtt::Connack packet;
    packet.reason_code = mqtt::fits_connack(code) ? code : ReasonCode::unspecified_error;
    packet.return_code = mqtt::connect_return_code(code);
    if (is_answered(code, connection.version) &&
        put_answer(connection, packet, connection.outbox.buffer())) {
        touched(connection);
    }
    close(connection, mqtt::name(code), true, now);
}

void Broker::attach(Connection& connection, Time now) {
    PendingConnect& wanted = *connection.pending;
    const std::string_view client_id = wanted.client_id;
    if (Session* old = sessions_.find(client_id); old != nullptr && old->connection != nullptr) {
        fail(*old->connection, ReasonCode::session_taken_over, now);  // [MQTT-3.1.4-3]
    }
    Session* session = sessions_.find(client_id);
    if (session != nullptr && wanted.clean_start) {  // [MQTT-3.1.2-4]
        end_session(*session, now);
        session = nullptr;
    }
    const bool session_present = session != nullptr;
    if (session == nullptr) {
        session = &make_session(std::move(wanted.client_id));
    }
    session->will = std::move(wanted.will);  // an old one is not sent any more [MQTT-3.1.3-9]
    session->will_due = never;
    session->expires = never;
    session->connection = &connection;
    session->user_name = wanted.has_user_name ? SmallText(wanted.user_name) : SmallText();
    session->realm = connection.listener->realm;
    session->grant = std::move(wanted.grant);
    session->version = connection.version;
    session->receive_maximum = wanted.receive_maximum;
    session->expiry_interval = wanted.session_expiry_interval;
    session->durable = session->durable || session->expiry_interval > 0;
    connection.session = session;
    connection.state = ConnectionState::open;
    ++stats_.connections;
    journal_session(*session);

    connection.keep_alive_seconds = keep_alive(connection);
    log_connect(connection);
    mqtt::Connack connack = make_connack(connection);
    connack.session_present = session_present;
    answer(connection, connack, now);
    connection.pending.reset();
    if (connection.keep_alive_seconds > 0) {
        arm(connection, now + std::chrono::milliseconds(1500) * connection.keep_alive_seconds);
    }
    members_online(*session, true, now);
    hold_while_searching(connection);
    connection.outlet->resume();
    pump(*session, now);
}

std::uint16_t Broker::keep_alive(const Connection& connection) const {
    const std::uint16_t wanted = connection.pending->keep_alive;
    const bool beyond =
        limits_.max_keepalive > 0 && (wanted == 0 || wanted > limits_.max_keepalive);
    return connection.version == Version::v5 && beyond ? limits_.max_keepalive : wanted;
}

void Broker::log_connect(Connection& connection) const {
    const std::string negotiated =
        connection.peer.tls ? std::exchange(connection.peer.tls->negotiated, {}) : std::string();
    if (!limits_.connection_messages || !log_.wants(LogType::notice)) {
        return;
    }
    const PendingConnect& wanted = *connection.pending;
    std::string line = "New client connected from " + connection.peer.address + ":" +
                       std::to_string(connection.peer.port) + " as " +
                       connection.session->client_id + " (p" + describe(connection.version) +
                       ", c" + (wanted.clean_start ? "1" : "0") + ", k" +
                       std::to_string(connection.keep_alive_seconds);
    line += wanted.has_user_name ? ", u'" + wanted.user_name + "')." : ").";
    log_.line(LogType::notice, line);
    if (!negotiated.empty()) {
        log_.line(LogType::notice,
                  "Client " + connection.session->client_id + " negotiated " + negotiated);
    }
}

/// What the client is told of the server, all but whether its session was there.
mqtt::Connack Broker::make_connack(const Connection& connection) const {
    const PendingConnect& wanted = *connection.pending;
    const ListenerSettings& listener = *connection.listener;
    mqtt::Connack packet;
    if (keep_alive(connection) != wanted.keep_alive) {
        packet.server_keep_alive = keep_alive(connection);
    }
    packet.topic_alias_maximum = listener.max_topic_alias;
    if (wanted.client_id_assigned) {
        packet.assigned_client_identifier =
            connection.session != nullptr ? connection.session->client_id : wanted.client_id;
    }
    if (!limits_.retain_available) {
        packet.retain_available = false;
    }
    if (limits_.max_packet_size > 0) {
        packet.maximum_packet_size = limits_.max_packet_size;
    }
    packet.receive_maximum =
        limits_.max_inflight_messages > 0 ? limits_.max_inflight_messages : std::uint16_t{65535};
    if (listener.max_qos != mqtt::QoS::exactly_once) {
        packet.maximum_qos = static_cast<std::uint8_t>(listener.max_qos);
    }
    if (limits_.persistent_client_expiration &&
        wanted.session_expiry_interval == *limits_.persistent_client_expiration) {
        packet.session_expiry_interval = wanted.session_expiry_interval;
    }
    if (connection.authentication) {  // [MQTT-4.12.0-5]
        packet.authentication_method = connection.authentication->method;
        if (!connection.authentication->connack_data.empty()) {
            packet.authentication_data = connection.authentication->connack_data;
        }
    }
    return packet;
}

void Broker::arm(Connection& connection, Time due) {
    if (due < connection.timer_set) {
        connection.timer_set = due;
        set_timer(due, TimerKind::connection, connection.id);
    }
}

}  // namespace mq::broker
