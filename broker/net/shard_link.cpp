#include "broker/net/shard_link.hpp"

#include "broker/net/shard.hpp"

#include <iterator>
#include <utility>

namespace mq::broker {
namespace {

/// Messages that a lane keeps room for while it is empty: what a turn's reading brings.
constexpr std::size_t lane_room_max = 1024;

}  // namespace

void ShardLink::connect(std::span<const std::unique_ptr<ShardLink>> all, ShardIndex self) {
    self_ = self;
    gathered_.resize(all.size());
    acknowledgements_.resize(all.size());
    for (const auto& link : all) {
        links_.push_back(link.get());
        lanes_.push_back(std::make_unique<Lane>());
    }
}

void ShardLink::send(ShardIndex to, ShardMessage message) {
    const bool acknowledges = std::holds_alternative<InterestAcknowledged>(message);
    Batch& batch = (acknowledges ? acknowledgements_ : gathered_)[to];
    batch.bytes += sizeof message + bytes_behind(message);
    batch.messages.push_back(std::move(message));
    gathers_ = true;
}

void ShardLink::note_retained(ShardIndex shard, FirstLevels level) {
    std::atomic<FirstLevels>& known = links_[shard]->retained_;
    if ((known & level) == 0) {
        known |= level;
    }
}

Sums ShardLink::others() const {
    Sums sums;
    for (const ShardLink* link : links_) {
        if (link != this) {
            const Held& held = link->held_;
            sums += {held.sessions.load(std::memory_order_relaxed),
                     held.subscriptions.load(std::memory_order_relaxed),
                     held.queued_messages.load(std::memory_order_relaxed),
                     held.queued_bytes.load(std::memory_order_relaxed),
                     held.retained_messages.load(std::memory_order_relaxed),
                     held.retained_bytes.load(std::memory_order_relaxed)};
        }
    }
    return sums;
}

void ShardLink::show() {
    const Sums sums = shard_.broker().sums();
    held_.sessions.store(sums.sessions, std::memory_order_relaxed);
    held_.subscriptions.store(sums.subscriptions, std::memory_order_relaxed);
    held_.queued_messages.store(sums.queued_messages, std::memory_order_relaxed);
    held_.queued_bytes.store(sums.queued_bytes, std::memory_order_relaxed);
    held_.retained_messages.store(sums.retained_messages, std::memory_order_relaxed);
    held_.retained_bytes.store(sums.retained_bytes, std::memory_order_relaxed);
}

void ShardLink::flush() {
    show();
    if (!std::exchange(gathers_, false)) {
        return;
    }
    hand_over(gathered_);
    hand_over(acknowledgements_);
}

void ShardLink::hand_over(std::span<Batch> batches) {
    for (ShardIndex to = 0; to < batches.size(); ++to) {
        if (!batches[to].messages.empty()) {
            hand_over(to, batches[to]);
        }
    }
}

void ShardLink::hand_over(ShardIndex to, Batch& batch) {
    Lane& lane = *links_[to]->lanes_[self_];
    bool was_empty = false;
    {
        const std::lock_guard lock(lane.mutex);
        was_empty = lane.messages.empty();
        if (was_empty) {
            lane.messages.swap(batch.messages);
        } else {
            std::move(batch.messages.begin(), batch.messages.end(),
                      std::back_inserter(lane.messages));
        }
        lane.bytes += std::exchange(batch.bytes, 0);
        if (lane.bytes > lane_bytes_max && !std::exchange(lane.sender_held, true)) {
            ++lanes_held_;
        }
    }
    batch.messages.clear();
    if (was_empty) {
        links_[to]->shard_.post([link = links_[to], from = self_] { link->take(from); });
    }
}

bool ShardLink::take(ShardIndex from) {
    Lane& lane = *lanes_[from];
    std::vector<ShardMessage> messages = std::move(lane.room);
    bool sender_held = false;
    {
        const std::lock_guard lock(lane.mutex);
        messages.swap(lane.messages);
        lane.bytes = 0;
        sender_held = std::exchange(lane.sender_held, false);
    }
    shard_.refresh_now();
    for (ShardMessage& message : messages) {
        shard_.broker().receive(from, std::move(message), shard_.now());
    }
    if (sender_held) {
        links_[from]->shard_.post([link = links_[from]] { link->released(); });
    }
    const bool any = !messages.empty();
    if (messages.capacity() <= lane_room_max) {
        messages.clear();
        lane.room = std::move(messages);
    }
    return any;
}

bool ShardLink::take_all() {
    bool any = false;
    for (ShardIndex from = 0; from < lanes_.size(); ++from) {
        any = take(from) || any;
    }
    return any;
}

void ShardLink::released() {
    --lanes_held_;
}

}  // namespace mq::broker
