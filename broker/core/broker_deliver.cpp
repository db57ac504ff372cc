#include "broker/core/broker.hpp"
#include "broker/core/mount_point.hpp"
#include "broker/core/publish_writer.hpp"
#include "mqtt/encode.hpp"

#include <algorithm>
#include <cassert>
#include <cstring>

/// Messages on their way to clients: who gets what, when, and again, MQTT 5.0 §4.4 to §4.9.
namespace mq::broker {

using mqtt::PacketType;
using mqtt::QoS;

namespace {

/// Identifiers of one delivery that live as long as the message waits.
Identifiers keep(std::span<const std::uint32_t> identifiers) {
    return identifiers.empty() ? nullptr
                               : std::make_unique<const std::vector<std::uint32_t>>(
                                     identifiers.begin(), identifiers.end());
}

/// All of it but the identifiers.
Outgoing sent_at_once(const MessageRef& message, const Delivery& delivery) {
    Outgoing entry;
    entry.message = message;
    entry.payload_bytes = static_cast<std::uint32_t>(message->payload().size());
    entry.qos = delivery.qos;
    entry.retain = delivery.retain;
    return entry;
}

Outgoing outgoing(const MessageRef& message, const Delivery& delivery) {
    Outgoing entry = sent_at_once(message, delivery);
    entry.identifiers = keep(delivery.identifiers);
    return entry;
}

/// Whether what was sent may have to be sent again: on a connection after this one.
bool sends_again(const Session& session) {
    return session.expiry_interval > 0;
}

/// Seconds that are left of a message's life, rounded up; at least 1 for one that is not expired.
std::uint32_t seconds_left(const Message& message, Time now) {
    const auto left = std::chrono::ceil<std::chrono::seconds>(message.origin().expiry - now);
    return static_cast<std::uint32_t>(std::max<std::int64_t>(left.count(), 1));
}

/// Gives the PUBLISH the topic's alias: the one that the client knows, or a new one while there are
/// some left [MQTT-3.1.2-26]. True when the client knows it, so that the topic need not be sent.
bool find_alias(Connection& connection, PublishForm& form) {
    const std::uint16_t aliases_max =
        std::min(connection.topic_alias_maximum, connection.listener->max_topic_alias_broker);
    if (aliases_max == 0) {
        return false;
    }
    if (!connection.aliases) {
        connection.aliases = std::make_unique<TopicAliases>();
    }
    const auto& known = connection.aliases->outgoing;
    const auto found = known.find(form.topic);
    if (found != known.end()) {
        form.alias = found->second;
        form.topic = {};
        return true;
    }
    if (known.size() < aliases_max) {
        form.alias = static_cast<std::uint16_t>(known.size() + 1);
    }
    return false;
}

}  // namespace

QoS Broker::delivery_qos(const Message& message, QoS granted) const {
    return limits_.upgrade_outgoing_qos ? granted : std::min(message.qos(), granted);
}

Broker::Delivered Broker::deliver_local(const MessageRef& message, ShardIndex source, Time now) {
    const Route& route = routes_.find(message->topic(), topics_, interest_);
    Delivered delivered{!route.subscribers.empty(), route.shards};
    const std::span<const Subscriber> all = route.subscribers;
    if (traffic_ != nullptr) {
        count_deliveries(*message, all);
    }
    for (std::size_t first = 0; first < all.size();) {
        std::size_t end = first + 1;
        while (!limits_.allow_duplicate_messages && end < all.size() &&
               all[end].session == all[first].session) {
            ++end;
        }
        deliver_merged(all.subspan(first, end - first), message, source, now);
        first = end;
    }
    for (SharedGroup* group : route.groups) {
        delivered.matched = deliver_to_group(*group, message, now) || delivered.matched;
    }
    return delivered;
}

void Broker::count_deliveries(const Message& message, std::span<const Subscriber> to) {
    traffic_->sent(message.origin().session);
    for (const Subscriber& subscriber : to) {
        traffic_->delivered(message.origin().session, subscriber.session->key);
    }
}

void Broker::deliver_merged(std::span<const Subscriber> of_one_session, const MessageRef& message,
                            ShardIndex source, Time now) {
    Session& session = *of_one_session.front().session;
    Delivery delivery;
    std::uint32_t one = 0;
    std::vector<std::uint32_t> several;
    bool wanted = false;
    for (const Subscriber& subscriber : of_one_session) {
        const auto& options = subscriber.options;
        if (options.no_local && message->origin().session == session.key) {  // [MQTT-3.8.3-3]
            continue;
        }
        wanted = true;
        delivery.qos = std::max(delivery.qos, delivery_qos(*message, options.qos));
        delivery.retain = delivery.retain || (options.retain_as_published && message->retain());
        if (subscriber.identifier != 0) {  // [MQTT-3.3.4-4]
            if (one != 0) {
                several.empty() ? several.assign({one, subscriber.identifier})
                                : several.push_back(subscriber.identifier);
            } else {
                one = subscriber.identifier;
            }
        }
    }
    if (!wanted) {
        return;
    }
    if (!several.empty()) {
        delivery.identifiers = several;
    } else if (one != 0) {
        delivery.identifiers = {&one, 1};
    }
    deliver_from(source, session, message, delivery, now);
}

bool Broker::deliver_to_group(SharedGroup& group, const MessageRef& message, Time now) {
    const SharedMember* member = group.next();
    if (member == nullptr) {
        return false;
    }
    if (member->shard != self_) {
        neighbours_->send(member->shard, GroupDelivery{member->session, message.copy(),
                                                       member->options, member->identifier});
        return true;
    }
    GroupDelivery local{member->session, message, member->options, member->identifier};
    on(self_, local, now);
    return true;
}

void Broker::deliver_from(ShardIndex source, Session& session, const MessageRef& message,
                          const Delivery& delivery, Time now) {
    if (session.transit) {
        Transit& transit = *session.transit;
        const bool ghost = transit.role == Transit::Role::ghost;
        if (!transit.live[source]) {
            return;
        }
        if (ghost || !transit.tail_received) {
            return hold(session, message, delivery);
        }
    }
    deliver(session, message, delivery, now);
}

void Broker::hold(Session& session, const MessageRef& message, const Delivery& delivery) {
    Transit& transit = *session.transit;
    if (!may_read(session.grant, message->topic())) {
        return;  // asked again where its client is; until then it takes no room
    }
    const std::size_t bytes = message->payload().size();
    if (!may_hold(transit, delivery.qos, bytes)) {
        return note_drop(session);
    }
    transit.held.push_back(outgoing(message, delivery));
    Transit::Held& sum =
        delivery.qos == QoS::at_most_once ? transit.held_qos0 : transit.held_others;
    ++sum.messages;
    sum.bytes += bytes;
}

/// QoS 0 as far as an outbox would take it, the others as far as a queue would.
bool Broker::may_hold(const Transit& transit, QoS qos, std::size_t bytes) const {
    if (qos == QoS::at_most_once) {
        return transit.held_qos0.bytes + bytes <= limits_.outbox_bytes_max;
    }
    const Transit::Held& sum = transit.held_others;
    return (limits_.max_queued_messages == 0 || sum.messages < limits_.max_queued_messages) &&
           (limits_.max_queued_bytes == 0 || sum.bytes + bytes <= limits_.max_queued_bytes);
}

void Broker::deliver(Session& session, const MessageRef& message, const Delivery& delivery,
                     Time now) {
    if (message->expired(now) || !may_read(session.grant, message->topic())) {
        return;
    }
    if (session.connection == nullptr) {
        if (delivery.qos != QoS::at_most_once || limits_.queue_qos0_messages) {
            enqueue(session, outgoing(message, delivery), now);
        }
        return;
    }
    if (delivery.qos == QoS::at_most_once) {
        if (!write_publish(*session.connection, message, delivery, 0, false, now)) {
            note_drop(session);
        }
        return;
    }
    if (session.queue.empty() && !session.inflight.full() &&
        may_send_more(session, message->payload().size()) && !session.inflight.next_to_resend()) {
        ++stats_.queued_messages;
        stats_.queued_bytes += message->payload().size();
        send_new(
            session,
            sends_again(session) ? outgoing(message, delivery) : sent_at_once(message, delivery),
            delivery, now);
    } else {
        enqueue(session, outgoing(message, delivery), now);
    }
}

bool Broker::may_send_more(const Session& session, std::size_t payload_bytes) const {
    const Inflight& inflight = session.inflight;
    std::size_t window = session.receive_maximum;  // [MQTT-4.9.0-1]
    if (limits_.max_inflight_messages > 0) {
        window = std::min<std::size_t>(window, limits_.max_inflight_messages);
    }
    if (inflight.on_wire() >= window ||
        session.connection->outbox.size() >= limits_.outbox_bytes_max) {
        return false;
    }
    return limits_.max_inflight_bytes == 0 || inflight.open() == 0 ||
           inflight.bytes() + payload_bytes <= limits_.max_inflight_bytes;
}

void Broker::enqueue(Session& session, Outgoing entry, Time now) {
    const std::size_t bytes = entry.payload_bytes;
    if ((limits_.max_queued_messages > 0 && session.queue.size() >= limits_.max_queued_messages) ||
        (limits_.max_queued_bytes > 0 && session.queued_bytes + bytes > limits_.max_queued_bytes) ||
        !make_room(session, bytes, now)) {
        return note_drop(session);
    }
    if (journal_ != nullptr && session.durable && entry.qos != QoS::at_most_once) {
        entry.number = journal_->next_entry();
        const auto list = entry.identifier_list();
        journal_->entry_stored(session.client_id, {entry.number,
                                                   entry.message,
                                                   entry.qos,
                                                   entry.retain,
                                                   {list.begin(), list.end()},
                                                   EntryState::queued,
                                                   0});
    }
    session.queued_bytes += bytes;
    ++stats_.queued_messages;
    stats_.queued_bytes += bytes;
    session.queue.push_back(std::move(entry));
}

void Broker::note_drop(Session& session) {
    ++stats_.publishes_dropped;
    Connection* connection = session.connection;
    if (connection != nullptr && connection->drop_logged) {
        return;
    }
    if (connection != nullptr) {
        connection->drop_logged = true;
        if (log_.wants(LogType::notice)) {
            log_.line(LogType::notice,
                      "Outgoing messages are being dropped for client " + session.client_id + ".");
        }
    }
}

void Broker::pump(Session& session, Time now) {
    while (session.connection != nullptr) {
        const auto again = session.inflight.next_to_resend();
        if (!again && session.queue.empty()) {
            return;
        }
        const std::size_t bytes = again ? 0 : session.queue.front().payload_bytes;
        if (!may_send_more(session, bytes) || (!again && session.inflight.full())) {
            return;
        }
        if (again) {
            resend(session, *again, now);
            continue;
        }
        Outgoing entry = std::move(session.queue.front());
        session.queue.pop_front();
        session.queued_bytes -= bytes;
        if (entry.message->expired(now) || entry.qos == QoS::at_most_once) {
            --stats_.queued_messages;
            stats_.queued_bytes -= bytes;
            if (journal_ != nullptr && entry.number != 0) {
                journal_->entry_removed(session.client_id, entry.number);
            }
            if (!entry.message->expired(now)) {  // [MQTT-3.3.2-5]
                write_publish(*session.connection, entry.message, entry.delivery(), 0, false, now);
            }
            continue;
        }
        const Delivery delivery = entry.delivery();
        send_new(session, std::move(entry), delivery, now);
    }
}

void Broker::resend(Session& session, std::size_t position, Time now) {
    Outgoing& entry = session.inflight.at(position);
    const mqtt::PacketId id = session.inflight.id_at(position);
    session.inflight.mark_sent(entry);
    if (entry.state == EntryState::received) {
        acknowledge(*session.connection, PacketType::pubrel, id, ReasonCode::success, now);
    } else if (!write_publish(*session.connection, entry.message, entry.delivery(), id, true,
                              now)) {
        finish(session, entry);
    }
}

void Broker::send_new(Session& session, Outgoing entry, const Delivery& delivery, Time now) {
    const bool stored = entry.number != 0;
    const mqtt::PacketId id = session.inflight.add(std::move(entry));
    Outgoing& sent = *session.inflight.find(id);
    if (journal_ != nullptr && session.durable) {
        if (stored) {
            journal_->entry_state(session.client_id, sent.number, EntryState::sent, id);
        } else {
            sent.number = journal_->next_entry();
            const auto list = delivery.identifiers;
            journal_->entry_stored(session.client_id, {sent.number,
                                                       sent.message,
                                                       sent.qos,
                                                       sent.retain,
                                                       {list.begin(), list.end()},
                                                       EntryState::sent,
                                                       id});
        }
    }
    if (!write_publish(*session.connection, sent.message, delivery, id, false, now)) {
        finish(session, sent);  // too large for this client: as if sent [MQTT-3.1.2-25]
    } else if (!sends_again(session)) {
        stats_.queued_bytes -= sent.held_bytes();
        session.inflight.let_go(sent);
    }
}

/// Whether a QoS 0 message may wait here. What clients that take nothing have piled up is no reason
/// to drop the messages of those that do.
bool Broker::has_room(const Outbox& outbox, std::size_t payload_bytes) const {
    const bool fits = outbox.empty() || outbox.size() + payload_bytes <= limits_.outbox_bytes_max;
    return fits && (outbox_bytes_ <= limits_.outbox_bytes_sum_max ||
                    outbox.size() <= limits_.outbox_bytes_granted);
}

bool Broker::write_publish(Connection& connection, const MessageRef& message,
                           const Delivery& delivery, mqtt::PacketId id, bool dup, Time now) {
    if (id == 0 && !has_room(connection.outbox, message->payload().size())) {
        return false;
    }
    PublishForm form;
    form.version = connection.version;
    form.id = id;
    form.qos = delivery.qos;
    form.dup = dup;
    form.retain = delivery.retain;
    form.topic = message->topic();
    if (!unmount_topic(connection.listener->mount_point, form.topic)) {
        return false;
    }
    if (connection.version == mqtt::Version::v5) {
        form.identifiers = delivery.identifiers;
        if (message->origin().expiry != never) {  // [MQTT-3.3.2-6]
            form.expiry_seconds = seconds_left(*message, now);
        }
    }
    const bool alias_known = find_alias(connection, form);
    if (publish_size(*message, form) > connection.maximum_packet_size) {  // [MQTT-3.1.2-24]
        return false;
    }
    if (form.alias != 0 && !alias_known) {
        connection.aliases->outgoing.emplace(form.topic, form.alias);
    }
    mq::broker::write_publish(message, form, connection.outbox);
    ++stats_.publishes_sent;
    stats_.publish_bytes_sent += message->payload().size();
    touched(connection);
    return true;
}

}  // namespace mq::broker
