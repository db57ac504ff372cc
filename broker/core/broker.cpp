#include "broker/core/broker.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

namespace mq::broker {
namespace {

/// Largest packet that the protocol can express.
constexpr std::size_t packet_bytes_max = 268'435'460;
/// CONNECT, before which nothing is known of the client, AUTH, and subscriptions of 5.0, as far as
/// they may be: 100,000 bytes behind a fixed header of four, as in Mosquitto.
constexpr std::size_t request_bytes_max = 100'004;
/// Whatever has no payload: 10,000 bytes behind three.
constexpr std::size_t answer_bytes_max = 10'003;

/// The limit that the packet's type alone lays down.
std::size_t size_max_of(mqtt::PacketType type, mqtt::Version version) {
    using mqtt::PacketType;
    switch (type) {
        case PacketType::publish:
            return packet_bytes_max;
        case PacketType::connect:
        case PacketType::auth:
            return request_bytes_max;
        case PacketType::subscribe:
        case PacketType::unsubscribe:
            return version == mqtt::Version::v5 ? request_bytes_max : packet_bytes_max;
        default:
            return answer_bytes_max;
    }
}

std::uint32_t slot_of(ConnectionId id) {
    return static_cast<std::uint32_t>(id);
}

}  // namespace

Broker::Broker(const BrokerSetup& setup, Time now)
    : limits_(*setup.limits),
      access_(*setup.access),
      realms_(setup.realms),
      journal_(setup.journal),
      control_(setup.control),
      neighbours_(setup.neighbours),
      log_(*setup.log),
      version_(setup.version),
      self_(setup.self),
      shards_(setup.shards),
      random_(setup.seed),
      interest_(setup.shards),
      search_nodes_(setup.limits->retained_search_nodes),
      errand_nodes_(setup.limits->retained_search_nodes),
      sys_topics_(setup.shards, now) {
    assert(shards_ == 1 || neighbours_ != nullptr);
    heap_bytes_ = setup.heap_bytes;
    set_periods(now, now);
}

Broker::~Broker() = default;

Connection& Broker::open(Outlet& outlet, const ListenerSettings& listener, Peer peer, Time now) {
    Connection& connection = add(std::make_unique<Connection>());
    connection.outlet = &outlet;
    connection.listener = &listener;
    connection.peer = std::move(peer);
    connection.last_received = now;
    ++stats_.sockets_accepted;
    arm(connection, now + std::chrono::seconds(limits_.connect_timeout));
    return connection;
}

Connection& Broker::add(std::unique_ptr<Connection> connection) {
    std::uint32_t slot = 0;
    if (free_slots_.empty()) {
        slot = static_cast<std::uint32_t>(connections_.size());
        connections_.emplace_back();
    } else {
        slot = free_slots_.back();
        free_slots_.pop_back();
    }
    ++generation_;
    connection->id = (std::uint64_t{generation_} << 32U) | slot;
    outbox_bytes_ += connection->accounted;
    connections_[slot] = std::move(connection);
    return *connections_[slot];
}

std::unique_ptr<Connection> Broker::forget(Connection& connection) {
    outbox_bytes_ -= connection.accounted;
    const std::uint32_t slot = slot_of(connection.id);
    free_slots_.push_back(slot);
    return std::move(connections_[slot]);
}

Connection* Broker::find(ConnectionId id) {
    const std::uint32_t slot = slot_of(id);
    if (slot >= connections_.size() || !connections_[slot] || connections_[slot]->id != id) {
        return nullptr;
    }
    return connections_[slot].get();
}

std::size_t Broker::receive(Connection& connection, mqtt::Bytes bytes, Time now) {
    std::size_t consumed = 0;
    while (consumed < bytes.size() && connection.state != ConnectionState::awaiting_login &&
           !connection.held) {
        if (connection.state == ConnectionState::closing) {
            return bytes.size();
        }
        if (connection.state == ConnectionState::awaiting_connect &&
            bytes[consumed] >> 4U != static_cast<unsigned>(mqtt::PacketType::connect)) {
            fail(connection, ReasonCode::protocol_error, now,
                 "the first packet is not CONNECT");  // [MQTT-3.1.0-1]
            return bytes.size();
        }
        const auto framing =
            mqtt::cut_frame(bytes.subspan(consumed), size_max(connection, bytes[consumed]));
        if (!framing) {
            fail(connection, framing.error(), now);
            return bytes.size();
        }
        if (framing->kind == mqtt::Framing::Kind::incomplete) {
            break;
        }
        consumed += framing->frame.size;
        stats_.bytes_received += framing->frame.size;
        ++stats_.packets_received;
        connection.last_received = now;
        handle(connection, framing->frame, now);
    }
    return connection.state == ConnectionState::closing ? bytes.size() : consumed;
}

std::size_t Broker::receive(Connection& connection, PacketBlock& packet, Time now) {
    packet_ = &packet;
    const std::size_t consumed = receive(connection, {packet.bytes(), packet.capacity()}, now);
    packet_ = nullptr;
    return consumed;
}

std::size_t Broker::size_max(const Connection& connection, std::uint8_t first_byte) const {
    const std::size_t by_type =
        size_max_of(static_cast<mqtt::PacketType>(first_byte >> 4U), connection.version);
    return limits_.max_packet_size > 0 ? std::min<std::size_t>(by_type, limits_.max_packet_size)
                                       : by_type;
}

void Broker::handle(Connection& connection, const Frame& frame, Time now) {
    using mqtt::PacketType;
    if (connection.state == ConnectionState::awaiting_connect) {
        return handle_connect(connection, frame, now);
    }
    if (connection.state == ConnectionState::authenticating) {
        return handle_before_connack(connection, frame, now);
    }
    switch (mqtt::packet_type(frame)) {
        case PacketType::publish:
            return handle_publish(connection, frame, now);
        case PacketType::puback:
        case PacketType::pubrec:
        case PacketType::pubcomp:
            return handle_acknowledgement(connection, frame, now);
        case PacketType::pubrel:
            return handle_pubrel(connection, frame, now);
        case PacketType::subscribe:
            return handle_subscribe(connection, frame, now);
        case PacketType::unsubscribe:
            return handle_unsubscribe(connection, frame, now);
        case PacketType::pingreq:
            if (const auto ping = mqtt::decode_ping(frame); !ping) {
                return fail(connection, ping.error(), now);
            }
            return answer(connection, mqtt::Pingresp{}, now);
        case PacketType::disconnect:
            return handle_disconnect(connection, frame, now);
        case PacketType::connect:  // [MQTT-3.1.0-2]
            return fail(connection, ReasonCode::protocol_error, now, "a second CONNECT");
        case PacketType::auth:
            return handle_auth(connection, frame, now);
        default:
            return fail(connection, ReasonCode::protocol_error, now,
                        "a packet that a client may not send here");
    }
}

void Broker::handle_disconnect(Connection& connection, const Frame& frame, Time now) {
    const auto packet = mqtt::decode_disconnect(frame, connection.version, mqtt::Receiver::server);
    if (!packet) {
        return fail(connection, packet.error(), now);
    }
    Session& session = *connection.session;
    if (packet->session_expiry_interval) {
        // A session that was to end with its connection cannot be prolonged, MQTT 5.0 §3.14.2.2.2.
        if (session.expiry_interval == 0 && *packet->session_expiry_interval != 0) {
            return fail(connection, ReasonCode::protocol_error, now,
                        "session expiry interval raised from 0");
        }
        session.expiry_interval = *packet->session_expiry_interval;
        if (limits_.persistent_client_expiration) {
            session.expiry_interval =
                std::min(session.expiry_interval, *limits_.persistent_client_expiration);
        }
    }
    // [MQTT-3.14.4-3]
    close(connection, "disconnected", packet->reason_code == ReasonCode::success, now);
}

void Broker::fail(Connection& connection, ReasonCode code, Time now, std::string_view detail) {
    if (connection.state == ConnectionState::closing) {
        return;
    }
    if (connection.state == ConnectionState::open && connection.version == mqtt::Version::v5) {
        mqtt::Disconnect packet;
        packet.reason_code = mqtt::fits_disconnect(code) ? code : ReasonCode::unspecified_error;
        if (put_answer(connection, packet, connection.outbox.buffer())) {
            touched(connection);
        }
    }
    log_mistake(connection, detail);
    close(connection, mqtt::name(code), false, now);
}

void Broker::log_mistake(const Connection& connection, std::string_view detail) {
    if (!detail.empty() && log_.wants(LogType::information)) {
        log_.line(LogType::information,
                  "Protocol error from " +
                      (connection.session != nullptr ? connection.session->client_id
                                                     : connection.peer.address) +
                      ": " + std::string(detail) + ".");
    }
}

void Broker::close(Connection& connection, std::string_view reason, bool discard_will, Time now) {
    if (connection.state == ConnectionState::closing) {
        return;
    }
    log_disconnect(connection, reason);
    connection.state = ConnectionState::closing;
    if (connection.session != nullptr) {
        detach(*connection.session, discard_will, now);
    }
    connection.outlet->close_later();
}

void Broker::closed(Connection& connection, std::string_view reason, Time now) {
    if (connection.state != ConnectionState::closing) {
        log_disconnect(connection,
                       reason.empty() ? std::string_view("connection closed by client") : reason);
        connection.state = ConnectionState::closing;
        if (connection.session != nullptr) {
            detach(*connection.session, false, now);
        }
    }
    forget(connection);
}

void Broker::log_disconnect(const Connection& connection, std::string_view reason) {
    if (!limits_.connection_messages || !log_.wants(LogType::notice)) {
        return;
    }
    const std::string peer = connection.peer.address + ":" + std::to_string(connection.peer.port);
    std::string line = "Client ";
    if (connection.session != nullptr) {
        line += connection.session->client_id + " [" + peer + "]";
    } else if (connection.pending) {
        line += connection.pending->client_id + " [" + peer + "]";
    } else {
        line += peer;
    }
    line +=
        reason == "disconnected" ? " disconnected." : " disconnected: " + std::string(reason) + ".";
    log_.line(LogType::notice, line);
}

void Broker::touched(Connection& connection) {
    connection.outbox.appended();
    outbox_bytes_ += connection.outbox.size() - connection.accounted;
    connection.accounted = connection.outbox.size();
    ++stats_.packets_sent;
    if (!connection.flush_asked) {
        connection.flush_asked = true;
        connection.outlet->flush_later();
    }
}

void Broker::answer_too_large(Connection& connection, Time now) {
    fail(connection, ReasonCode::packet_too_large, now, "an answer larger than the client takes");
}

void Broker::flushed(Connection& connection, std::size_t bytes, Time now) {
    stats_.bytes_sent += bytes;
    outbox_bytes_ -= connection.accounted - connection.outbox.size();
    connection.accounted = connection.outbox.size();
    connection.flush_asked = !connection.outbox.empty();
    if (connection.state == ConnectionState::open && connection.outbox.empty()) {
        connection.drop_logged = false;
        pump(*connection.session, now);
    }
}

void Broker::login_done(ConnectionId id, ReasonCode code, Time now) {
    Connection* connection = find(id);
    if (connection != nullptr && connection->state == ConnectionState::awaiting_login) {
        continue_connect(*connection, code, now);
    }
}

void Broker::refresh_access() {
    sessions_.for_each([&](Session& session) {
        if (session.connection != nullptr) {
            session.realm = session.connection->listener->realm;
        }
        ask_grant(session);
    });
}

void Broker::review_clients(const Verdict& verdict, Time now) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        Connection* connection = connections_[i].get();
        if (connection == nullptr || connection->state == ConnectionState::closing) {
            continue;
        }
        if (const auto code = verdict(*connection)) {
            fail(*connection, *code, now);
        }
    }
}

