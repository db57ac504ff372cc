#include "broker/workers.hpp"

#include "broker/net/handshake_thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <pthread.h>

namespace mq::broker {
namespace {

/// Where shards stand still.
struct Gate {
    std::mutex mutex;
    std::condition_variable changed;
    std::size_t waiting = 0;
    bool open = false;

    void wait() {
        std::unique_lock lock(mutex);
        ++waiting;
        changed.notify_all();
        changed.wait(lock, [this] { return open; });
    }
};

clockid_t clock_of(pthread_t thread) {
    clockid_t clock{};
    ::pthread_getcpuclockid(thread, &clock);
    return clock;
}

}  // namespace

Workers::~Workers() {
    stop();
    for (const auto& worker : workers_) {
        worker->thread.reset();
    }
    for (const auto& worker : workers_) {
        worker->shard->drop_transports();
        worker->shard->set_link(nullptr);
    }
}

Outcome<void> Workers::create(std::size_t count, bool spread) {
    spread_ = spread;
    for (std::size_t index = 0; index < count; ++index) {
        auto shard = Shard::create(log_);
        if (!shard) {
            return shard.error();
        }
        workers_.push_back(std::make_unique<Worker>());
        workers_.back()->shard = std::move(*shard);
        if (count > 1) {
            links_.push_back(std::make_unique<ShardLink>(*workers_.back()->shard));
        }
    }
    for (std::size_t index = 0; index < links_.size(); ++index) {
        links_[index]->connect(links_, static_cast<ShardIndex>(index));
        workers_[index]->shard->set_link(links_[index].get());
    }
    return {};
}

Outcome<void> Workers::start_threads() {
    threads_.push_back(std::make_unique<ThreadLoad>());
    threads_.back()->clock = clock_of(::pthread_self());
    for (std::size_t index = 1; index < workers_.size(); ++index) {
        Worker& worker = *workers_[index];
        auto started = SmallThread::start(stack_bytes, [&shard = *worker.shard] { shard.run(); });
        if (!started) {
            return started.error();
        }
        worker.thread = std::move(*started);
        threads_.push_back(std::make_unique<ThreadLoad>());
        threads_.back()->clock = clock_of(worker.thread->handle());
    }
    loads_.resize(threads_.size());
    balance();
    return {};
}

/// Each shard looks after its load from now on, when all threads are known.
void Workers::balance() {
    for (std::size_t index = 0; index < workers_.size() && workers_.size() > 1; ++index) {
        Shard& shard = *workers_[index]->shard;
        balancers_.push_back(
            std::make_unique<Balancer>(shard, static_cast<ShardIndex>(index), threads_));
    }
    for (std::size_t index = 0; index < balancers_.size(); ++index) {
        workers_[index]->shard->post([this, index] {
            workers_[index]->shard->look_each(Balancer::look_interval,
                                              [this, balancer = balancers_[index].get()] {
                                                  if (!still_) {
                                                      balancer->look();
                                                  }
                                              });
        });
    }
}

Outcome<void> Workers::run() {
    if (auto started = start_threads(); !started) {
        return started;
    }
    first().shard->run();
    for (const auto& worker : workers_) {
        worker->thread.reset();
    }
    take_the_rest();
    return {};
}

/// What the shards have told each other and not taken yet: a will that was to be retained on
/// another shard, a message for a session that lives there, a client on its way. Within `still` so
/// that no client is between shards; at the end so that nothing is lost.
void Workers::take_the_rest() {
    for (bool any = !links_.empty(); any;) {
        any = false;
        for (std::size_t index = 0; index < links_.size(); ++index) {
            workers_[index]->shard->turn([&] { any = links_[index]->take_all() || any; });
        }
    }
}

void Workers::still(const std::function<void()>& work) {
    const auto gate = std::make_shared<Gate>();
    const std::size_t others = first().shard == nullptr ? 0 : workers_.size() - 1;
    const bool threads_run = others > 0 && workers_.back()->thread != nullptr;
    if (!threads_run) {
        return work();
    }
    for (std::size_t index = 1; index < workers_.size(); ++index) {
        workers_[index]->shard->post([gate] { gate->wait(); });
    }
    {
        std::unique_lock lock(gate->mutex);
        gate->changed.wait(lock, [&] { return gate->waiting == others; });
    }
    still_ = true;
    take_the_rest();
    work();
    still_ = false;
    const std::lock_guard lock(gate->mutex);
    gate->open = true;
    gate->changed.notify_all();
}

void Workers::stop_when_empty() {
    for (const auto& worker : workers_) {
        worker->shard->stop_when_empty();
    }
}

void Workers::stop() {
    for (const auto& worker : workers_) {
        worker->shard->stop();
    }
}

std::size_t Workers::choose() {
    if (workers_.size() == 1) {
        return 0;
    }
    if (spread_) {
        return next_++ % workers_.size();
    }
    look_at_load(first().shard->now());
    const auto idle = std::find_if(loads_.begin(), loads_.end(),
                                   [](const Load& load) { return load.part < busy; });
    const auto chosen = idle != loads_.end()
                            ? idle
                            : std::min_element(loads_.begin(), loads_.end(),
                                               [](const Load& left, const Load& right) {
                                                   return left.part < right.part;
                                               });
    return static_cast<std::size_t>(chosen - loads_.begin());
}

void Workers::look_at_load(Time now) {
    const Duration passed = now - looked_;
    if (passed < look_interval) {
        return;
    }
    looked_ = now;
    const double passed_ns =
        static_cast<double>(std::chrono::duration_cast<std::chrono::nanoseconds>(passed).count());
    for (std::size_t index = 0; index < loads_.size(); ++index) {
        std::int64_t cpu_ns = cpu_ns_of(threads_[index]->clock);
        if (clockid_t helper{}; workers_[index]->shard->handshakes().cpu_clock(helper)) {
            cpu_ns += cpu_ns_of(helper);
        }
        loads_[index] = {cpu_ns, static_cast<double>(cpu_ns - loads_[index].cpu_ns) / passed_ns};
    }
}

}  // namespace mq::broker
