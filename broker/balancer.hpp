#pragma once

#include "broker/core/shard_index.hpp"
#include "broker/core/time.hpp"
#include "broker/core/traffic.hpp"

#include <atomic>
#include <cstdint>
#include <ctime>
#include <memory>
#include <optional>
#include <vector>

namespace mq::broker {

class Shard;

/// The thread of a shard, for all threads to see.
struct ThreadLoad {
    clockid_t clock{};                          ///< processor time of the thread
    std::atomic<std::int64_t> expects_until{};  ///< ns: another shard has sent it clients
};

/// Processor time that a thread has used, in nanoseconds.
std::int64_t cpu_ns_of(clockid_t clock);

/// Moves clients of a shard that has no time left to one that has. Clients that send each other
/// messages stay together, so that no message changes threads that did not before. On the shard's
/// thread; looks at the end of a turn when it is time, and never wakes a thread that sleeps.
class Balancer {
 public:
    static constexpr Duration look_interval = std::chrono::milliseconds(50);
    /// Part of a processor's time from which on a shard has none left; up to which one has some.
    static constexpr double busy = 0.85;
    static constexpr double idle = 0.5;
    /// That many times in a row, before it counts.
    static constexpr unsigned busy_looks = 4;
    /// So much of a processor must have been idle meanwhile: on a machine that has no time left
    /// another thread would only take it from the first.
    static constexpr double spare = 0.7;
    /// After clients have moved, and when none could.
    static constexpr Duration pause = std::chrono::seconds(1);
    static constexpr Duration pause_in_vain = std::chrono::seconds(5);
    static constexpr std::size_t moves_max = 1000;

    /// `all` by shard; both outlive the balancer.
    Balancer(Shard& shard, ShardIndex self, const std::vector<std::unique_ptr<ThreadLoad>>& all);

    void look();

 private:
    struct Seen {
        std::int64_t cpu_ns = 0;
        double part = 0;
    };

    void measure(Time now);
    [[nodiscard]] std::optional<ShardIndex> idlest() const;
    [[nodiscard]] bool machine_has_time(Time now) const;
    void begin(Time now);
    void move_some(Time now);
    [[nodiscard]] std::size_t move(const Traffic::Group& group) const;

    Shard& shard_;
    ShardIndex self_;
    const std::vector<std::unique_ptr<ThreadLoad>>& all_;
    std::vector<Seen> seen_;
    Time looked_{};
    Time not_before_{};
    unsigned busy_for_ = 0;  ///< looks
    Time busy_since_{};
    std::optional<double> idle_then_;  ///< `idle_processor_seconds` when that began
    ShardIndex target_ = 0;
    std::unique_ptr<Traffic> traffic_;  ///< while it is counted
};

}  // namespace mq::broker