void Broker::limits_changed(Time now) {
    ++period_;
    set_periods(now, now + std::chrono::seconds(limits_.sys_interval));
}

void Broker::set_periods(Time now, Time first_sys_topics) {
    sys_paused_ = false;
    if (limits_.sys_interval > 0) {
        set_timer(first_sys_topics, TimerKind::sys_topics, period_);
    }
    if (limits_.retain_expiry_interval > 0) {
        set_timer(now + std::chrono::minutes(limits_.retain_expiry_interval),
                  TimerKind::retained_sweep, period_);
    }
}

void Broker::shut_down(Time now) {
    for (std::size_t i = 0; i < connections_.size(); ++i) {
        if (connections_[i]) {
            fail(*connections_[i], ReasonCode::server_shutting_down, now);
        }
    }
}

std::string Broker::describe_subscriptions() const {
    std::string text;
    topics_.for_each([&](const TopicTree::Node& node) {
        text += TopicTree::filter(node);
        for (const Subscriber& subscriber : node.value.subscribers()) {
            text += " " + subscriber.session->client_id + "(" +
                    std::to_string(static_cast<int>(subscriber.options.qos)) + ")";
        }
        for (const SharedGroup* group : node.value.groups()) {
            text += " $share/" + group->key.share_name + "(" +
                    std::to_string(group->members.size()) + " members)";
        }
        text += '\n';
    });
    return text;
}

}  // namespace mq::broker
