#include "broker/core/broker.hpp"

#include <algorithm>
#include <string_view>
#include <utility>

/// How a client moves to another shard with its connection; neighbours.hpp tells the steps.
namespace mq::broker {
namespace {

constexpr std::string_view lost_on_its_way = "lost on its way to another thread";

}  // namespace

bool Broker::can_move(std::uint64_t key) {
    const Session* session = sessions_.find(key);
    return session == nullptr || (!session->transit && can_leave(*session));
}

bool Broker::move_client(std::uint64_t key, ShardIndex to, Time now) {
    Session* session = sessions_.find(key);
    if (to == self_ || session == nullptr || session->transit || !can_leave(*session)) {
        return false;
    }
    Connection& connection = *session->connection;
    connection.held = true;
    connection.leaving = true;
    const std::uint64_t ticket = ((std::uint64_t{self_} + 1) << 48U) | ++replies_.last_ticket;
    send(owner_of(session->client_id), MoveClient{session->client_id, ticket, to}, now);
    return true;
}

/// A connection that is in the midst of something that other shards, or a search, have to finish
/// first stays where it is.
bool Broker::can_leave(const Session& session) {
    const Connection* connection = session.connection;
    if (connection == nullptr || connection->state != ConnectionState::open || connection->held ||
        connection->late_acknowledgements || connection->pending ||
        (connection->authentication &&
         (connection->authentication->exchange || connection->authentication->step_pending)) ||
        !connection->outlet->can_detach()) {
        return false;
    }
    const auto answers_it = [&](const auto& entry) {
        return entry.second.connection == connection->id;
    };
    const auto came_as_it = [&](const auto& entry) {
        return entry.second.client_id == session.client_id;
    };
    return !replies_.claimed.contains(session.client_id) && !searches_.contains(session.key) &&
           std::none_of(replies_.coming.begin(), replies_.coming.end(), came_as_it) &&
           retained_requests(session) == 0 &&
           std::none_of(replies_.subacks.begin(), replies_.subacks.end(), answers_it);
}

void Broker::on(ShardIndex from, MoveClient& message, Time now) {
    if (!directory_.pass(message.client_id, from, message.to, message.ticket)) {
        return send(from, MoveRefused{message.client_id}, now);
    }
    send(message.to, MoveOrdered{message.client_id, message.ticket}, now);
    YieldSession request{message.client_id, message.ticket, message.to, false, true};
    send(from, std::move(request), now);
}

void Broker::on(ShardIndex, MoveRefused& message, Time) {
    Session* session = sessions_.find(std::string_view(message.client_id));
    if (session != nullptr && session->connection != nullptr && session->connection->leaving) {
        stay(*session->connection);
    }
}

void Broker::stay(Connection& connection) {
    connection.leaving = false;
    connection.held = false;
    connection.outlet->resume();
}

void Broker::on(ShardIndex, MoveOrdered& message, Time) {
    ComingClient& client = replies_.coming[message.ticket];
    client.client_id = message.client_id;
    client.ordered = true;
    forget_if_done(message.ticket);
}

/// What this shard had sent before is with all others before the client's new shard hears of it.
void Broker::send_client(Session* session, const YieldSession& request, Time now) {
    for (ShardIndex shard = 0; shard < shards_; ++shard) {
        if (shard != self_ && shard != request.claimant) {
            send(shard, MoveBarrier{request.ticket, request.claimant}, now);
        }
    }
    ClientMoved moved{request.client_id, request.ticket, nullptr, {}, nullptr, nullptr};
    if (session != nullptr) {
        Connection* connection = session->connection;
        if (connection != nullptr && connection->outlet->can_detach()) {
            moved.transport = connection->outlet->detach();
            moved.connection = take_out(*connection);
        } else if (connection != nullptr) {
            close(*connection, lost_on_its_way, false, now);
            session = sessions_.find(std::string_view(request.client_id));
        }
    }
    if (session != nullptr) {
        session->connection = nullptr;
        SessionGranted packed = pack(*session, request);
        moved.session = std::move(packed.session);
        moved.subscriptions = std::move(packed.subscriptions);
    }
    send(request.claimant, std::move(moved), now);
}

std::unique_ptr<Connection> Broker::take_out(Connection& connection) {
    connection.outbox.copy_references();
    connection.session = nullptr;
    connection.timer_set = never;  // that one stays here
    --stats_.connections;
    return forget(connection);
}

void Broker::on(ShardIndex, MoveBarrier& message, Time now) {
    send(message.to, BarrierPassed{message.ticket}, now);
}

void Broker::on(ShardIndex, BarrierPassed& message, Time) {
    ++replies_.coming[message.ticket].passed;
    forget_if_done(message.ticket);
}

void Broker::on(ShardIndex from, ClientMoved& message, Time now) {
    ComingClient& client = replies_.coming[message.ticket];
    client.client_id = message.client_id;
    client.here = true;
    if (message.session) {
        Session& session = arrive(from, std::move(message.session), message.subscriptions, now);
        if (message.connection) {
            client.connection = take_in(session, message, now);
        } else {
            leave_alone(session, now);
        }
    }
    note_claim(message.client_id, message.ticket, now);
    const auto later = std::move(client.later);
    forget_if_done(message.ticket);
    for (const auto& again : later) {
        again(now);
    }
}

/// The connection goes on here; 0 when its transport could not be attached, or is closed.
ConnectionId Broker::take_in(Session& session, ClientMoved& message, Time now) {
    Connection& connection = add(std::move(message.connection));
    Outlet* outlet = message.transport->attach(connection, self_);
    connection.session = &session;
    if (outlet == nullptr) {
        log_disconnect(connection, lost_on_its_way);
        forget(connection);
        leave_alone(session, now);
        return 0;
    }
    connection.outlet = outlet;
    connection.leaving = false;
    session.connection = &connection;
    ++stats_.connections;
    ask_grant(session);
    members_online(session, true, now);
    if (connection.keep_alive_seconds > 0) {
        arm(connection, now + std::chrono::milliseconds(1500) * connection.keep_alive_seconds);
    }
    connection.flush_asked = !connection.outbox.empty();
    if (connection.flush_asked) {
        outlet->flush_later();
    }
    pump(session, now);
    return connection.id;
}

/// Its client is gone: the session's time begins to run.
void Broker::leave_alone(Session& session, Time now) {
    ask_grant(session);
    session.inflight.connection_lost();
    await_client(session, now);
}

/// All that came before the client has come; then it is heard again.
void Broker::forget_if_done(std::uint64_t ticket) {
    const auto found = replies_.coming.find(ticket);
    const ComingClient& client = found->second;
    if (!client.here || client.passed + 2U < shards_) {
        return;
    }
    if (Connection* connection = find(client.connection)) {
        stay(*connection);
        found->second.connection = 0;
    }
    if (client.ordered) {
        replies_.coming.erase(found);
    }
}

ComingClient* Broker::coming(std::string_view client_id) {
    const auto is_it = [&](const auto& entry) {
        const ComingClient& client = entry.second;
        return client.ordered && !client.here && client.client_id == client_id;
    };
    const auto found = std::find_if(replies_.coming.begin(), replies_.coming.end(), is_it);
    return found == replies_.coming.end() ? nullptr : &found->second;
}

}  // namespace mq::broker
