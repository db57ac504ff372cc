#include "broker/core/broker.hpp"

/// What is done at a time, not on an event.
namespace mq::broker {
namespace {

constexpr Duration log_message_life = std::chrono::seconds(20);

}  // namespace

void Broker::run_timers(Time now) {
    for (Timer timer; timers_.take(now, timer);) {
        switch (timer.kind) {
            case TimerKind::connection:
                if (Connection* connection = find(timer.id);
                    connection != nullptr && connection->timer_set == timer.due) {
                    on_connection_timer(*connection, now);
                }
                break;
            case TimerKind::session:
                if (Session* session = sessions_.find(timer.id);
                    session != nullptr && session->timer_set == timer.due) {
                    on_session_timer(*session, now);
                }
                break;
            case TimerKind::sys_topics:
                if (timer.id == period_) {
                    publish_sys(now);
                }
                break;
            case TimerKind::retained_sweep:
                if (timer.id == period_) {
                    sweep_retained(now);
                }
                break;
            case TimerKind::retained_search:
                search_on(now);
                break;
        }
    }
}

void Broker::on_connection_timer(Connection& connection, Time now) {
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
    if (connection.state != ConnectionState::open || connection.keep_alive_seconds == 0) {
        return;
    }
    if (connection.held) {  // what it sends is not heard, `release` counts anew
        return arm(connection,
                   now + std::chrono::milliseconds(1500) * connection.keep_alive_seconds);
    }
    const Time due =
        connection.last_received + std::chrono::milliseconds(1500) * connection.keep_alive_seconds;
    if (now < due) {
        return arm(connection, due);
    }
    fail(connection, ReasonCode::keep_alive_timeout, now);  // [MQTT-3.1.2-22]
}

void Broker::publish_sys(Time now) {
    timers_.set(now + std::chrono::seconds(limits_.sys_interval), TimerKind::sys_topics, period_);
    count_waiting();
    if (self_ != 0) {
        return send(0, StatsReport{stats_}, now);
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
    count_waiting();
    sys_topics_.report(self_, stats_);
    return sys_topics_.values(now);
}

void Broker::sweep_retained(Time now) {
    timers_.set(now + std::chrono::minutes(limits_.retain_expiry_interval),
                TimerKind::retained_sweep, period_);
    for (const std::string& topic : retained_.expired(now)) {
        remove_retained(topic, now);
    }
}

}  // namespace mq::broker
