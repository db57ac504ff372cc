#pragma once

#include "base/problem.hpp"
#include "client/cli/connection_settings.hpp"
#include "client/cli/interrupts.hpp"
#include "client/cli/options.hpp"
#include "client/cli/received_message.hpp"

#include <chrono>
#include <memory>
#include <mosquitto.h>
#include <optional>
#include <span>

namespace mq::cli {

/// What a program does when something happens on its connection. Called from within Connection's
/// functions only, on the one thread that there is.
class ConnectionEvents {
 public:
    virtual ~ConnectionEvents() = default;
    /// The broker has accepted the connection.
    virtual void connected() = 0;
    virtual void received(const ReceivedMessage&) {}
    /// The codes of SUBACK: granted QoS, or 128 and above for a refusal.
    virtual void subscribed(int /*id*/, std::span<const int> /*codes*/) {}
    /// A message is out of our hands. 128 and above: the broker did not take it.
    virtual void published(int /*id*/, int /*code*/) {}
};

/// A client of the library that its program runs in a loop of its own, one turn after the other.
///
/// Ends in three ways: by `disconnect`; by an answer to CONNECT that is a refusal; by the loss of
/// the connection, after which `reconnect` may be tried. Messages about all that go to standard
/// error, unless --quiet.
class Connection {
 public:
    using Clock = std::chrono::steady_clock;

    /// Makes a client that is not connected yet; `options` and `events` must outlive it.
    static Outcome<std::unique_ptr<Connection>> create(const Options& options,
                                                       ConnectionEvents& events);
    ~Connection();
    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    /// Opens the connection and sends CONNECT. Signals and -W end the program meanwhile.
    Outcome<void> connect(Interrupts& interrupts);
    Outcome<void> reconnect(Interrupts& interrupts);

    /// What one turn brought.
    struct Turn {
        bool input = false;  ///< the descriptor that was to be watched is readable, or at its end
    };

    /// Waits for the network, for `input` (-1: none), for a signal, or until `until` (at most a
    /// second), and does what is to be done. All is over when standard output takes no more.
    Turn turn(Interrupts& interrupts, int input = -1, std::optional<Clock::time_point> until = {});

    /// Says goodbye to the broker; `code` as in DISCONNECT. The connection is over with the turn
    /// that has written it, or at once if the broker has not accepted us.
    void disconnect(int code = 0);

    [[nodiscard]] mosquitto* handle() const { return client_.get(); }
    /// Whether the broker has accepted us and the connection was not lost since.
    [[nodiscard]] bool up() const { return up_; }
    /// Whether it has done so at least once.
    [[nodiscard]] bool was_up() const { return was_up_; }
    /// Whether all is over: after a goodbye or a refusal, or with nowhere to write to.
    [[nodiscard]] bool finished() const { return finished_; }
    /// Whether the connection was lost, and not yet made again.
    [[nodiscard]] bool lost() const { return lost_; }
    /// The exit code that the last loss or refusal leads to.
    [[nodiscard]] int result() const { return result_; }

 private:
    Connection(const Options& options, ConnectionEvents& events, ClientPointer client)
        : options_(options), events_(events), client_(std::move(client)) {}

    void set_callbacks();
    Outcome<void> opened(int result);
    void answered(int code);
    void closed(int error);
    void network(short happened);

    const Options& options_;
    ConnectionEvents& events_;
    ClientPointer client_;
    bool up_ = false;
    bool was_up_ = false;
    bool leaving_ = false;
    bool finished_ = false;
    bool lost_ = false;
    int result_ = 0;
};

}  // namespace mq::cli
