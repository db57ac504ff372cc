#include "client/cli/bench_run.hpp"

#include "client/cli/bench_message.hpp"
#include "client/cli/connection_settings.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <sys/epoll.h>
#include <utility>

namespace mq::cli {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr milliseconds turn_max{100};
/// After so long without any sign of a message, those on their way are lost.
constexpr seconds silence_max{2};
/// Turns of one publisher at a time, so that the sockets are looked at in between.
constexpr int burst_max = 64;

std::uint64_t now_ns() {
    return static_cast<std::uint64_t>(std::chrono::duration_cast<std::chrono::nanoseconds>(
                                          std::chrono::steady_clock::now().time_since_epoch())
                                          .count());
}

}  // namespace

BenchRun::BenchRun(BenchOptions& options)
    : options_(options),
      poller_(::epoll_create1(EPOLL_CLOEXEC)),
      interrupts_(true, 0, options.broker.quiet),
      progress_(!options.broker.quiet),
      payload_(static_cast<std::size_t>(options.broker.load_size_bytes), 'x') {
    epoll_event event{};
    event.events = EPOLLIN;  // no client: a signal
    ::epoll_ctl(poller_.get(), EPOLL_CTL_ADD, interrupts_.descriptor(), &event);
}

BenchRun::~BenchRun() {
    ending_ = true;
    clients_.clear();
}

Outcome<BenchCounts> BenchRun::run() {
    if (auto made = make_clients(); !made) {
        return made.error();
    }
    if (auto ready = get_ready(); !ready) {
        return ready.error();
    }
    const Options& broker = options_.broker;
    rated_at_ = Clock::now();
    load(rated_at_ + seconds(broker.load_warm_up_s));
    const auto begin = Clock::now();
    measuring_ = true;
    load(begin + seconds(broker.load_duration_s));
    measuring_ = false;
    counts_.seconds = std::chrono::duration<double>(Clock::now() - begin).count();
    drain();
    ending_ = true;
    for (const auto& client : clients_) {
        client->disconnect();
    }
    return counts_;
}

Outcome<void> BenchRun::make_clients() {
    const bool connecting = options_.pattern == BenchPattern::connect;
    const std::size_t count = connecting ? static_cast<std::size_t>(options_.broker.load_clients)
                                         : options_.publishers() + options_.receivers();
    BenchEvents& events = *this;
    for (std::size_t number = 0; number < count; ++number) {
        clients_.push_back(
            std::make_unique<BenchClient>(options_.broker, events, poller_.get(), number));
        if (auto made = clients_.back()->create(options_.broker); !made) {
            return made;
        }
    }
    for (std::size_t number = 0; number < options_.publishers(); ++number) {
        Flow& flow = flows_.emplace_back();
        flow.client = clients_[number].get();
        flow.topic = options_.topic(number);
    }
    const std::size_t heard = options_.pattern == BenchPattern::fan_in ? options_.publishers() : 1;
    next_.assign(options_.receivers(), std::vector<std::uint64_t>(heard));
    started_ns_.assign(count, 0);
    return {};
}

/// Connects and subscribes all; of the pattern `connect`, none yet.
Outcome<void> BenchRun::get_ready() {
    for (const auto& client : clients_) {
        idle_.push_back(client.get());
    }
    if (options_.pattern == BenchPattern::connect) {
        return {};
    }
    const auto end = Clock::now() + seconds(options_.broker.wait_s);
    while (ready_ < clients_.size()) {
        {
            const Interrupts::EndAtOnce meanwhile(interrupts_);
            connect_idle();
        }
        turn(turn_max);
        if (refused_filter_) {
            return Problem{"the broker refuses the subscription to " + options_.filter(0), ""};
        }
        if (!problem_.empty()) {
            return connection_problem(options_.broker, problem_);
        }
        const bool ended = over();
        if (ended || Clock::now() >= end) {
            const std::string why = ended ? ", when a signal has ended it"
                                          : ", and no more came within " +
                                                std::to_string(options_.broker.wait_s) + " seconds";
            return Problem{std::to_string(ready_) + " of " + std::to_string(clients_.size()) +
                               " clients are connected" + why,
                           ""};
        }
    }
    return {};
}

