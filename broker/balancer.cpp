#include "broker/balancer.hpp"

#include "base/idle_processors.hpp"
#include "broker/net/shard.hpp"

#include <algorithm>
#include <utility>

namespace mq::broker {
namespace {

std::int64_t ns_of(Time time) {
    return std::chrono::duration_cast<std::chrono::nanoseconds>(time.time_since_epoch()).count();
}

}  // namespace

std::int64_t cpu_ns_of(clockid_t clock) {
    timespec time{};
    ::clock_gettime(clock, &time);
    return std::int64_t{time.tv_sec} * 1'000'000'000 + time.tv_nsec;
}

Balancer::Balancer(Shard& shard, ShardIndex self,
                   const std::vector<std::unique_ptr<ThreadLoad>>& all)
    : shard_(shard), self_(self), all_(all), seen_(all.size()) {}

void Balancer::look() {
    const Time now = shard_.now();
    if (traffic_ != nullptr) {
        return move_some(now);
    }
    measure(now);
    if (seen_[self_].part < busy || now < not_before_) {
        busy_for_ = 0;
        return;
    }
    if (++busy_for_ == 1) {
        busy_since_ = now;
        idle_then_ = idle_processor_seconds();
    } else if (busy_for_ >= busy_looks) {
        busy_for_ = 0;
        if (machine_has_time(now)) {
            begin(now);
        }
    }
}

bool Balancer::machine_has_time(Time now) const {
    const auto idle_now = idle_processor_seconds();
    const std::chrono::duration<double> passed = now - busy_since_;
    return idle_then_ && idle_now && *idle_now - *idle_then_ >= spare * passed.count();
}

void Balancer::measure(Time now) {
    const auto passed = static_cast<double>(ns_of(now) - ns_of(looked_));
    looked_ = now;
    for (std::size_t i = 0; i < all_.size(); ++i) {
        const std::int64_t cpu_ns = cpu_ns_of(all_[i]->clock);
        seen_[i] = {cpu_ns, static_cast<double>(cpu_ns - seen_[i].cpu_ns) / passed};
    }
}

std::optional<ShardIndex> Balancer::idlest() const {
    const auto found = std::min_element(
        seen_.begin(), seen_.end(),
        [](const Seen& left, const Seen& right) { return left.part < right.part; });
    if (found->part > idle) {
        return std::nullopt;
    }
    return static_cast<ShardIndex>(found - seen_.begin());
}

/// Of two shards that want to send clients to the same one, the first does.
void Balancer::begin(Time now) {
    const auto target = idlest();
    if (!target) {
        return;
    }
    std::atomic<std::int64_t>& expects = all_[*target]->expects_until;
    std::int64_t until = expects.load();
    if (until > ns_of(now) || !expects.compare_exchange_strong(until, ns_of(now + pause))) {
        return;
    }
    target_ = *target;
    traffic_ = std::make_unique<Traffic>();
    shard_.broker().count_traffic(traffic_.get());
}

void Balancer::move_some(Time now) {
    shard_.broker().count_traffic(nullptr);
    const auto groups = std::exchange(traffic_, nullptr)->groups();
    const auto chosen = choose_groups(groups, seen_[self_].part, seen_[target_].part);
    std::size_t moved = 0;
    for (std::size_t i = 0; i < chosen.size() && moved < moves_max; ++i) {
        moved += move(groups[chosen[i]]);
    }
    not_before_ = now + (moved > 0 ? pause : pause_in_vain);
    measure(now);
}

/// As a whole or not at all; those of it that are on other shards already are passed over.
std::size_t Balancer::move(const Traffic::Group& group) const {
    Broker& broker = shard_.broker();
    if (!std::all_of(group.sessions.begin(), group.sessions.end(),
                     [&](std::uint64_t session) { return broker.can_move(session); })) {
        return 0;
    }
    return static_cast<std::size_t>(std::count_if(
        group.sessions.begin(), group.sessions.end(),
        [&](std::uint64_t session) { return broker.move_client(session, target_, shard_.now()); }));
}

}  // namespace mq::broker
