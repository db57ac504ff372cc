#include "broker/core/broker.hpp"
#include "mqtt/encode.hpp"

#include <cassert>
#include <utility>

/// Enhanced authentication, MQTT 5.0 §4.12: AUTH packets between CONNECT and CONNACK, and again on
/// an open connection. What is in them is the access policy's business.
namespace mq::broker {

void Broker::begin_authentication(Connection& connection, std::string_view method, mqtt::Bytes data,
                                  Time now) {
    const bool again = connection.state == ConnectionState::open;
    const std::string& client_id =
        again ? connection.session->client_id : connection.pending->client_id;
    auto exchange = access_.authenticate(
        {connection.id, *connection.listener, client_id, connection.peer, method, again});
    if (!exchange) {  // [MQTT-4.12.0-1]
        return fail_authentication(connection, ReasonCode::bad_authentication_method, now);
    }
    if (!again) {
        connection.authentication = std::make_unique<Authentication>();
        connection.authentication->method = method;
    }
    connection.authentication->exchange = std::move(exchange);
    take_step(connection, data, now);
}

void Broker::handle_before_connack(Connection& connection, const Frame& frame, Time now) {
    switch (mqtt::packet_type(frame)) {
        case mqtt::PacketType::auth:
            return handle_auth(connection, frame, now);
        case mqtt::PacketType::disconnect:
            return close(connection, "disconnected", true, now);
        default:  // [MQTT-3.1.2-30]
            return fail_authentication(connection, ReasonCode::protocol_error, now,
                                       "neither AUTH nor DISCONNECT while CONNACK waits");
    }
}

void Broker::handle_auth(Connection& connection, const Frame& frame, Time now) {
    const auto packet = mqtt::decode_auth(frame, connection.version);
    if (!packet) {
        return fail_authentication(connection, packet.error(), now);
    }
    const auto mistake = [&](std::string_view detail) {
        fail_authentication(connection, ReasonCode::protocol_error, now, detail);
    };
    const Authentication* under_way = connection.authentication.get();
    if (under_way == nullptr) {  // [MQTT-4.12.0-7]
        return mistake("AUTH without a method in CONNECT");
    }
    if (packet->authentication_method != under_way->method) {  // [MQTT-4.12.0-5, 4.12.1-1]
        return mistake("AUTH with another method than CONNECT");
    }
    const mqtt::Bytes data = packet->authentication_data.value_or(mqtt::Bytes());
    if (packet->reason_code == ReasonCode::continue_authentication) {
        if (!under_way->exchange || under_way->step_pending) {
            return mistake("AUTH continues what nobody waits for");
        }
        return take_step(connection, data, now);
    }
    if (packet->reason_code != ReasonCode::reauthenticate ||
        connection.state != ConnectionState::open || under_way->exchange) {
        return mistake("AUTH with a reason code that does not fit here");
    }
    begin_authentication(connection, under_way->method, data, now);
}

void Broker::take_step(Connection& connection, mqtt::Bytes data, Time now) {
    connection.authentication->step_pending = true;
    if (connection.state == ConnectionState::authenticating) {
        connection.state = ConnectionState::awaiting_login;
    }
    if (auto step = connection.authentication->exchange->step(data)) {
        after_step(connection, std::move(*step), now);
    }
}

void Broker::authentication_done(ConnectionId id, AuthStep step, Time now) {
    Connection* connection = find(id);
    if (connection != nullptr && connection->state != ConnectionState::closing &&
        connection->authentication && connection->authentication->step_pending) {
        after_step(*connection, std::move(step), now);
    }
}

void Broker::after_step(Connection& connection, AuthStep step, Time now) {
    connection.authentication->step_pending = false;
    if (step.code == ReasonCode::continue_authentication) {  // [MQTT-4.12.0-2]
        if (connection.state == ConnectionState::awaiting_login) {
            connection.state = ConnectionState::authenticating;
            connection.outlet->resume();
        }
        return send_auth(connection, step.code, step.data, now);
    }
    connection.authentication->exchange.reset();
    if (mqtt::is_error(step.code)) {  // [MQTT-4.12.0-4, 4.12.1-2]
        return fail_authentication(connection, step.code, now);
    }
    assert(step.code == ReasonCode::success);
    authenticated(connection, std::move(step), now);
}

void Broker::authenticated(Connection& connection, AuthStep step, Time now) {
    if (connection.state == ConnectionState::open) {
        if (connection.session->user_name.view() != step.user_name) {
            return fail_authentication(connection, ReasonCode::not_authorized, now,
                                       "re-authentication as another user");
        }
        return send_auth(connection, ReasonCode::success, step.data, now);
    }
    PendingConnect& wanted = *connection.pending;
    if (wanted.has_user_name && wanted.user_name != step.user_name) {
        return fail_authentication(connection, ReasonCode::not_authorized, now,
                                   "authentication as another user than CONNECT names");
    }
    wanted.user_name = std::move(step.user_name);
    wanted.has_user_name = true;
    connection.authentication->connack_data = std::move(step.data);
    continue_connect(connection, ReasonCode::success, now);
}

void Broker::send_auth(Connection& connection, ReasonCode code, mqtt::Bytes data, Time now) {
    mqtt::Auth packet;
    packet.reason_code = code;
    packet.authentication_method = connection.authentication->method;  // [MQTT-4.12.0-5]
    if (!data.empty()) {
        packet.authentication_data = data;
    }
    if (!put_answer(connection, packet, connection.outbox.buffer())) {  // [MQTT-3.1.2-24]
        return fail_authentication(connection, ReasonCode::packet_too_large, now);
    }
    touched(connection);
}

void Broker::fail_authentication(Connection& connection, ReasonCode code, Time now,
                                 std::string_view detail) {
    if (connection.state == ConnectionState::open) {
        // DISCONNECT has no code of its own for a bad method, MQTT 5.0 §3.14.2.1.
        const bool sayable = code != ReasonCode::bad_authentication_method;
        return fail(connection, sayable ? code : ReasonCode::not_authorized, now, detail);
    }
    log_mistake(connection, detail);
    refuse(connection, code, now);
}

}  // namespace mq::broker
