#include "broker/core/broker.hpp"

#include <algorithm>
#include <cassert>
#include <utility>

/// How a session moves to the shard where its client has connected; neighbours.hpp tells the steps.
namespace mq::broker {

namespace {

/// Messages are counted without atomics, so those that leave the shard are copied.
void copy_messages(Ring<Outgoing>& queue) {
    for (std::size_t i = 0; i < queue.size(); ++i) {
        queue[i].message = queue[i].message.copy();
    }
}

void copy_messages(Inflight& inflight) {
    for (std::size_t i = 0; i < inflight.positions(); ++i) {
        if (inflight.at(i).message) {
            inflight.at(i).message = inflight.at(i).message.copy();
        }
    }
}

}  // namespace

void Broker::claim(Connection& connection, Time now) {
    connection.pending->claimed = now;
    arm(connection, now + std::chrono::seconds(limits_.connect_timeout));
    const std::string& client_id = connection.pending->client_id;
    const auto [under_way, first] = replies_.claimed.try_emplace(client_id);
    if (!first) {
        under_way->second.next.push_back(connection.id);
        return;
    }
    const std::uint64_t ticket = ++replies_.last_ticket;
    under_way->second.ticket = ticket;
    replies_.claims[ticket] = connection.id;
    send(owner_of(client_id), ClaimSession{client_id, ticket, connection.pending->clean_start},
         now);
}

void Broker::on(ShardIndex from, ClaimSession& message, Time now) {
    const auto owner = directory_.claim(message.client_id, from, message.ticket);
    if (message.ticket == 0) {
        return;  // told by a shard that has read the session from the store
    }
    if (!owner || *owner == from) {
        send(from, SessionGranted{message.client_id, message.ticket, nullptr, {}}, now);
    } else {
        send(from, ClaimOrdered{message.client_id, message.ticket}, now);
        YieldSession request{message.client_id, message.ticket, from, message.clean_start, false};
        send(*owner, std::move(request), now);
    }
}

void Broker::on(ShardIndex, ClaimOrdered& message, Time) {
    const auto claimed = replies_.claimed.find(message.client_id);
    if (claimed != replies_.claimed.end() && claimed->second.ticket == message.ticket) {
        claimed->second.ordered = true;
    }
}

void Broker::on(ShardIndex, YieldSession& message, Time now) {
    const auto claimed = replies_.claimed.find(message.client_id);
    if (claimed != replies_.claimed.end() && claimed->second.ordered) {
        claimed->second.yields.push_back(message);
    } else if (ComingClient* client = coming(message.client_id); client != nullptr) {
        client->later.push_back([this, again = message](Time then) mutable { serve(again, then); });
    } else {
        serve(message, now);
    }
}

void Broker::serve(YieldSession& message, Time now) {
    Session* session = sessions_.find(std::string_view(message.client_id));
    if (session != nullptr && session->transit) {
        session->transit->yields.push_back(message);
        return;
    }
    if (message.with_client) {
        return send_client(session, message, now);
    }
    if (session != nullptr && session->connection != nullptr) {
        fail(*session->connection, ReasonCode::session_taken_over, now);
        session = sessions_.find(std::string_view(message.client_id));
    }
    if (session != nullptr && message.clean_start) {
        end_session(*session, now);
        session = nullptr;
    }
    if (session == nullptr) {
        send(message.claimant, SessionGranted{message.client_id, message.ticket, nullptr, {}}, now);
    } else {
        search_all(*session, now);
        send(message.claimant, pack(*session, message), now);
    }
}

/// Answers of other shards to come.
std::size_t Broker::retained_requests(const Session& session) const {
    const auto about_it = [&](const auto& entry) { return entry.second.session == session.key; };
    return static_cast<std::size_t>(
        std::count_if(replies_.retained.begin(), replies_.retained.end(), about_it));
}

/// What the session is; a ghost of it stays.
SessionGranted Broker::pack(Session& session, const YieldSession& request) {
    auto moved = std::make_unique<Session>();
    moved->key = session.key;
    moved->client_id = session.client_id;
    if (session.has_user_name()) {
        moved->user_name = SmallText(session.user_name.view());
    }
    moved->realm = session.realm;
    moved->receive_maximum = session.receive_maximum;
    moved->version = session.version;
    moved->durable = session.durable;
    moved->expiry_interval = session.expiry_interval;
    moved->queued_bytes = std::exchange(session.queued_bytes, 0);
    stats_.queued_messages -= session.queue.size() + session.inflight.open();
    stats_.queued_bytes -= moved->queued_bytes + session.inflight.held_bytes();
    copy_messages(session.inflight);
    copy_messages(session.queue);
    moved->inflight = std::exchange(session.inflight, {});
    moved->queue = std::exchange(session.queue, {});
    moved->received = std::exchange(session.received, {});
    if (session.will) {
        session.will->message = session.will->message.copy();
        moved->will = std::move(session.will);
        moved->will_due = session.will_due;
    }
    std::vector<SubscriptionRecord> subscriptions;
    for (const TopicTree::Node* node : session.subscriptions) {
        for (const Subscriber& subscriber : node->value.subscribers()) {
            if (subscriber.session == &session) {
                subscriptions.push_back(
                    {TopicTree::filter(*node), subscriber.options, subscriber.identifier});
            }
        }
    }
    for (const auto& [filter, shared] : session.shared) {
        subscriptions.push_back({filter, shared.options, shared.identifier});
    }

    session.durable = false;
    session.expires = never;
    session.will_due = never;
    session.transit = std::make_unique<Transit>();
    session.transit->role = Transit::Role::ghost;
    session.transit->peer = request.claimant;
    session.transit->live.assign(shards_, true);
    session.transit->waiting = shards_ + session.shared.size() + retained_requests(session);
    sessions_.retire(session);
    --stats_.sessions;
    return {request.client_id, request.ticket, std::move(moved), std::move(subscriptions)};
}

void Broker::on(ShardIndex from, SessionGranted& message, Time now) {
    if (ComingClient* client = coming(message.client_id); client != nullptr && !message.session) {
        client->later.push_back(
            [this, from, id = message.client_id, ticket = message.ticket](Time then) {
                SessionGranted again{id, ticket, nullptr, {}};
                on(from, again, then);
            });
        return;
    }
    const auto claimed = replies_.claims.find(message.ticket);
    assert(claimed != replies_.claims.end());
    Connection* connection = find(claimed->second);
    replies_.claims.erase(claimed);
    if (message.session) {
        arrive(from, std::move(message.session), message.subscriptions, now);
    }
    if (connection != nullptr && connection->state == ConnectionState::awaiting_login) {
        attach(*connection, now);
    } else if (Session* session = sessions_.find(std::string_view(message.client_id));
               session != nullptr && session->connection == nullptr) {
        leave_alone(*session, now);
    }
    note_claim(message.client_id, message.ticket, now);
    next_claim(message.client_id, now);
}

/// The directory knows by this claim that the session is here, if there is one.
void Broker::note_claim(const std::string& client_id, std::uint64_t ticket, Time now) {
    if (Session* session = sessions_.find(std::string_view(client_id))) {
        session->claim = ticket;
    } else {
        send(owner_of(client_id), SessionGone{client_id, ticket}, now);
    }
}

void Broker::next_claim(const std::string& client_id, Time now) {
    OwnClaim done = std::move(replies_.claimed.extract(client_id).mapped());
    for (YieldSession& request : done.yields) {
        serve(request, now);
    }
    while (!done.next.empty()) {
        Connection* next = find(done.next.front());
        done.next.pop_front();
        if (next != nullptr && next->state == ConnectionState::awaiting_login) {
            claim(*next, now);
            const auto under_way = replies_.claimed.find(client_id);
            if (under_way != replies_.claimed.end()) {
                under_way->second.next = std::move(done.next);
                return;
            }
        }
    }
}

Session& Broker::arrive(ShardIndex from, std::unique_ptr<Session> moved,
                        const std::vector<SubscriptionRecord>& subscriptions, Time now) {
    Session& session = sessions_.add(std::move(moved));
    ++stats_.sessions;
    stats_.queued_messages += session.queue.size() + session.inflight.open();
    stats_.queued_bytes += session.queued_bytes + session.inflight.held_bytes();
    session.transit = std::make_unique<Transit>();
    session.transit->peer = from;
    session.transit->live.assign(shards_, false);
    for (const SubscriptionRecord& record : subscriptions) {
        install(session, record, 0, now);
    }
    for (ShardIndex shard = 0; shard < shards_; ++shard) {
        send(shard, SessionArrived{session.key, from}, now);
    }
    return session;
}

void Broker::on(ShardIndex from, SessionArrived& message, Time now) {
    send(message.ghost, SourceCut{message.session}, now);
    send(from, SourceLive{message.session}, now);
}

void Broker::on(ShardIndex from, SourceCut& message, Time now) {
    Session* ghost = sessions_.find(message.session);
    assert(ghost != nullptr && ghost->transit);
    ghost->transit->live[from] = false;
    for (const auto& [filter, shared] : ghost->shared) {
        if (owner_of(filter) == from) {
            send(from, LeaveGroup{shared.key, ghost->key, true}, now);
        }
    }
    step_ghost(*ghost, now);
}

/// One of those that it waits for has come.
void Broker::step_ghost(Session& ghost, Time now) {
    if (--ghost.transit->waiting > 0) {
        return;
    }
    SessionTail tail{ghost.key, std::move(ghost.transit->held)};
    for (Outgoing& entry : tail.entries) {
        entry.message = entry.message.copy();
    }
    const ShardIndex claimant = ghost.transit->peer;
    ghost.shared.clear();  // left already
    drop_subscriptions(ghost, now);
    drop_messages(ghost);
    sessions_.remove(ghost);
    send(claimant, std::move(tail), now);
}

void Broker::on(ShardIndex from, SourceLive& message, Time now) {
    Session* session = sessions_.find(message.session);
    if (session != nullptr && session->transit) {
        session->transit->live[from] = true;
        settle(*session, now);
    }
}

void Broker::on(ShardIndex, SessionTail& message, Time now) {
    Session* session = sessions_.find(message.session);
    if (session == nullptr || !session->transit) {
        return;
    }
    auto held = std::exchange(session->transit->held, {});
    session->transit->tail_received = true;
    for (auto* list : {&message.entries, &held}) {
        for (const Outgoing& entry : *list) {
            deliver(*session, entry.message, entry.delivery(), now);
        }
    }
    settle(*session, now);
}

void Broker::settle(Session& session, Time now) {
    const Transit& transit = *session.transit;
    if (!transit.tail_received ||
        std::find(transit.live.begin(), transit.live.end(), false) != transit.live.end()) {
        return;
    }
    serve_waiting(std::exchange(session.transit, nullptr), now);
}

/// The claims that had to wait for the end of a move, or of the session meanwhile.
void Broker::serve_waiting(std::unique_ptr<Transit> ended, Time now) {
    for (YieldSession& request : ended->yields) {
        serve(request, now);
    }
}

void Broker::on(ShardIndex from, SessionGone& message, Time) {
    directory_.gone(message.client_id, from, message.ticket);
}

}  // namespace mq::broker
