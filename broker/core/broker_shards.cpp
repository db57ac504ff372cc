#include "broker/core/broker.hpp"

#include <algorithm>
#include <functional>
#include <utility>

/// What shards do for each other, but for the moves of sessions (broker_moves.cpp).
namespace mq::broker {
namespace {

/// Looked at in one go for another shard: what is found takes the same memory each time.
constexpr std::size_t retained_part_nodes = 1000;

}  // namespace

ShardIndex Broker::owner_of(std::string_view text) const {
    return shards_ == 1 ? ShardIndex{0}
                        : static_cast<ShardIndex>(std::hash<std::string_view>{}(text) % shards_);
}

void Broker::send(ShardIndex to, ShardMessage message, Time now) {
    if (to == self_) {
        receive(self_, std::move(message), now);
    } else {
        neighbours_->send(to, std::move(message));
    }
}

void Broker::receive(ShardIndex from, ShardMessage message, Time now) {
    std::visit([&](auto& known) { on(from, known, now); }, message);
}

void Broker::announce(std::string_view filter, std::function<void(Time)> then, Time now) {
    InterestNews news = interest_.add(filter);
    if (news.kind == InterestNews::Kind::none) {
        // What the others know already may just be on its way to them.
        const auto last = replies_.awaited.find(replies_.last_announced);
        return last == replies_.awaited.end() ? then(now)
                                              : last->second.also.push_back(std::move(then));
    }
    const std::uint64_t ticket = ++replies_.last_ticket;
    replies_.last_announced = ticket;
    replies_.awaited[ticket] = {shards_ - 1U, std::move(then)};
    for (ShardIndex shard = 0; shard < shards_; ++shard) {
        if (shard != self_) {
            neighbours_->send(shard, InterestChange{news, filter.starts_with("$SYS/"), ticket});
        }
    }
}

void Broker::retract(std::string_view filter, Time) {
    const InterestNews news = interest_.remove(filter);
    for (ShardIndex shard = 0; news.kind != InterestNews::Kind::none && shard < shards_; ++shard) {
        if (shard != self_) {
            neighbours_->send(shard, InterestChange{news});
        }
    }
}

void Broker::on(ShardIndex from, InterestChange& message, Time now) {
    if (message.sys) {
        wake_sys("$SYS", now);
    }
    interest_.note(from, message.news);
    if (message.ticket != 0) {
        send(from, InterestAcknowledged{message.ticket}, now);
    }
}

void Broker::on(ShardIndex, InterestAcknowledged& message, Time now) {
    const auto found = replies_.awaited.find(message.ticket);
    if (found == replies_.awaited.end() || --found->second.waiting > 0) {
        return;
    }
    const Awaited done = std::move(found->second);
    replies_.awaited.erase(found);
    done.then(now);
    for (const auto& then : done.also) {
        then(now);
    }
}

void Broker::on(ShardIndex from, PublishMessage& message, Time now) {
    deliver_local(message.message, from, now);
}

void Broker::on(ShardIndex from, StoreRetained& message, Time now) {
    const MessageRef& kept = message.message;
    if (kept->topic().starts_with("$SYS/") ||
        may_retain(kept->topic(), kept->payload().size(), kept->publisher().client_id, now)) {
        store_retained(kept, now);
    }
    if (message.ticket != 0) {
        send(from, InterestAcknowledged{message.ticket}, now);
    }
}

void Broker::on(ShardIndex from, FindRetained& message, Time now) {
    FoundRetained answer{message.ticket, std::move(message.spent), std::move(message.search)};
    answer.messages.clear();  // their blocks serve the copies to come
    std::size_t nodes = std::min(retained_part_nodes, limits_.retained_search_nodes);
    answer.over = retained_.find(answer.rest, nodes, answer.messages);
    drop_expired(answer.messages, now);
    for (MessageRef& found : answer.messages) {
        found = found.copy();
    }
    send(from, std::move(answer), now);
}

void Broker::on(ShardIndex from, FoundRetained& message, Time now) {
    const auto found = replies_.retained.find(message.ticket);
    deliver_retained(found->second, message.messages, now);
    if (!message.over && sessions_.find(found->second.session) != nullptr) {
        std::erase_if(message.messages, [](const MessageRef& used) { return !used.sole(); });
        return send(
            from,
            FindRetained{message.ticket, std::move(message.rest), std::move(message.messages)},
            now);
    }
    const RetainedRequest request = std::move(found->second);
    replies_.retained.erase(found);
    if (Session* session = sessions_.find(request.session);
        session != nullptr && is_ghost(*session)) {
        step_ghost(*session, now);
    }
}

void Broker::on(ShardIndex from, JoinGroup& message, Time now) {
    wake_sys(message.key.filter, now);
    bool existed = false;
    const SharedGroup& group = groups_.join(message.key, message.member, topics_, existed);
    stats_.shared_subscriptions = groups_.members();
    auto then = [this, from, ticket = message.ticket](Time later) {
        send(from, InterestAcknowledged{ticket}, later);
    };
    if (shards_ > 1 && !existed && group.members.size() == 1) {
        announce(message.key.filter, std::move(then), now);
    } else {
        then(now);
    }
}

void Broker::on(ShardIndex from, LeaveGroup& message, Time now) {
    bool group_ended = false;
    groups_.leave(message.key, from, message.session, topics_, group_ended);
    stats_.shared_subscriptions = groups_.members();
    if (group_ended && shards_ > 1) {
        retract(message.key.filter, now);
    }
    if (message.ghost) {
        send(from, GroupLeft{message.session}, now);
    }
}

void Broker::on(ShardIndex, GroupLeft& message, Time now) {
    if (Session* ghost = sessions_.find(message.session); ghost != nullptr && ghost->transit) {
        step_ghost(*ghost, now);
    }
}

void Broker::on(ShardIndex from, MemberOnline& message, Time) {
    SharedMember* member = groups_.find(message.key, from, message.session);
    if (member != nullptr) {
        member->online = message.online;
    }
}

void Broker::on(ShardIndex, GroupDelivery& message, Time now) {
    Session* session = sessions_.find(message.session);
    if (session == nullptr) {
        return;  // [MQTT-4.8.2-5]
    }
    Delivery delivery;
    delivery.qos = delivery_qos(*message.message, message.options.qos);
    delivery.retain = message.options.retain_as_published && message.message->retain();
    if (message.identifier != 0) {
        delivery.identifiers = {&message.identifier, 1};
    }
    if (session->transit && !session->transit->tail_received) {
        return hold(*session, message.message, delivery);
    }
    deliver(*session, message.message, delivery, now);
}

void Broker::on(ShardIndex from, StatsReport& message, Time) {
    sys_topics_.report(from, *message.stats);
}

}  // namespace mq::broker
