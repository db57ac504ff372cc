#include "client/cli/interrupts.hpp"

#include <cstdio>
#include <cstring>
#include <sys/signalfd.h>
#include <sys/time.h>
#include <unistd.h>

namespace mq::cli {
namespace {

bool say_timed_out = true;

/// In a signal handler: only what is safe there.
void end_at_once(int number) {
    if (number == SIGALRM) {
        static constexpr char text[] = "Timed out\n";
        if (say_timed_out && ::write(STDERR_FILENO, text, sizeof text - 1) < 0) {
            // nobody to tell
        }
        ::_exit(Interrupts::exit_timed_out);
    }
    ::_exit(Interrupts::exit_not_connected);
}

void set_alarm(std::optional<Interrupts::Clock::time_point> deadline) {
    itimerval timer{};
    if (deadline) {
        const auto left = std::chrono::duration_cast<std::chrono::microseconds>(
                              *deadline - Interrupts::Clock::now())
                              .count();
        const auto wait = left < 1 ? 1 : left;  // 0 would be no alarm
        timer.it_value.tv_sec = wait / 1'000'000;
        timer.it_value.tv_usec = wait % 1'000'000;
    }
    ::setitimer(ITIMER_REAL, &timer, nullptr);
}

}  // namespace

Interrupts::Interrupts(bool catch_signals, long timeout_s, bool quiet) {
    say_timed_out = !quiet;
    ::sigemptyset(&caught_);
    if (timeout_s > 0) {
        deadline_ = Clock::now() + std::chrono::seconds(timeout_s);
        ::sigaddset(&caught_, SIGALRM);
    }
    if (catch_signals) {
        ::sigaddset(&caught_, SIGINT);
        ::sigaddset(&caught_, SIGTERM);
    }
    ::sigprocmask(SIG_BLOCK, &caught_, nullptr);
    if (catch_signals) {
        sigset_t wanted = caught_;
        ::sigdelset(&wanted, SIGALRM);
        signals_.reset(::signalfd(-1, &wanted, SFD_NONBLOCK | SFD_CLOEXEC));
    }
    struct sigaction action {};
    action.sa_handler = end_at_once;
    for (const int number : {SIGINT, SIGTERM, SIGALRM}) {
        if (::sigismember(&caught_, number) == 1) {
            ::sigaction(number, &action, nullptr);
        }
    }
}

Interrupts::~Interrupts() {
    set_alarm({});
}

void Interrupts::take_signal() {
    signalfd_siginfo info;
    while (::read(signals_.get(), &info, sizeof info) == static_cast<ssize_t>(sizeof info)) {
        signalled_ = true;
    }
}

Interrupts::EndAtOnce::EndAtOnce(Interrupts& interrupts) : interrupts_(interrupts) {
    set_alarm(interrupts_.deadline_);
    ::sigprocmask(SIG_UNBLOCK, &interrupts_.caught_, nullptr);
}

Interrupts::EndAtOnce::~EndAtOnce() {
    ::sigprocmask(SIG_BLOCK, &interrupts_.caught_, nullptr);
    set_alarm({});
}

}  // namespace mq::cli
