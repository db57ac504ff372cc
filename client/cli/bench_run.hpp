#pragma once

#include "base/unique_fd.hpp"
#include "client/cli/bench_client.hpp"
#include "client/cli/bench_counts.hpp"
#include "client/cli/bench_message.hpp"
#include "client/cli/bench_options.hpp"
#include "client/cli/bench_progress.hpp"
#include "client/cli/interrupts.hpp"

#include <chrono>
#include <deque>
#include <memory>
#include <string>
#include <vector>

namespace mq::cli {

/// One load: connects all clients, publishes as fast as is wanted, and counts what comes back.
///
/// Without a rate, each publisher has at most a window of messages on their way: to the broker, and
/// where there are receivers, to these. With a rate, messages are due one after the other, and what
/// is late counts as such: latency is from when a message was due.
///
/// One thread; ends early by a signal.
class BenchRun final : private BenchEvents {
 public:
    explicit BenchRun(BenchOptions& options);
    ~BenchRun() override;

    /// A problem when the clients cannot be connected.
    Outcome<BenchCounts> run();

 private:
    using Clock = std::chrono::steady_clock;

    /// What one publisher has on its way.
    struct Flow {
        BenchClient* client = nullptr;
        std::string topic;
        std::uint64_t published = 0;
        std::uint64_t completed = 0;
        std::uint64_t received = 0;        ///< by all receivers together
        std::uint64_t given_up = 0;        ///< published, and no longer waited for
        std::deque<std::uint64_t> due_ns;  ///< of those not completed, if that is what is measured
    };

    void connected(BenchClient& client) override;
    void subscribed(BenchClient& client, bool granted) override;
    void completed(BenchClient& client) override;
    void received(BenchClient& client, std::string_view payload) override;
    void closed(BenchClient& client, const char* why) override;

    Outcome<void> make_clients();
    Outcome<void> get_ready();
    void load(Clock::time_point end);
    void drain();
    void connect_idle();
    void turn(std::chrono::milliseconds wait_max);
    void tick();
    void publish_due();
    /// Whether more could be published at once.
    bool publish_windows();
    bool fill(Flow& flow);
    bool publish_one(Flow& flow, std::uint64_t due_ns);
    void give_up_what_is_lost();
    [[nodiscard]] std::uint64_t on_the_way(const Flow& flow) const;
    [[nodiscard]] bool is_publisher(const BenchClient& client) const {
        return client.number() < flows_.size();
    }
    /// Whether latency is that of the acknowledgement, as nobody receives anything.
    [[nodiscard]] bool times_acknowledgements() const {
        return options_.pattern == BenchPattern::publish && options_.broker.qos > 0;
    }
    void note_latency(std::uint64_t since_ns);
    void note_failure(const char* why);
    [[nodiscard]] bool over() const { return interrupts_.signalled(); }

    BenchOptions& options_;
    UniqueFd poller_;
    Interrupts interrupts_;
    BenchProgress progress_;
    std::vector<std::unique_ptr<BenchClient>> clients_;  ///< publishers first
    std::vector<Flow> flows_;
    std::vector<std::vector<std::uint64_t>> next_;  ///< by receiver and publisher: the next number
    std::vector<std::uint64_t> started_ns_;         ///< by client: its last attempt to connect
    std::deque<BenchClient*> idle_;                 ///< to be connected
    std::size_t ready_ = 0;                         ///< clients that have been so once
    std::string payload_;
    const std::uint32_t run_ = BenchMessage::new_run();
    BenchCounts counts_;
    bool measuring_ = false;
    bool ending_ = false;
    std::string problem_;  ///< of the first connection that failed; empty: none has
    bool refused_filter_ = false;
    double due_ = 0;           ///< messages, or connections, that a rate has not had yet
    std::size_t turn_of_ = 0;  ///< the publisher whose turn it is
    Clock::time_point retry_at_;
    Clock::time_point rated_at_;
    Clock::time_point ticked_at_;
    Clock::time_point heard_at_;  ///< when something was received or completed
};

}  // namespace mq::cli
