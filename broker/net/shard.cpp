#include "broker/net/shard.hpp"

#include "broker/net/handshake_thread.hpp"
#include "broker/net/shard_link.hpp"

#include <algorithm>
#include <cassert>
#include <chrono>
#include <limits>
#include <utility>

namespace mq::broker {
namespace {

/// How long to sleep until `due`, in whole milliseconds for epoll: rather longer than a little
/// shorter, which would bring a turn with nothing to do.
int timeout_ms(Time now, Time due) {
    if (due == never) {
        return -1;
    }
    const auto left = std::chrono::ceil<std::chrono::milliseconds>(due - now).count();
    return static_cast<int>(std::clamp<std::int64_t>(left, 0, std::numeric_limits<int>::max()));
}

/// The wall clock's time at the start, carried on by the steady clock; the same for all threads.
class SteadyWallClock {
 public:
    static Time now() {
        static const SteadyWallClock clock;
        return clock.wall_start_ + std::chrono::duration_cast<Duration>(
                                       std::chrono::steady_clock::now() - clock.steady_start_);
    }

 private:
    std::chrono::steady_clock::time_point steady_start_ = std::chrono::steady_clock::now();
    Time wall_start_{
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};
};

}  // namespace

Outcome<std::unique_ptr<Shard>> Shard::create(Log& log) {
    auto poller = Poller::open();
    if (!poller) {
        return poller.error();
    }
    std::unique_ptr<Shard> made(new Shard(log, std::move(*poller)));
    auto mailbox = Mailbox::open(made->poller_);
    if (!mailbox) {
        return mailbox.error();
    }
    made->mailbox_ = std::move(*mailbox);
    return made;
}

Shard::Shard(Log& log, Poller poller)
    : log_(log),
      certificates_(log),
      poller_(std::move(poller)),
      handshakes_(std::make_unique<HandshakeThread>(*this)),
      read_buffer_(read_buffer_bytes),
      write_buffer_(read_buffer_bytes) {
    now_ = SteadyWallClock::now();
}

Shard::~Shard() {
    drop_transports();
    handshakes_.reset();
}

void Shard::drop_transports() {
    deadlines_.clear();
    residents_.clear_and_dispose([](Resident* resident) { delete resident; });
}

void Shard::make_broker(const BrokerSetup& setup) {
    assert(broker_ == nullptr);
    now_ = SteadyWallClock::now();
    broker_ = std::make_unique<Broker>(setup, now_);
}

void Shard::run() {
    assert(broker_ != nullptr);
    const BlockPool::Use use(blocks_);
    while (!stopped_) {
        Time due = next_deadline();
        if (due <= now_) {
            turn([this] { run_timers(); });
            due = next_deadline();
        }
        serve_until(due);
    }
}

bool Shard::poll() {
    const BlockPool::Use use(blocks_);
    return serve_until(now_);
}

/// What comes next, or nothing at `due`.
bool Shard::serve_until(Time due) {
    const auto events = wait(due);
    mailbox_->take(works_);
    const bool any = !events.empty() || !works_.empty() || !noted_next_.empty();
    if (events.empty()) {
        refresh_now();
    } else {
        serve(events);
    }
    run_posted();
    if (!noted_next_.empty()) {
        turn([this] { std::swap(noted_, noted_next_); });
    }
    return any;
}

void Shard::stop() {
    post([this] { stopped_ = true; });
}

void Shard::stop_when_empty() {
    stop_when_empty_ = true;
    for (Resident& resident : residents_) {
        resident.stop();
    }
}

void Shard::review_certificates() {
    broker_->review_clients(
        [this](const Connection& connection) { return certificates_.verdict(connection); }, now_);
}

void Shard::post(std::function<void()> work) {
    mailbox_->post(std::move(work));
}

/// Clients wait while other shards do not keep up with what this one sends them.
std::span<epoll_event> Shard::wait(Time due) {
    const bool busy = stopped_ || !noted_next_.empty() || !mailbox_->may_sleep();
    const int timeout = busy ? 0 : timeout_ms(now_, due);
    if (link_ != nullptr && link_->held()) {
        mailbox_->sleep_alone(timeout);
        return {};
    }
    return poller_.wait(events_, timeout);
}

void Shard::serve(std::span<const epoll_event> events) {
    refresh_now();
    for (const epoll_event& event : events) {
        static_cast<Pollable*>(event.data.ptr)->ready(event.events);
        if (bytes_read_ >= bytes_before_flush) {
            finish_noted();
        }
    }
    end_turn();
}

void Shard::run_posted() {
    for (const Mailbox::Work& work : works_) {
        turn(work);
    }
}

void Shard::refresh_now() {
    now_ = SteadyWallClock::now();
}

void Shard::look_each(Duration interval, std::function<void()> look) {
    look_ = std::move(look);
    look_interval_ = interval;
    look_due_ = now_ + interval;
}

void Shard::end_turn() {
    if (now_ >= look_due_) {
        look_due_ = now_ + look_interval_;
        look_();
    }
    if (link_ != nullptr && broker_ != nullptr) {
        link_->show();
    }
    while (!noted_.empty() || !dead_.empty()) {
        finish_noted();
        bury_dead();
    }
    if (link_ != nullptr && broker_ != nullptr) {
        link_->flush();
    }
    if (stop_when_empty_ && residents_.empty()) {
        stopped_ = true;
    }
    if (broker_ != nullptr) {
        broker_->settle_timers(now_);
        heap_trim_.look(broker_->held_bytes(), now_);
    }
}

void Shard::finish_noted() {
    // What a flush or a close brings about (a will, a queued message) notes further transports.
    for (std::size_t i = 0; i < noted_.size(); ++i) {
        noted_[i]->finish_turn();
    }
    noted_.clear();
    bytes_read_ = 0;
}

void Shard::bury_dead() {
    for (Resident* resident : dead_) {
        set_deadline(*resident, never);
        delete resident;
    }
    dead_.clear();
}

void Shard::forget(Transport& transport) {
    if (transport.borrower >= 0) {
        borrowers_[static_cast<std::size_t>(transport.borrower)] = nullptr;
        transport.borrower = -1;
    }
    std::erase(noted_next_, &transport);
}

void Shard::set_deadline(Resident& resident, Time deadline) {
    if (resident.deadline != never) {
        auto [entry, end] = deadlines_.equal_range(resident.deadline);
        while (entry != end && entry->second != &resident) {
            ++entry;
        }
        deadlines_.erase(entry);
    }
    resident.deadline = deadline;
    if (deadline != never) {
        deadlines_.emplace(deadline, &resident);
    }
}

void Shard::linger(Resident& resident) {
    if (resident.deadline == never) {
        set_deadline(resident, now_ + linger_max);
    }
}

void Shard::lend_buffer(Transport& transport) {
    // A buffer that a burst has made large is not worth keeping.
    mqtt::Buffer& buffer = transport.outbox_buffer();
    if (buffer.capacity() > buffer_kept_bytes_max) {
        transport.release_buffer();
    }
    if (buffers_due_ == never && buffer.capacity() > small_buffer_bytes_max) {
        buffers_due_ = now_ + buffers_kept_max;
    }
    if (transport.borrower >= 0) {
        return;
    }
    Transport*& place = borrowers_[next_borrower_];
    if (place != nullptr) {
        place->borrower = -1;
        place->release_buffer();
    }
    place = &transport;
    transport.borrower = static_cast<std::int16_t>(next_borrower_);
    next_borrower_ = (next_borrower_ + 1) % buffers_lent_max;
}

void Shard::take_buffers_back() {
    buffers_due_ = blocks_.trim_unused() ? now_ + buffers_kept_max : never;
    for (Transport*& place : borrowers_) {
        if (Transport* borrower = std::exchange(place, nullptr)) {
            borrower->borrower = -1;
            borrower->release_buffer();
        }
    }
}

void Shard::forget(Timed& timed) {
    std::erase(timed_, &timed);
}

Time Shard::next_deadline() const {
    Time next = broker_ != nullptr ? broker_->next_deadline() : never;
    next = std::min({next, buffers_due_, heap_trim_.due()});
    if (!deadlines_.empty()) {
        next = std::min(next, deadlines_.begin()->first);
    }
    for (const Timed* timed : timed_) {
        next = std::min(next, timed->next_deadline());
    }
    return next;
}

void Shard::run_timers() {
    if (broker_->next_deadline() <= now_) {
        broker_->run_timers(now_);
    }
    if (buffers_due_ <= now_) {
        take_buffers_back();
    }
    if (heap_trim_.due() <= now_) {
        blocks_.trim();  // before, since what lies there is no use to the system
        heap_trim_.run(broker_->held_bytes());
    }
    for (std::size_t i = 0; i < timed_.size(); ++i) {
        if (timed_[i]->next_deadline() <= now_) {
            timed_[i]->run_timer(now_);
        }
    }
    run_deadlines();
}

void Shard::run_deadlines() {
    while (!deadlines_.empty() && deadlines_.begin()->first <= now_) {
        Resident& resident = *deadlines_.begin()->second;
        set_deadline(resident, never);
        resident.abandon();
    }
}

}  // namespace mq::broker
