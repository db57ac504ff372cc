#include "broker/core/sys_topics.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace mq::broker {
namespace {

const std::string prefix = "$SYS/broker/";
constexpr int minutes[] = {1, 5, 15};  ///< of the averages of a load

}  // namespace

Stats SysTopics::sum() const {
    Stats total;
    for (const Stats& stats : reports_) {
        total += stats;
    }
    return total;
}

std::vector<SysTopics::Value> SysTopics::round(Time now) {
    const Stats total = sum();
    const double seconds = std::chrono::duration<double>(now - last_round_).count();
    last_round_ = now;
    clients_maximum_ = std::max(clients_maximum_, total.sessions);
    std::vector<Value> values = counters(total, now);
    if (seconds > 0) {
        update_loads(total, seconds);
        append_loads(values);
    }
    std::erase_if(gauges_, [](const auto& gauge) { return gauge.second.empty(); });
    keep_changed(values);
    return values;
}

std::vector<SysTopics::Value> SysTopics::values(Time now) const {
    std::vector<Value> values = counters(sum(), now);
    append_loads(values);
    return values;
}

std::vector<SysTopics::Value> SysTopics::counters(const Stats& total, Time now) const {
    const auto uptime = std::chrono::duration_cast<std::chrono::seconds>(now - start_).count();
    const std::uint64_t away = total.sessions - std::min(total.sessions, total.connections);
    const std::uint64_t stored = total.retained_messages + total.queued_messages;

    const std::pair<const char*, std::uint64_t> numbers[] = {
        {"clients/total", total.sessions},
        {"clients/connected", total.connections},
        {"clients/active", total.connections},
        {"clients/disconnected", away},
        {"clients/inactive", away},
        {"clients/maximum", std::max(clients_maximum_, total.sessions)},
        {"clients/expired", total.sessions_expired},
        {"connections/socket/count", total.sockets_accepted},
        {"logins/failed", total.logins_failed},
        {"logins/slowed", total.logins_slowed},
        {"logins/refused/address", total.logins_refused_by_address},
        {"logins/refused/user", total.logins_refused_by_user},
        {"messages/received", total.packets_received},
        {"messages/sent", total.packets_sent},
        {"messages/stored", stored},
        {"store/messages/count", stored},
        {"store/messages/bytes", total.retained_bytes + total.queued_bytes},
        {"store/disk/bytes", total.store_bytes},
        {"store/disk/messages/given_up", total.store_given_up},
        {"publish/messages/received", total.publishes_received},
        {"publish/messages/sent", total.publishes_sent},
        {"publish/messages/dropped", total.publishes_dropped},
        {"publish/bytes/received", total.publish_bytes_received},
        {"publish/bytes/sent", total.publish_bytes_sent},
        {"packet/out/count", total.waiting_packets},
        {"packet/out/bytes", total.waiting_bytes},
        {"bytes/received", total.bytes_received},
        {"bytes/sent", total.bytes_sent},
        {"retained messages/count", total.retained_messages},
        {"subscriptions/count", total.subscriptions},
        {"shared_subscriptions/count", total.shared_subscriptions},
    };
    std::vector<Value> values;
    values.emplace_back(prefix + "uptime", std::to_string(uptime) + " seconds");
    for (const auto& [topic, number] : numbers) {
        values.emplace_back(prefix + topic, std::to_string(number));
    }
    for (std::size_t shard = 0; reports_.size() > 1 && shard < reports_.size(); ++shard) {
        values.emplace_back(prefix + "threads/" + std::to_string(shard) + "/clients",
                            std::to_string(reports_[shard].connections));
    }
    for (const auto& [name, value] : gauges_) {
        values.emplace_back(prefix + name, value);
    }
    return values;
}

void SysTopics::update_loads(const Stats& total, double seconds) {
    for (Load& load : loads_) {
        const double rate = static_cast<double>(total.*load.counter - load.last) * 60.0 / seconds;
        load.last = total.*load.counter;
        for (std::size_t i = 0; i < load.averages.size(); ++i) {
            double& average = load.averages[i];
            average = rate + std::exp(-seconds / (60.0 * minutes[i])) * (average - rate);
        }
    }
}

void SysTopics::append_loads(std::vector<Value>& values) const {
    for (const Load& load : loads_) {
        for (std::size_t i = 0; i < load.averages.size(); ++i) {
            char text[32];
            std::snprintf(text, sizeof text, "%.2f", load.averages[i]);
            values.emplace_back(
                prefix + "load/" + load.name + "/" + std::to_string(minutes[i]) + "min", text);
        }
    }
}

void SysTopics::keep_changed(std::vector<Value>& values) {
    std::erase_if(values, [&](const Value& value) {
        const auto last = std::find_if(published_.begin(), published_.end(),
                                       [&](const Value& v) { return v.first == value.first; });
        if (last == published_.end()) {
            published_.push_back(value);
            return false;
        }
        if (last->second == value.second) {
            return true;
        }
        last->second = value.second;
        return false;
    });
}

}  // namespace mq::broker
