#pragma once

#include "base/unique_fd.hpp"

#include <chrono>
#include <csignal>
#include <optional>

namespace mq::cli {

/// SIGINT, SIGTERM and the time limit of -W. They are held back and asked for in the program's
/// loop; only while a call blocks in the library (name look-up, TCP, TLS) do they end the program
/// at once. One object, in the main thread.
class Interrupts {
 public:
    using Clock = std::chrono::steady_clock;

    static constexpr int exit_timed_out = 27;
    static constexpr int exit_not_connected = 255;

    /// `timeout_s` of 0: no limit. With `catch_signals` false only the limit is of interest.
    Interrupts(bool catch_signals, long timeout_s, bool quiet);
    ~Interrupts();
    Interrupts(const Interrupts&) = delete;
    Interrupts& operator=(const Interrupts&) = delete;

    /// While it lives, a signal ends the program with code 255, the time limit with 27.
    class EndAtOnce {
     public:
        explicit EndAtOnce(Interrupts& interrupts);
        ~EndAtOnce();
        EndAtOnce(const EndAtOnce&) = delete;
        EndAtOnce& operator=(const EndAtOnce&) = delete;

     private:
        Interrupts& interrupts_;
    };

    /// Readable when a signal has come; -1 where none is caught.
    [[nodiscard]] int descriptor() const { return signals_.get(); }
    /// To be called when it is readable.
    void take_signal();
    [[nodiscard]] bool signalled() const { return signalled_; }

    [[nodiscard]] std::optional<Clock::time_point> deadline() const { return deadline_; }
    [[nodiscard]] bool timed_out() const { return deadline_ && Clock::now() >= *deadline_; }

 private:
    UniqueFd signals_;
    sigset_t caught_{};
    bool signalled_ = false;
    std::optional<Clock::time_point> deadline_;
};

}  // namespace mq::cli
