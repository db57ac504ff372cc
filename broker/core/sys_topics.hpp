#pragma once

#include "broker/core/shared_groups.hpp"
#include "broker/core/stats.hpp"
#include "broker/core/time.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mq::broker {

/// Makes the values of the `$SYS` topics: plain counters and gauges, and loads as moving averages
/// over 1, 5 and 15 minutes. A value is given out when it has changed since it was last.
class SysTopics {
 public:
    using Value = std::pair<std::string, std::string>;  ///< topic and text

    SysTopics(ShardIndex shards, Time start)
        : reports_(shards), start_(start), last_round_(start) {}

    /// The stand of one shard.
    void report(ShardIndex shard, const Stats& stats) { reports_[shard] = stats; }
    /// A value that is no sum of what the shards report, `name` being the topic without
    /// `$SYS/broker/`; empty: the topic is cleared.
    void set_gauge(const std::string& name, std::string value) { gauges_[name] = std::move(value); }
    /// All topics whose value has changed, for a round at this time.
    std::vector<Value> round(Time now);
    /// All topics as they are now; loads are those of the last round.
    [[nodiscard]] std::vector<Value> values(Time now) const;

 private:
    struct Load {
        const char* name;
        std::uint64_t Stats::*counter;
        std::uint64_t last = 0;
        std::array<double, 3> averages{};
    };

    [[nodiscard]] Stats sum() const;
    [[nodiscard]] std::vector<Value> counters(const Stats& total, Time now) const;
    void update_loads(const Stats& total, double seconds);
    void append_loads(std::vector<Value>& values) const;
    void keep_changed(std::vector<Value>& values);

    std::vector<Stats> reports_;
    Time start_;
    Time last_round_;
    std::uint64_t clients_maximum_ = 0;
    std::vector<Value> published_;
    std::map<std::string, std::string> gauges_;
    std::array<Load, 9> loads_{{{"messages/received", &Stats::packets_received},
                                {"messages/sent", &Stats::packets_sent},
                                {"publish/received", &Stats::publishes_received},
                                {"publish/sent", &Stats::publishes_sent},
                                {"publish/dropped", &Stats::publishes_dropped},
                                {"bytes/received", &Stats::bytes_received},
                                {"bytes/sent", &Stats::bytes_sent},
                                {"sockets", &Stats::sockets_accepted},
                                {"connections", &Stats::connects_received}}};
};

}  // namespace mq::broker
