#pragma once

#include "client/cli/connection.hpp"
#include "client/cli/message_output.hpp"
#include "client/cli/options.hpp"

#include <memory>
#include <random>

namespace mq::cli {

/// mqsub: subscribes with each connection and prints what comes, until it is told to end: by a
/// count (-C), a time (-W), a signal, or what the subscription brings (-E, --retained-only, a
/// refusal). A lost connection is made again.
class Subscriber final : private ConnectionEvents {
 public:
    explicit Subscriber(Options& options);

    /// The exit code; a problem when there never was a connection.
    Outcome<int> run();

 private:
    void connected() override;
    void received(const ReceivedMessage& message) override;
    void subscribed(int id, std::span<const int> codes) override;
    void published(int id, int code) override;

    [[nodiscard]] int subscribe_options() const;
    [[nodiscard]] bool filtered_out(const ReceivedMessage& message);
    void remove_retained(const ReceivedMessage& message);
    bool show(const ReceivedMessage& message);
    void leave();
    void leave_when_told();
    void show_rate();
    [[nodiscard]] int exit_code() const;

    Options& options_;
    Interrupts interrupts_;
    MessageOutput output_;
    std::unique_ptr<Connection> connection_;
    std::minstd_rand random_;
    long shown_ = 0;
    long removals_ = 0;  ///< retained messages whose removal is not acknowledged
    bool leaving_ = false;
    bool timed_out_ = false;
    bool failed_ = false;
    long received_since_ = 0;
    Connection::Clock::time_point rate_at_{};
};

}  // namespace mq::cli
