#pragma once

#include <chrono>
#include <cstdint>

namespace mq::broker {

/// The time as the core is told it: milliseconds since the Unix epoch that never go back while the
/// program runs. The loop takes the wall clock once at its start and adds monotonic time to it, so
/// that stored times keep their meaning over a restart.
struct Clock {
    using rep = std::int64_t;
    using period = std::milli;
    using duration = std::chrono::duration<rep, period>;
    using time_point = std::chrono::time_point<Clock>;
    static constexpr bool is_steady = true;
};

using Duration = Clock::duration;
using Time = Clock::time_point;

/// "Never", for deadlines.
inline constexpr Time never = Time::max();

}  // namespace mq::broker
