#include "broker/net/shard.hpp"

#include "broker/net/handshake_thread.hpp"
#include "broker/net/shard_link.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>

#include <algorithm>
#include <cassert>
#include <chrono>
#include <utility>

namespace mq::broker {
namespace {

namespace asio = boost::asio;
using boost::system::error_code;

}  // namespace

/// What needs Asio's headers.
struct Shard::Loop {
    asio::io_context context{1};
    asio::executor_work_guard<asio::io_context::executor_type> work{context.get_executor()};
    asio::posix::stream_descriptor ready{context};  ///< borrows the poller's descriptor
    asio::steady_timer timer{context};
    std::chrono::steady_clock::time_point steady_start = std::chrono::steady_clock::now();
    Time wall_start{
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch())};

    [[nodiscard]] Time now() const {
        return wall_start + std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() -
                                                                 steady_start);
    }
    [[nodiscard]] std::chrono::steady_clock::time_point steady(Time time) const {
        return steady_start + (time - wall_start);
    }
};

Outcome<std::unique_ptr<Shard>> Shard::create(Log& log) {
    auto poller = Poller::open();
    if (!poller) {
        return poller.error();
    }
    return std::unique_ptr<Shard>(new Shard(log, std::move(*poller)));
}

Shard::Shard(Log& log, Poller poller)
    : log_(log),
      certificates_(log),
      loop_(std::make_unique<Loop>()),
      poller_(std::move(poller)),
      handshakes_(std::make_unique<HandshakeThread>(*this)),
      read_buffer_(read_buffer_bytes),
      write_buffer_(read_buffer_bytes) {
    loop_->ready.assign(poller_.descriptor());
    now_ = loop_->now();
    wait_ready();
}

Shard::~Shard() {
    drop_transports();
    handshakes_.reset();
    loop_->ready.release();
}

void Shard::drop_transports() {
    deadlines_.clear();
    residents_.clear_and_dispose([](Resident* resident) { delete resident; });
}

void Shard::make_broker(const BrokerSetup& setup) {
    assert(broker_ == nullptr);
    now_ = loop_->now();
    broker_ = std::make_unique<Broker>(setup, now_);
}

asio::io_context& Shard::context() {
    return loop_->context;
}

void Shard::run() {
    assert(broker_ != nullptr);
    const BlockPool::Use use(blocks_);
    loop_->context.run();
}

void Shard::stop() {
    loop_->context.stop();
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
    asio::post(loop_->context, [this, work = std::move(work)] { turn(work); });
}

void Shard::wait_ready() {
    waits_ = true;
    loop_->ready.async_wait(asio::posix::descriptor_base::wait_read, [this](error_code error) {
        waits_ = false;
        if (!error) {
            serve_ready();
            serve_on();
        }
    });
}

bool Shard::held() const {
    return link_ != nullptr && link_->held();
}

void Shard::serve_on() {
    if (!waits_ && !held()) {
        wait_ready();
    }
}

void Shard::serve_ready() {
    for (std::size_t i = 0; i < turns_per_wake_up_max && !held(); ++i) {
        const auto events = poller_.wait(events_);
        if (events.empty()) {
            return;
        }
        begin_turn();
        for (const epoll_event& event : events) {
            static_cast<Pollable*>(event.data.ptr)->ready(event.events);
            if (bytes_read_ >= bytes_before_flush) {
                finish_noted();
            }
        }
        end_turn();
        if (events.size() < busy_events_min) {
            return;
        }
    }
}

void Shard::begin_turn() {
    now_ = loop_->now();
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
    if (!noted_next_.empty() && !next_turn_posted_) {
        next_turn_posted_ = true;
        post([this] {
            next_turn_posted_ = false;
            std::swap(noted_, noted_next_);
        });
    }
    if (stop_when_empty_ && residents_.empty()) {
        stop();
    }
    arm_timer();
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

/// A deadline that moves back takes the timer with it once in a while, not with every packet.
void Shard::arm_timer() {
    if (broker_ != nullptr) {
        broker_->settle_timers(now_);
        heap_trim_.look(broker_->held_bytes(), now_);
    }
    const Time next = next_deadline();
    const bool later = next > armed_ && now_ >= armed_at_ + timer_pause;
    if (next >= armed_ && !later) {
        return;
    }
    armed_ = next;
    armed_at_ = now_;
    if (next == never) {
        loop_->timer.cancel();
        return;
    }
    loop_->timer.expires_at(loop_->steady(next));
    loop_->timer.async_wait([this](error_code error) {
        if (!error) {
            armed_ = never;
            turn([this] { run_timers(); });
        }
    });
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
