#include "broker/core/broker.hpp"

/// What is done at a time, not on an event.
namespace mq::broker {
namespace {

constexpr std::string_view sys_level = "$SYS";
constexpr Duration log_message_life = std::chrono::seconds(20);
/// A timer is looked at this long before it is due, whether it has to be.
constexpr Duration settle_margin = std::chrono::seconds(10);
/// Not more often than that.
constexpr Duration settle_pause = std::chrono::seconds(1);

}  // namespace

void Broker::run_timers(Time now) {
    for (Timer timer; timers_.take(now, timer);) {
        if (!awaited(timer)) {
            continue;
        }
        switch (timer.kind) {
            case TimerKind::connection:
                on_connection_timer(*find(timer.id), now);
                break;
            case TimerKind::session:
                on_session_timer(*sessions_.find(timer.id), now);
                break;
            case TimerKind::sys_topics:
                on_sys_timer(now);
                break;
            case TimerKind::retained_sweep:
                sweep_retained(now);
                break;
            case TimerKind::retained_search:
                search_on(now);
                break;
            case TimerKind::errands:
                on_errands_timer(now);
                break;
        }
    }
}

void Broker::set_timer(Time due, TimerKind kind, std::uint64_t id) {
    timers_.set(due, kind, id);
    settle_at_ = std::min(settle_at_, due - settle_margin);
    if (timers_.crowded()) {
        timers_.sweep([this](const Timer& timer) { return awaited(timer); });
    }
}

/// Whether the object is still there, and has no other timer.
bool Broker::awaited(const Timer& timer) {
    if (timer.kind == TimerKind::connection) {
        const Connection* connection = find(timer.id);
        return connection != nullptr && connection->timer_set == timer.due;
    }
    if (timer.kind == TimerKind::session) {
        const Session* session = sessions_.find(timer.id);
        return session != nullptr && session->timer_set == timer.due;
    }
    return timer.kind == TimerKind::retained_search || timer.kind == TimerKind::errands ||
           timer.id == period_;
}

/// A client sends something about once in its keep alive time, so that each one's timer moves about
/// as often, in a turn that happens anyway.
void Broker::settle_some(Time now) {
    while (timers_.size() > 0) {
        const Timer timer = timers_.front();
        settle_at_ = std::max(timer.due - settle_margin, now + settle_pause);
        if (!awaited(timer)) {
            timers_.take_front();
            continue;
        }
        if (timer.kind == TimerKind::session) {
            Session& session = *sessions_.find(timer.id);
            if (session.connection == nullptr) {
                return;
            }
            session.timer_set = never;  // its client is back
            timers_.take_front();
            continue;
        }
        Connection* connection = timer.kind == TimerKind::connection ? find(timer.id) : nullptr;
        if (connection == nullptr || connection->state != ConnectionState::open ||
            connection->held) {
            return;
        }
        settle_at_ = timer.due - std::chrono::milliseconds(500) * connection->keep_alive_seconds;
        const Time end = keep_alive_end(*connection);
        if (now < settle_at_ || end <= timer.due) {
            settle_at_ = std::max(settle_at_, now + settle_pause);
            return;
        }
        timers_.take_front();
        connection->timer_set = never;
        if (end != never) {
            arm(*connection, end);
        }
    }
    settle_at_ = never;
}

/// When a client has been silent for too long [MQTT-3.1.2-22].
Time Broker::keep_alive_end(const Connection& connection) {
    return connection.keep_alive_seconds == 0
               ? never
               : connection.last_received +
                     std::chrono::milliseconds(1500) * connection.keep_alive_seconds;
}

void Broker::on_connection_timer(Connection& connection, Time now) {
    connection.timer_set = never;
    if (connection.state == ConnectionState::awaiting_connect) {
        return close(connection,
                     "no CONNECT within " + std::to_string(limits_.connect_timeout) + " seconds",
                     false, now);
    }
    if (connection.state == ConnectionState::authenticating ||
        (connection.state == ConnectionState::awaiting_login && connection.authentication &&
         connection.authentication->step_pending)) {
        return close(
            connection,
            "not authenticated within " + std::to_string(limits_.connect_timeout) + " seconds",
            false, now);
    }
    if (connection.state == ConnectionState::awaiting_login &&
        connection.pending->claimed != never) {
        // It is not read from, so nobody would see that the client has given up.
        const Time end =
            connection.pending->claimed + std::chrono::seconds(limits_.connect_timeout);
        return now < end ? arm(connection, end)
                         : refuse(connection, ReasonCode::server_unavailable, now);
    }
    if (connection.state != ConnectionState::open || connection.keep_alive_seconds == 0) {
        return;
    }
    if (connection.held) {  // what it sends is not heard, `release` counts anew
        return arm(connection,
                   now + std::chrono::milliseconds(1500) * connection.keep_alive_seconds);
    }
    if (const Time end = keep_alive_end(connection); now < end) {
        return arm(connection, end);
    }
    fail(connection, ReasonCode::keep_alive_timeout, now);
}

/// Nobody is woken up for values that nobody reads: without a subscription the rounds pause.
void Broker::on_sys_timer(Time now) {
    if (sys_wanted()) {
        publish_sys(now);
    } else {
        sys_paused_ = true;
    }
}

bool Broker::sys_wanted() const {
    bool wanted = topics_.has_below(sys_level);
    for (ShardIndex shard = 0; shard < shards_ && shards_ > 1; ++shard) {
        wanted = wanted || interest_.wants(shard, sys_level);
    }
    return wanted;
}

/// Before there is a first subscription, so that it finds present values among those retained.
void Broker::wake_sys(std::string_view filter, Time now) {
    if (sys_paused_ && filter.substr(0, filter.find('/')) == sys_level) {
        publish_sys(now);
    }
}

void Broker::publish_sys(Time now) {
    sys_paused_ = false;
    set_timer(now + std::chrono::seconds(limits_.sys_interval), TimerKind::sys_topics, period_);
    count_waiting();
    if (self_ != 0) {
        return send(0, StatsReport{std::make_unique<Stats>(stats_)}, now);
    }
    access_.count(stats_);
    if (!version_published_) {
        version_published_ = true;
        publish_own("$SYS/broker/version", "mqhome version " + version_, now);
    }
    if (journal_ != nullptr) {  // one for all shards, so it is told once
        const JournalStats journal = journal_->stats();
        stats_.store_bytes = journal.bytes;
        stats_.store_given_up = journal.given_up;
    }
    sys_topics_.report(self_, stats_);
    set_budget_gauges();
    for (const auto& [topic, value] : sys_topics_.round(now)) {
        publish_own(topic, value, now);
    }
}

/// What clients have not taken yet; nothing is counted for it while packets come and go.
void Broker::count_waiting() {
    stats_.waiting_bytes = outbox_bytes_;
    stats_.waiting_packets = 0;
    for (std::size_t i = 0; outbox_bytes_ > 0 && i < connections_.size(); ++i) {
        stats_.waiting_packets += connections_[i] ? connections_[i]->outbox.packets() : 0;
    }
}

void Broker::publish_log(std::string_view suffix, std::string_view line, Time now) {
    const mqtt::Bytes payload(reinterpret_cast<const std::uint8_t*>(line.data()), line.size());
    Message::Origin origin;
    origin.expiry = now + log_message_life;
    route(MessageRef::create("$SYS/broker/log/" + std::string(suffix), {}, payload,
                             mqtt::QoS::exactly_once, false, origin),
          now);
}

std::vector<SysTopics::Value> Broker::sys_values(Time now) {
    if (limits_.sys_interval == 0 || self_ != 0) {
        return {};
    }
    wake_sys(sys_level, now);
    count_waiting();
    sys_topics_.report(self_, stats_);
    return sys_topics_.values(now);
}

void Broker::sweep_retained(Time now) {
    set_timer(now + std::chrono::minutes(limits_.retain_expiry_interval), TimerKind::retained_sweep,
              period_);
    for (const std::string& topic : retained_.expired(now)) {
        remove_retained(topic, now);
    }
}

}  // namespace mq::broker