void BenchRun::load(Clock::time_point end) {
    heard_at_ = Clock::now();
    while (!over() && Clock::now() < end) {
        const bool rated = options_.broker.load_rate > 0;
        connect_idle();
        if (rated) {
            publish_due();
            turn(milliseconds(1));
        } else {
            const bool more = publish_windows();
            turn(more ? milliseconds(0) : turn_max);
            give_up_what_is_lost();
        }
    }
}

/// Waits for what is still on its way.
void BenchRun::drain() {
    heard_at_ = Clock::now();
    const auto complete = [&] {
        return counts_.completed >= counts_.published && counts_.received >= counts_.expected;
    };
    while (!over() && !complete() && Clock::now() - heard_at_ < silence_max) {
        turn(turn_max);
    }
}

/// With a rate, connections of the pattern `connect` are due one after the other. Elsewhere they
/// are made again at once, but after one that fails, none for a second.
void BenchRun::connect_idle() {
    const auto now = Clock::now();
    const bool rated = options_.pattern == BenchPattern::connect && options_.broker.load_rate > 0;
    if (rated) {
        due_ += std::chrono::duration<double>(now - std::exchange(rated_at_, now)).count() *
                options_.broker.load_rate;
        due_ = std::min<double>(due_, options_.broker.load_rate);  // a second of it, at most
    }
    while (!idle_.empty() && now >= retry_at_ && (!rated || due_ >= 1)) {
        BenchClient* const client = idle_.front();
        idle_.pop_front();
        due_ -= rated ? 1 : 0;
        started_ns_[client->number()] = now_ns();
        if (const int error = client->connect(); error != MOSQ_ERR_SUCCESS) {
            note_failure(error_text(error));
            idle_.push_back(client);
            retry_at_ = now + seconds(1);
        }
    }
}

void BenchRun::turn(milliseconds wait_max) {
    std::array<epoll_event, 256> events;
    const int count = ::epoll_wait(poller_.get(), events.data(), static_cast<int>(events.size()),
                                   static_cast<int>(wait_max.count()));
    for (int at = 0; at < count; ++at) {
        const epoll_event& event = events[static_cast<std::size_t>(at)];
        if (event.data.ptr == nullptr) {
            interrupts_.take_signal();
        } else {
            static_cast<BenchClient*>(event.data.ptr)->ready(event.events);
        }
    }
    if (Clock::now() - ticked_at_ >= seconds(1)) {
        tick();
    }
}

void BenchRun::tick() {
    ticked_at_ = Clock::now();
    for (const auto& client : clients_) {
        client->tick();
    }
    progress_.show(measuring_ ? "measuring" : "starting", counts_.published,
                   options_.pattern == BenchPattern::connect ? counts_.connects : counts_.received);
}

/// Publishers take turns. Who still has to write is passed over: its message is late then.
void BenchRun::publish_due() {
    if (flows_.empty()) {
        return;
    }
    const double rate = options_.broker.load_rate;
    const auto now = Clock::now();
    due_ += std::chrono::duration<double>(now - std::exchange(rated_at_, now)).count() * rate;
    const std::uint64_t here_ns = now_ns();
    std::size_t passed = 0;
    while (due_ >= 1 && passed < flows_.size()) {
        Flow& flow = flows_[turn_of_];
        turn_of_ = (turn_of_ + 1) % flows_.size();
        const auto late_ns = static_cast<std::uint64_t>((due_ - 1) / rate * 1e9);
        if (flow.client->up() && !flow.client->clogged() &&
            publish_one(flow, here_ns - std::min(late_ns, here_ns))) {
            due_ -= 1;
            passed = 0;
        } else {
            ++passed;
        }
    }
}

bool BenchRun::publish_windows() {
    bool more = false;
    for (Flow& flow : flows_) {
        more = fill(flow) || more;
    }
    return more;
}

bool BenchRun::fill(Flow& flow) {
    const auto window = static_cast<std::uint64_t>(options_.broker.load_window);
    for (int burst = 0; burst < burst_max; ++burst) {
        if (!flow.client->up() || flow.client->clogged() || on_the_way(flow) >= window ||
            !publish_one(flow, now_ns())) {
            return false;
        }
    }
    return true;
}

