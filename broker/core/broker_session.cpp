#include "broker/core/broker.hpp"

#include <algorithm>
#include <cassert>

/// The life of sessions and wills, MQTT 5.0 §4.1 and §3.1.2.5.
namespace mq::broker {

Session& Broker::make_session(std::string client_id) {
    auto session = std::make_unique<Session>();
    session->key = (std::uint64_t{self_} << 48U) | ++last_session_;
    session->client_id = std::move(client_id);
    ++stats_.sessions;
    return sessions_.add(std::move(session));
}

Duration Broker::will_delay(const Session& session) {
    return std::chrono::seconds(std::min(session.will->delay_seconds, session.expiry_interval));
}

void Broker::detach(Session& session, bool discard_will, Time now) {
    session.connection->session = nullptr;
    session.connection = nullptr;
    --stats_.connections;
    session.inflight.connection_lost();
    session.queue.release();
    session.received.release();
    if (discard_will) {
        session.will.reset();
    }
    members_online(session, false, now);
    await_client(session, now);
}

/// The session's time begins to run, and its will's if it does not yet.
void Broker::await_client(Session& session, Time now) {
    if (session.expiry_interval == 0) {
        return end_session(session, now);
    }
    if (session.expiry_interval != expiry_never) {
        session.expires = now + std::chrono::seconds(session.expiry_interval);
    }
    if (session.will && session.will_due == never) {
        session.will_due = now + will_delay(session);
    }
    if (session.will_due <= now) {
        publish_will(session, now);
    }
    journal_session(session);
    arm(session);
}

void Broker::arm(Session& session) {
    const Time due = std::min(session.will_due, session.expires);
    if (due < session.timer_set) {
        session.timer_set = due;
        set_timer(due, TimerKind::session, session.key);
    }
}

void Broker::on_session_timer(Session& session, Time now) {
    session.timer_set = never;
    if (session.connection != nullptr) {
        return;
    }
    if (session.expires <= now) {
        ++stats_.sessions_expired;
        if (log_.wants(LogType::notice)) {
            log_.line(LogType::notice, "Expiring client " + session.client_id + " due to timeout.");
        }
        return end_session(session, now);
    }
    if (session.will_due <= now) {
        publish_will(session, now);
        journal_session(session);
    }
    arm(session);
}

void Broker::publish_will(Session& session, Time now) {
    session.will_due = never;
    const auto will = std::move(session.will);
    if (!will) {
        return;
    }
    const Message& kept = *will->message;
    if (!may_write(session.grant, kept.topic())) {
        if (log_.wants(LogType::notice)) {
            log_.line(LogType::notice, "The will of client " + session.client_id +
                                           " is not published: it may not write to its topic "
                                           "any more.");
        }
        return;
    }
    Message::Origin origin;
    origin.session = session.key;
    if (will->has_message_expiry) {
        origin.expiry = now + std::chrono::seconds(will->message_expiry_seconds);
    }
    route(MessageRef::create(kept.topic(), kept.properties(), kept.payload(), kept.qos(),
                             kept.retain(), origin,
                             kept.retain() ? publisher_of(session) : Publisher{}),
          now);
}

void Broker::end_session(Session& session, Time now) {
    assert(session.connection == nullptr);
    drop_subscriptions(session, now);
    publish_will(session, now);
    drop_messages(session);
    if (journal_ != nullptr && session.durable) {
        journal_->session_removed(session.client_id);
    }
    if (shards_ > 1) {
        send(owner_of(session.client_id), SessionGone{session.client_id, session.claim}, now);
    }
    --stats_.sessions;
    auto transit = std::move(session.transit);
    sessions_.remove(session);
    if (transit) {
        serve_waiting(std::move(transit), now);
    }
}

void Broker::drop_subscriptions(Session& session, Time now) {
    for (TopicTree::Node* node : session.subscriptions) {
        if (shards_ > 1) {
            retract(TopicTree::filter(*node), now);
        }
        topics_.remove(*node, session);
    }
    stats_.subscriptions -= session.subscriptions.size();
    session.subscriptions.clear();
    for (const auto& [filter, shared] : session.shared) {
        uninstall(session, shared.key, now);
    }
    session.shared.clear();
}

void Broker::drop_messages(Session& session) {
    stats_.queued_messages -= session.queue.size() + session.inflight.open();
    stats_.queued_bytes -= session.queued_bytes + session.inflight.held_bytes();
    session.queue.clear();
    session.queued_bytes = 0;
    session.inflight.clear();
}

void Broker::journal_session(const Session& session) {
    if (journal_ == nullptr || !session.durable) {
        return;
    }
    journal_->session_stored({session.client_id, std::string(session.user_name.view()),
                              session.version, session.expiry_interval, session.expires,
                              session.will ? std::optional(*session.will) : std::nullopt,
                              session.will_due, std::string(realm_name(session.realm))});
}

void Broker::ask_grant(Session& session) {
    session.grant = access_.grant(
        {session.client_id, session.user_name.view(), session.has_user_name(), session.realm});
}

std::string_view Broker::realm_name(std::size_t realm) const {
    return realms_ == nullptr ? std::string_view() : realms_->name(realm);
}

std::size_t Broker::realm_named(std::string_view name) const {
    return realms_ == nullptr ? 0 : realms_->find(name);
}

void Broker::members_online(const Session& session, bool online, Time now) {
    for (const auto& [filter, shared] : session.shared) {
        send(owner_of(filter), MemberOnline{shared.key, session.key, online}, now);
    }
}

void Broker::restore(StoredSession stored, Time now) {
    SessionRecord& record = stored.session;
    if (record.expires == never && record.expiry_interval != expiry_never) {
        record.expires = now + std::chrono::seconds(record.expiry_interval);
    }
    if (record.expires <= now && !record.will) {
        if (journal_ != nullptr) {
            journal_->session_removed(record.client_id);
        }
        return;
    }
    Session& session = make_session(record.client_id);
    if (!record.user_name.empty()) {
        session.user_name = SmallText(record.user_name);
    }
    session.realm = realm_named(record.realm);
    ask_grant(session);
    session.version = record.version;
    session.expiry_interval = record.expiry_interval;
    session.expires = record.expires;
    session.durable = true;
    if (record.will) {
        session.will = std::make_unique<StoredWill>(std::move(*record.will));
        session.will_due = record.will_due != never ? record.will_due : now + will_delay(session);
    }
    for (const SubscriptionRecord& subscription : stored.subscriptions) {
        install(session, subscription, 0, now);
    }
    for (EntryRecord& entry : stored.entries) {
        Outgoing outgoing;
        outgoing.message = std::move(entry.message);
        outgoing.number = entry.number;
        outgoing.qos = entry.qos;
        outgoing.retain = entry.retain;
        outgoing.state = entry.state;
        if (!entry.identifiers.empty()) {
            outgoing.identifiers =
                std::make_unique<const std::vector<std::uint32_t>>(std::move(entry.identifiers));
        }
        const std::size_t bytes = outgoing.message->payload().size();
        outgoing.payload_bytes = static_cast<std::uint32_t>(bytes);
        ++stats_.queued_messages;
        stats_.queued_bytes += bytes;
        if (entry.state == EntryState::queued) {
            session.queued_bytes += bytes;
            session.queue.push_back(std::move(outgoing));
        } else if (!session.inflight.restore(std::move(outgoing), entry.packet_id)) {
            --stats_.queued_messages;
            stats_.queued_bytes -= bytes;
            log_.line(LogType::warning, "Stored message of client " + session.client_id +
                                            " has a packet identifier that is in use; dropped.");
        }
    }
    for (const mqtt::PacketId id : stored.received) {
        session.received.insert(id);
    }
    if (shards_ > 1) {
        send(owner_of(session.client_id), ClaimSession{session.client_id, 0, false}, now);
    }
    arm(session);
}

void Broker::restore(const MessageRef& retained, Time now) {
    if (retained->expired(now)) {
        if (journal_ != nullptr) {
            journal_->retained_removed(retained->topic());
        }
        return;
    }
    keep_retained(retained);
}

void Broker::restore(const AcceptedMessage& accepted, Time now) {
    const Session* publisher = sessions_.find(accepted.client_id);
    const Message& message = *accepted.message;
    Message::Origin origin = message.origin();
    origin.session = publisher != nullptr ? publisher->key : 0;
    route(MessageRef::create(message.topic(), message.properties(), message.payload(),
                             message.qos(), message.retain(), origin, message.publisher()),
          now);
}

}  // namespace mq::broker
