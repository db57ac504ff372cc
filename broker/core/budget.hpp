#pragma once

#include "broker/core/time.hpp"

#include <cstdint>

namespace mq::broker {

/// One of the limits of sums over the whole broker: what it is called, how often it was applied,
/// and when that is worth a line in the log again.
class Budget {
 public:
    static constexpr Duration log_interval = std::chrono::minutes(1);

    explicit Budget(const char* directive) : directive_(directive) {}

    /// Notes that something was refused or dropped; true when it is to be logged.
    bool applied(Time now) {
        ++count_;
        if (now < next_line_) {
            return false;
        }
        next_line_ = now + log_interval;
        return true;
    }

    [[nodiscard]] const char* directive() const { return directive_; }
    [[nodiscard]] std::uint64_t count() const { return count_; }

 private:
    const char* directive_;
    std::uint64_t count_ = 0;
    Time next_line_{};
};

}  // namespace mq::broker