bool BenchRun::publish_one(Flow& flow, std::uint64_t due_ns) {
    const BenchMessage message{run_, BenchMessage::this_machine(), flow.client->number(),
                               flow.published, due_ns};
    message.write(payload_);
    // Counted before: what it leads to may come while it is published.
    ++flow.published;
    if (times_acknowledgements()) {
        flow.due_ns.push_back(due_ns);
    }
    if (flow.client->publish(flow.topic, payload_) != MOSQ_ERR_SUCCESS) {
        --flow.published;
        if (times_acknowledgements()) {
            flow.due_ns.pop_back();
        }
        return false;
    }
    ++counts_.published;
    counts_.measured_published += measuring_ ? 1 : 0;
    counts_.expected += options_.receivers_of_each();
    return true;
}

std::uint64_t BenchRun::on_the_way(const Flow& flow) const {
    const std::uint64_t each = options_.receivers_of_each();
    std::uint64_t done = flow.completed;
    if (each > 0) {
        done = std::min(done, flow.received / each);
    }
    done = std::max(done, flow.given_up);
    return flow.published > done ? flow.published - done : 0;
}

void BenchRun::give_up_what_is_lost() {
    if (Clock::now() - heard_at_ < silence_max) {
        return;
    }
    heard_at_ = Clock::now();
    for (Flow& flow : flows_) {
        flow.given_up = flow.published;
    }
}

void BenchRun::connected(BenchClient& client) {
    ++counts_.connects;
    if (options_.pattern == BenchPattern::connect) {
        note_latency(started_ns_[client.number()]);
        counts_.measured_connects += measuring_ ? 1 : 0;
        client.disconnect();
    } else if (is_publisher(client)) {
        ++ready_;
    } else {
        client.subscribe(options_.filter(client.number() - flows_.size()));
    }
}

void BenchRun::note_latency(std::uint64_t since_ns) {
    const std::uint64_t now = now_ns();
    const std::uint64_t took = now - std::min(since_ns, now);
    progress_.add(took);
    if (measuring_) {
        counts_.latency.add(took);
    }
}

void BenchRun::subscribed(BenchClient& /*client*/, bool granted) {
    refused_filter_ = refused_filter_ || !granted;
    ++ready_;
}

void BenchRun::completed(BenchClient& client) {
    Flow& flow = flows_[client.number()];
    ++flow.completed;
    ++counts_.completed;
    heard_at_ = Clock::now();
    if (!flow.due_ns.empty()) {  // brokers acknowledge in order
        note_latency(flow.due_ns.front());
        flow.due_ns.pop_front();
    }
}

void BenchRun::received(BenchClient& client, std::string_view payload) {
    const bool sub = options_.pattern == BenchPattern::subscribe;
    const auto message = BenchMessage::read(payload);
    const bool ours = message && message->is_from_here() && message->run == run_ &&
                      message->publisher < flows_.size();
    if (!ours && !sub) {
        ++counts_.foreign;
        return;
    }
    heard_at_ = Clock::now();
    if (!sub) {
        std::vector<std::uint64_t>& next = next_[client.number() - flows_.size()];
        std::uint64_t& expected = next[next.size() == 1 ? 0 : message->publisher];
        if (message->number < expected) {
            ++counts_.again;
            return;
        }
        expected = message->number + 1;
        ++flows_[message->publisher].received;
        note_latency(message->due_ns);
    } else if (message && message->is_from_here()) {
        note_latency(message->due_ns);
    }
    ++counts_.received;
    counts_.measured_received += measuring_ ? 1 : 0;
}

void BenchRun::note_failure(const char* why) {
    ++counts_.failures;
    if (problem_.empty()) {
        problem_ = why;
    }
}

void BenchRun::closed(BenchClient& client, const char* why) {
    if (ending_) {
        return;
    }
    if (why != nullptr) {
        note_failure(why);
    }
    idle_.push_back(&client);
}

}  // namespace mq::cli
