#pragma once

#include "broker/core/time.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace mq::broker {

enum class TimerKind : std::uint8_t {
    connection,       ///< no CONNECT in time, or keep alive; id is the connection's
    session,          ///< will delay or session expiry; id is the session's key
    sys_topics,       ///< id is the period
    retained_sweep,   ///< the same
    retained_search,  ///< searches go on; id is 0
    errands,          ///< so do errands; id is 0
};

struct Timer {
    Time due{};
    TimerKind kind = TimerKind::connection;
    std::uint64_t id = 0;
};

/// What is due when, soonest first. An entry is not taken back when its object ends or its deadline
/// moves: whoever gets one looks at its object whether it is really due, and sets a later one if
/// not. So an object that is used has one entry, however often its deadline moves; and those of
/// ended objects are swept out once they may be half of all.
class Timers {
 public:
    void set(Time due, TimerKind kind, std::uint64_t id) {
        heap_.push_back({due, kind, id});
        std::push_heap(heap_.begin(), heap_.end(), Later{});
    }
    [[nodiscard]] Time next() const { return heap_.empty() ? never : heap_.front().due; }
    [[nodiscard]] std::size_t size() const { return heap_.size(); }
    /// The one that is due next, unless there is none.
    [[nodiscard]] const Timer& front() const { return heap_.front(); }
    Timer take_front() {
        std::pop_heap(heap_.begin(), heap_.end(), Later{});
        const Timer timer = heap_.back();
        heap_.pop_back();
        return timer;
    }
    /// Takes the next timer that is due.
    bool take(Time now, Timer& timer) {
        if (next() > now) {
            return false;
        }
        timer = take_front();
        return true;
    }

    /// Time to `sweep`?
    [[nodiscard]] bool crowded() const { return heap_.size() >= sweep_at_; }
    /// Drops those that nobody waits for any more.
    template <class Awaited>
    void sweep(Awaited awaited) {
        std::erase_if(heap_, [&](const Timer& timer) { return !awaited(timer); });
        std::make_heap(heap_.begin(), heap_.end(), Later{});
        sweep_at_ = std::max(sweep_min, 2 * heap_.size());
        if (heap_.size() * 4 < heap_.capacity()) {
            heap_.shrink_to_fit();
        }
    }

 private:
    struct Later {
        bool operator()(const Timer& a, const Timer& b) const { return a.due > b.due; }
    };
    static constexpr std::size_t sweep_min = 1024;

    std::vector<Timer> heap_;
    std::size_t sweep_at_ = sweep_min;
};

}  // namespace mq::broker
