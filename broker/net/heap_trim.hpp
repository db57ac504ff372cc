#pragma once

#include "broker/core/time.hpp"

#include <cstddef>

namespace mq::broker {

/// Gives memory that a burst has left in the heap back to the system: once, a moment after what the
/// broker holds has fallen to less than half of what it was. Owned by a shard.
class HeapTrim {
 public:
    static constexpr std::size_t burst_bytes_min = std::size_t{1} << 20;
    /// After this the burst is over, not just between two waves.
    static constexpr Duration pause = std::chrono::seconds(2);

    /// What the shard's core holds now, about.
    void look(std::size_t held_bytes, Time now) {
        if (held_bytes >= peak_) {
            peak_ = held_bytes;
            due_ = never;
        } else if (due_ == never && held_bytes <= peak_ / 2 &&
                   peak_ - held_bytes >= burst_bytes_min) {
            due_ = now + pause;
        }
    }
    /// When `run` is due; `never` while there is nothing to give back.
    [[nodiscard]] Time due() const { return due_; }
    void run(std::size_t held_bytes);

 private:
    std::size_t peak_ = 0;  ///< since the last time
    Time due_ = never;
};

}  // namespace mq::broker
