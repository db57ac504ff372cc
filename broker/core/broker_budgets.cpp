#include "broker/core/block_pool.hpp"
#include "broker/core/broker.hpp"

#include <algorithm>
#include <string>

/// Limits of sums over all clients: at the limit the worst offender pays first.
namespace mq::broker {
namespace {

/// After a search for the worst offender that has freed nothing, how long no further one is made.
constexpr Duration search_pause = std::chrono::seconds(1);
/// Each search for the worst offender frees at least this part of the limit, so that searches are
/// rare however many messages come.
constexpr std::size_t parts_freed = 64;

/// Longest time, and most bytes of packets, between two looks at the heap.
constexpr Duration heap_look_interval = std::chrono::milliseconds(100);
constexpr std::size_t heap_look_bytes = std::size_t{1} << 20;

// What these take, about.
constexpr std::size_t session_bytes_each = 400;
constexpr std::size_t subscription_bytes_each = 120;
constexpr std::size_t retained_bytes_each = 150;

std::size_t queue_memory(const Session& session) {
    return session.queued_bytes + session.queue.size() * Limits::queue_entry_bytes;
}

}  // namespace

std::size_t Broker::queues_memory() const {
    return stats_.queued_bytes + stats_.queued_messages * Limits::queue_entry_bytes;
}

std::size_t Broker::held_bytes() const {
    return queues_memory() + outbox_bytes_ + stats_.retained_bytes +
           stats_.retained_messages * retained_bytes_each +
           (stats_.sessions + stats_.connections) * session_bytes_each +
           stats_.subscriptions * subscription_bytes_each;
}

/// The same over all shards.
std::size_t Broker::all_queues_memory() const {
    const Sums other = others();
    return queues_memory() + other.queued_bytes + other.queued_messages * Limits::queue_entry_bytes;
}

Sums Broker::sums() const {
    Sums sums;
    sums.sessions = sessions_.size();
    sums.subscriptions = stats_.subscriptions + stats_.shared_subscriptions;
    sums.queued_messages = stats_.queued_messages;
    sums.queued_bytes = stats_.queued_bytes;
    sums.retained_messages = retained_.sum_of_clients().messages;
    sums.retained_bytes = retained_.sum_of_clients().payload_bytes;
    return sums;
}

void Broker::tell_budget(Budget& budget, std::string_view who, std::string_view what, Time now) {
    if (budget.applied(now) && log_.wants(LogType::warning)) {
        log_.line(LogType::warning, std::string(budget.directive()) + " is reached: client " +
                                        std::string(who) + ": " + std::string(what) + ".");
    }
}

/// False when the message must not be queued for this session. Else there is room for it, made at
/// the cost of the session with the largest queue where need be.
bool Broker::make_room(const Session& session, std::size_t payload_bytes, Time now) {
    const std::size_t limit = limits_.global_max_queued_bytes;
    const std::size_t wanted = payload_bytes + Limits::queue_entry_bytes;
    if (limit == 0 || all_queues_memory() + wanted <= limit) {
        return true;
    }
    if (now >= next_search_) {
        if (Session* worst = largest_queue();
            worst != nullptr && queue_memory(*worst) > queue_memory(session) + wanted) {
            trim_queue(*worst, std::max(wanted, limit / parts_freed), now);
        } else {
            next_search_ = now + search_pause;
        }
    }
    if (all_queues_memory() + wanted <= limit) {
        return true;
    }
    tell_budget(queued_budget_, session.client_id, "further messages for it are dropped", now);
    return false;
}

Session* Broker::largest_queue() {
    Session* worst = nullptr;
    sessions_.for_each([&](Session& session) {
        if (worst == nullptr || queue_memory(session) > queue_memory(*worst)) {
            worst = &session;
        }
    });
    return worst;
}

/// Drops the newest messages of a queue, as much as is asked for: what waits longest goes first.
void Broker::trim_queue(Session& session, std::size_t bytes, Time now) {
    std::size_t freed = 0;
    while (freed < bytes && !session.queue.empty()) {
        Outgoing& entry = session.queue.back();
        const std::size_t payload = entry.payload_bytes;
        if (journal_ != nullptr && entry.number != 0) {
            journal_->entry_removed(session.client_id, entry.number);
        }
        freed += payload + Limits::queue_entry_bytes;
        session.queued_bytes -= payload;
        stats_.queued_bytes -= payload;
        --stats_.queued_messages;
        ++stats_.publishes_dropped;
        session.queue.pop_back();
    }
    tell_budget(queued_budget_, session.client_id,
                "its queue is the largest; the newest messages in it are dropped", now);
}

/// Whether the retained messages may take one more, or a larger one in place of another. The shard
/// that keeps the topic decides; where it is another one, the publisher is not told.
bool Broker::may_retain(std::string_view topic, std::size_t added, std::string_view client_id,
                        Time now) {
    if (added == 0 || owner_of(topic) != self_) {  // [MQTT-3.3.1-6]
        return true;
    }
    const Sums other = others();
    const std::optional<std::size_t> replaced = retained_.payload_bytes_of(topic);
    if (replaced && *replaced >= added) {
        return true;
    }
    const std::size_t bytes = other.retained_bytes + retained_.sum_of_clients().payload_bytes -
                              replaced.value_or(0) + added;
    if (limits_.global_max_retained_bytes > 0 && bytes > limits_.global_max_retained_bytes) {
        tell_budget(retained_bytes_budget_, client_id, "its retained message is refused", now);
        return false;
    }
    if (limits_.global_max_retained_messages > 0 && !replaced &&
        other.retained_messages + retained_.sum_of_clients().messages >=
            limits_.global_max_retained_messages) {
        tell_budget(retained_budget_, client_id, "its retained message is refused", now);
        return false;
    }
    return true;
}

bool Broker::may_add_subscription(const Session& session, std::string_view filter, Time now) {
    if (limits_.global_max_subscriptions == 0 ||
        others().subscriptions + stats_.subscriptions + stats_.shared_subscriptions <
            limits_.global_max_subscriptions ||
        session.shared.contains(std::string(filter)) || topics_.find(filter, session) != nullptr) {
        return true;
    }
    tell_budget(subscriptions_budget_, session.client_id, "its subscription is refused", now);
    return false;
}

/// Whether the heap has room for what a packet of this size may bring. Where queues hold a good
/// part of the heap, the largest of them is cut first.
bool Broker::has_memory(std::string_view client_id, std::size_t packet_bytes, Time now) {
    if (limits_.memory_limit == 0 || !heap_bytes_) {
        return true;
    }
    heap_since_look_ += packet_bytes;
    if (heap_since_look_ >= heap_look_bytes || now >= next_heap_look_) {
        heap_ = heap_bytes_();
        heap_since_look_ = 0;
        next_heap_look_ = now + heap_look_interval;
    }
    if (heap_ + heap_since_look_ <= limits_.memory_limit) {
        return true;
    }
    if (BlockPool::trim_own() > 0) {
        heap_ = heap_bytes_();
        heap_since_look_ = packet_bytes;
        if (heap_ + heap_since_look_ <= limits_.memory_limit) {
            return true;
        }
    }
    if (Session* worst = queues_memory() > limits_.memory_limit / 8 ? largest_queue() : nullptr;
        worst != nullptr && !worst->queue.empty()) {
        trim_queue(*worst, limits_.memory_limit / parts_freed + packet_bytes, now);
        next_heap_look_ = now;
    }
    tell_budget(memory_budget_, client_id, "it is disconnected", now);
    return false;
}

void Broker::set_budget_gauges() {
    if (heap_bytes_) {
        const std::size_t heap = heap_bytes_();
        heap_maximum_ = std::max(heap_maximum_, heap);
        sys_topics_.set_gauge("heap/current", std::to_string(heap));
        sys_topics_.set_gauge("heap/maximum", std::to_string(heap_maximum_));
    }
    for (const Budget* budget : {&queued_budget_, &retained_bytes_budget_, &retained_budget_,
                                 &subscriptions_budget_, &memory_budget_}) {
        sys_topics_.set_gauge("limits/" + std::string(budget->directive()) + "/applied",
                              std::to_string(budget->count()));
    }
}

}  // namespace mq::broker
