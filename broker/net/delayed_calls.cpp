#include "broker/net/delayed_calls.hpp"

#include <utility>

namespace mq::broker {

void DelayedCalls::after(Duration delay, std::function<void()> call) {
    if (delay <= Duration::zero() || calls_.size() == waiting_max) {
        return call();
    }
    calls_.emplace(shard_.now() + delay, std::move(call));
}

Time DelayedCalls::next_deadline() const {
    return calls_.empty() ? never : calls_.begin()->first;
}

void DelayedCalls::run_timer(Time now) {
    while (!calls_.empty() && calls_.begin()->first <= now) {
        const auto call = std::move(calls_.begin()->second);
        calls_.erase(calls_.begin());
        call();
    }
}

}  // namespace mq::broker
