#pragma once

#include "broker/core/time.hpp"

#include <cstdint>
#include <queue>
#include <vector>

namespace mq::broker {

enum class TimerKind : std::uint8_t {
    connection,       ///< no CONNECT in time, or keep alive; id is the connection's
    session,          ///< will delay or session expiry; id is the session's key
    sys_topics,       ///< id is the period
    retained_sweep,   ///< the same
    retained_search,  ///< searches go on; id is 0
};

struct Timer {
    Time due{};
    TimerKind kind = TimerKind::connection;
    std::uint64_t id = 0;
};

/// What is due when, soonest first. Entries are never taken back: whoever gets one looks at its
/// object whether it is really due, and sets a later one if not. So an object has one entry,
/// however often its deadline moves.
class Timers {
 public:
    void set(Time due, TimerKind kind, std::uint64_t id) { queue_.push({due, kind, id}); }
    [[nodiscard]] Time next() const { return queue_.empty() ? never : queue_.top().due; }
    /// Takes the next timer that is due.
    bool take(Time now, Timer& timer) {
        if (queue_.empty() || queue_.top().due > now) {
            return false;
        }
        timer = queue_.top();
        queue_.pop();
        return true;
    }

 private:
    struct Later {
        bool operator()(const Timer& a, const Timer& b) const { return a.due > b.due; }
    };
    std::priority_queue<Timer, std::vector<Timer>, Later> queue_;
};

}  // namespace mq::broker
