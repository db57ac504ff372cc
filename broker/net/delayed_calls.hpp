#pragma once

#include "broker/net/shard.hpp"

#include <cstddef>
#include <functional>
#include <map>

namespace mq::broker {

/// Calls functions later, on the shard's thread, as answers to logins that failed too often. What
/// is still waiting at the end is not called. Lives no longer than the shard.
class DelayedCalls final : public Timed {
 public:
    /// Each call keeps a connection open; beyond this they are made at once.
    static constexpr std::size_t waiting_max = 256;

    explicit DelayedCalls(Shard& shard) : shard_(shard) { shard_.watch(*this); }
    ~DelayedCalls() { shard_.forget(*this); }
    DelayedCalls(const DelayedCalls&) = delete;
    DelayedCalls& operator=(const DelayedCalls&) = delete;

    /// Within a turn.
    void after(Duration delay, std::function<void()> call);

    [[nodiscard]] std::size_t waiting() const { return calls_.size(); }

    [[nodiscard]] Time next_deadline() const override;
    void run_timer(Time now) override;

 private:
    Shard& shard_;
    std::multimap<Time, std::function<void()>> calls_;
};

}  // namespace mq::broker
