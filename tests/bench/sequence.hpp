#pragma once

#include <cstdint>
#include <set>

namespace mq::bench {

/// Watches the numbers of one subscriber's messages, which were sent as 0, 1, 2, ...
class Sequence {
 public:
    void see(std::uint64_t number) {
        if (number >= next_) {
            for (; next_ < number; ++next_) {
                missing_.insert(next_);
            }
            ++next_;
        } else if (missing_.erase(number) > 0) {
            ++reordered_;
        } else {
            ++duplicated_;
        }
    }

    /// Messages that came, each counted once.
    [[nodiscard]] std::uint64_t distinct() const { return next_ - missing_.size(); }
    /// Messages of the first `sent` ones that never came.
    [[nodiscard]] std::uint64_t lost(std::uint64_t sent) const { return sent - distinct(); }
    /// Messages that came again.
    [[nodiscard]] std::uint64_t duplicated() const { return duplicated_; }
    /// Messages that came after a later one.
    [[nodiscard]] std::uint64_t reordered() const { return reordered_; }

 private:
    std::uint64_t next_ = 0;
    std::set<std::uint64_t> missing_;  ///< below `next_`
    std::uint64_t duplicated_ = 0;
    std::uint64_t reordered_ = 0;
};

}  // namespace mq::bench
