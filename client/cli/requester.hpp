#pragma once

#include "client/cli/connection.hpp"
#include "client/cli/message_output.hpp"
#include "client/cli/options.hpp"

#include <memory>
#include <string>

namespace mq::cli {

/// mqrr: subscribes to the response topic, publishes the request when that is confirmed, prints the
/// first message that comes, and ends.
class Requester final : private ConnectionEvents {
 public:
    explicit Requester(Options& options);

    /// The exit code; a problem when there never was a connection.
    Outcome<int> run();

 private:
    void connected() override;
    void received(const ReceivedMessage& message) override;
    void subscribed(int id, std::span<const int> codes) override;
    void published(int id, int code) override;

    void failed(int error, const char* what);
    void leave_when_told();

    Options& options_;
    Interrupts interrupts_;
    MessageOutput output_;
    std::unique_ptr<Connection> connection_;
    std::string payload_;
    bool answered_ = false;
    bool timed_out_ = false;
    int failure_ = 0;
    Connection::Clock::time_point sent_at_{};
};

}  // namespace mq::cli
