#pragma once

#include "base/problem.hpp"
#include "base/small_thread.hpp"
#include "broker/balancer.hpp"
#include "broker/listeners.hpp"
#include "broker/net/login.hpp"
#include "broker/net/shard.hpp"
#include "broker/net/shard_link.hpp"
#include "broker/store/store.hpp"

#include <ctime>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace mq::broker {

/// One shard, and what it has of its own. The members are made by App, in this order.
struct Worker {
    std::unique_ptr<Shard> shard;
    std::unique_ptr<Store::Door> journal;  ///< null without persistence
    std::unique_ptr<Login> login;
    std::unique_ptr<Listeners> listeners;
    std::unique_ptr<SmallThread> thread;  ///< null: the first one, which `main`'s thread serves
};

/// The shards of the broker and their threads. Owned by App, on the first shard's thread.
class Workers {
 public:
    explicit Workers(Log& log) : log_(log) {}
    ~Workers();
    Workers(const Workers&) = delete;
    Workers& operator=(const Workers&) = delete;

    /// With `spread` new clients are dealt in turn.
    Outcome<void> create(std::size_t count, bool spread);

    [[nodiscard]] Worker& first() { return *workers_.front(); }
    [[nodiscard]] std::size_t count() const { return workers_.size(); }
    [[nodiscard]] Worker& at(std::size_t index) { return *workers_[index]; }
    [[nodiscard]] auto begin() { return workers_.begin(); }
    [[nodiscard]] auto end() { return workers_.end(); }
    /// The way from this shard to the others; null where there is but one.
    [[nodiscard]] ShardLink* link(std::size_t index) {
        return links_.empty() ? nullptr : links_[index].get();
    }

    /// Serves until all shards have stopped, then brings what they have still told each other to
    /// its end.
    Outcome<void> run();

    /// Runs `work` on this thread, within a turn of every shard, while all the others stand still.
    /// Not after `stop_when_empty`.
    void still(const std::function<void()>& work);
    /// Each shard ends with its last connection; within `still`.
    void stop_when_empty();
    /// All end at once.
    void stop();

    /// Which shard a new client goes to: the first that is not busy, else the least busy one. So a
    /// quiet broker is one-threaded, and no message has to change threads.
    std::size_t choose();

 private:
    /// Part of a processor's time up to which a shard is given more clients.
    static constexpr double busy = 0.6;
    static constexpr Duration look_interval = std::chrono::milliseconds(50);
    static constexpr std::size_t stack_bytes = std::size_t{512} << 10;

    Outcome<void> start_threads();
    void balance();
    void take_the_rest();
    void look_at_load(Time now);

    struct Load {
        std::int64_t cpu_ns = 0;
        double part = 0;
    };

    Log& log_;
    bool spread_ = false;
    std::size_t next_ = 0;  ///< with `spread_`
    std::vector<std::unique_ptr<Worker>> workers_;
    std::vector<std::unique_ptr<ShardLink>> links_;
    std::vector<Load> loads_;                           ///< by worker, of the last look
    std::vector<std::unique_ptr<ThreadLoad>> threads_;  ///< by worker
    std::vector<std::unique_ptr<Balancer>> balancers_;  ///< by worker; none where there is but one
    Time looked_{};
    bool still_ = false;  ///< changes only while all threads but one wait
};

}  // namespace mq::broker
