#pragma once

#include "client/cli/connection.hpp"
#include "client/cli/message_payload.hpp"
#include "client/cli/options.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace mq::cli {

/// mqpub: one message, the same one several times, or one for each line of standard input.
///
/// Lines are read only as fast as the broker takes them: at most `waiting_max` messages are on
/// their way. A connection that is lost meanwhile is made again; with one message it ends the
/// program.
class Publisher final : private ConnectionEvents {
 public:
    static constexpr int waiting_max = 1000;

    explicit Publisher(Options& options) : options_(options) {}

    /// The exit code; a problem when there never was a connection.
    Outcome<int> run();

 private:
    void connected() override;
    void published(int id, int code) override;

    Outcome<int> publish_message();
    Outcome<int> publish_lines();
    bool publish(std::string_view payload);
    void send_lines();
    [[nodiscard]] bool wants_lines() const;
    int lost();

    Options& options_;
    std::unique_ptr<Connection> connection_;
    Interrupts interrupts_{false, 0, false};
    std::string payload_;
    LineReader lines_{0};
    std::unique_ptr<Progress> progress_;
    int waiting_ = 0;  ///< messages that are not out of our hands
    long sent_ = 0;    ///< of --repeat
    bool send_due_ = false;
    Connection::Clock::time_point send_at_{};
    int failure_ = 0;  ///< error of a publish that ended the work
};

}  // namespace mq::cli
