#include "broker/core/broker.hpp"

#include <utility>

/// Retained messages for a new subscription, MQTT 5.0 §3.3.1.3.
namespace mq::broker {
namespace {

/// How long others come first when a search has looked at all that it may in one go.
constexpr Duration search_pause = std::chrono::milliseconds(1);

}  // namespace

void Broker::send_retained(RetainedRequest request, Time now) {
    const bool wildcards = request.filter.find_first_of("+#") != std::string::npos;
    for (ShardIndex shard = 0; shard < shards_; ++shard) {
        if (shard == self_ || (!wildcards && shard != owner_of(request.filter)) ||
            !may_retain_some(shard, request.filter)) {
            continue;
        }
        const std::uint64_t ticket = ++replies_.last_ticket;
        replies_.retained[ticket] = request;
        send(shard, FindRetained{ticket, {request.filter, {}}}, now);
    }
    if (wildcards) {
        RetainedStore::Search search{request.filter, {}};
        search_later({std::move(request), std::move(search)}, now);
    } else if (owner_of(request.filter) == self_) {
        deliver_retained(request, find_retained(request.filter, now), now);
    }
}

/// Whether another shard may have retained messages for this filter.
bool Broker::may_retain_some(ShardIndex shard, std::string_view filter) const {
    return (neighbours_->retained_in(shard) & first_levels_of(filter)) != 0;
}

/// In this shard, where the others can see that they have to ask for it.
void Broker::keep_retained(const MessageRef& message) {
    retained_.set(message);
    if (shards_ > 1) {
        neighbours_->note_retained(self_, first_level_of(message->topic()));
    }
    count_retained();
}

void Broker::count_retained() {
    stats_.retained_messages = retained_.sum().messages;
    stats_.retained_bytes = retained_.sum().payload_bytes;
}

/// At once, if it may be and none waits.
void Broker::search_later(RetainedSearch search, Time now) {
    const std::uint64_t key = search.request.session;
    if (search_order_.empty() && search_some(search, now)) {
        return;
    }
    auto& waiting = searches_[key];
    if (waiting.empty()) {
        search_order_.push_back(key);
    }
    waiting.push_back(std::move(search));
    if (Session* session = sessions_.find(key); session != nullptr && session->connection) {
        session->connection->held = true;
    }
    arm_search(now);
}

/// True when it is over.
bool Broker::search_some(RetainedSearch& search, Time now) {
    if (search_nodes_ == 0) {
        return false;
    }
    std::vector<MessageRef> found;
    const bool over = retained_.find(search.search, search_nodes_, found);
    drop_expired(found, now);
    deliver_retained(search.request, found, now);
    if (search_nodes_ == 0) {
        arm_search(now);
    }
    return over;
}

void Broker::arm_search(Time now) {
    if (!std::exchange(search_armed_, true)) {
        set_timer(now + search_pause, TimerKind::retained_search, 0);
    }
}

/// Goes on with the searches, those of one session after those of the other.
void Broker::search_on(Time now) {
    search_armed_ = false;
    search_nodes_ = limits_.retained_search_nodes;
    while (!search_order_.empty() && search_nodes_ > 0) {
        const std::uint64_t key = search_order_.front();
        search_order_.pop_front();
        auto& waiting = searches_[key];
        if (sessions_.find(key) != nullptr && search_some(waiting.front(), now)) {
            waiting.pop_front();
        }
        Session* session = sessions_.find(key);
        if (session != nullptr && !waiting.empty()) {
            search_order_.push_back(key);
            continue;
        }
        searches_.erase(key);
        if (session != nullptr && session->connection != nullptr) {
            release(*session->connection, now);
        }
    }
    if (!search_order_.empty()) {
        arm_search(now);
    }
}

/// Before the session leaves this shard.
void Broker::search_all(const Session& session, Time now) {
    auto waiting = searches_.extract(session.key);
    if (waiting.empty()) {
        return;
    }
    std::erase(search_order_, session.key);
    for (RetainedSearch& search : waiting.mapped()) {
        std::vector<MessageRef> found;
        std::size_t nodes = SIZE_MAX;
        retained_.find(search.search, nodes, found);
        drop_expired(found, now);
        deliver_retained(search.request, found, now);
    }
}

std::vector<MessageRef> Broker::find_retained(std::string_view filter, Time now) {
    std::vector<MessageRef> found;
    retained_.find(filter, found);
    drop_expired(found, now);
    return found;
}

/// What has been found in this shard just now and is over is not kept any longer.
void Broker::drop_expired(std::vector<MessageRef>& found, Time now) {
    std::erase_if(found, [&](const MessageRef& message) {
        if (!message->expired(now)) {
            return false;
        }
        remove_retained(message->topic(), now);
        return true;
    });
}

void Broker::hold_while_searching(Connection& connection) {
    connection.held = searches_.contains(connection.session->key);
}

void Broker::release(Connection& connection, Time now) {
    connection.held = false;
    connection.last_received = now;  // it could not be heard meanwhile
    connection.outlet->resume();
}

void Broker::deliver_retained(const RetainedRequest& request, const std::vector<MessageRef>& found,
                              Time now) {
    Session* session = sessions_.find(request.session);
    if (session == nullptr) {
        return;
    }
    const bool moved_away = is_ghost(*session);
    RetainedSource source;
    for (const MessageRef& message : found) {
        const Publisher publisher = message->publisher();
        const bool own = publisher.client_id.empty() ? message->origin().session == session->key
                                                     : publisher.client_id == session->client_id;
        if ((request.options.no_local && own) ||  // [MQTT-3.8.3-3]
            (limits_.check_retain_source && !source_may_write(*message, source))) {
            continue;
        }
        Delivery delivery;
        delivery.qos = delivery_qos(*message, request.options.qos);
        delivery.retain = true;
        if (request.identifier != 0) {
            delivery.identifiers = {&request.identifier, 1};
        }
        if (moved_away) {
            hold(*session, message, delivery);
        } else {
            deliver(*session, message, delivery, now);
        }
    }
}

bool Broker::source_may_write(const Message& message, RetainedSource& last) const {
    const Publisher publisher = message.publisher();
    if (publisher.client_id.empty() || message.topic().starts_with("$SYS/")) {
        return true;  // the broker's own, a bridge's state, or kept by who did not note it
    }
    if (last.client_id != publisher.client_id || last.user_name != publisher.user_name ||
        last.realm != publisher.realm) {
        last.client_id = publisher.client_id;
        last.user_name = publisher.user_name;
        last.realm = publisher.realm;
        last.grant = access_.grant({publisher.client_id, publisher.user_name,
                                    publisher.has_user_name, realm_named(publisher.realm)});
    }
    return may_write(last.grant, message.topic());
}

}  // namespace mq::broker
