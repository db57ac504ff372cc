#include "base/secret_prompt.hpp"

#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <poll.h>
#include <termios.h>
#include <unistd.h>

namespace mq {
namespace {

constexpr int held_off[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP};

volatile std::sig_atomic_t caught_signal = 0;

void remember(int number) {
    caught_signal = number;
}

}  // namespace

/// No echo on the terminal and our own signal handlers, until the object goes.
class SecretPrompt::EchoOff {
 public:
    explicit EchoOff(int terminal) : terminal_(terminal) { begin(); }
    ~EchoOff() { end(); }
    EchoOff(const EchoOff&) = delete;
    EchoOff& operator=(const EchoOff&) = delete;

    enum class Waited { ready, stopped_meanwhile, interrupted };

    /// Waits for input. A signal that ends or stops the program does so here, with the terminal put
    /// right first; `interrupted` is for programs that outlive it by a handler of their own.
    Waited wait() {
        pollfd entry{terminal_, POLLIN, 0};
        // Signals are let in by ppoll only, so none slips between a look at the flag and the wait.
        if (::ppoll(&entry, 1, nullptr, &old_mask_) >= 0 || errno != EINTR) {
            return Waited::ready;
        }
        const int number = caught_signal;
        if (number == 0) {
            return Waited::stopped_meanwhile;
        }
        end();
        ::raise(number);
        begin();
        return number == SIGTSTP ? Waited::stopped_meanwhile : Waited::interrupted;
    }

 private:
    void begin() {
        caught_signal = 0;
        sigset_t blocked;
        ::sigemptyset(&blocked);
        struct sigaction action {};
        action.sa_handler = remember;
        for (std::size_t i = 0; i < std::size(held_off); ++i) {
            ::sigaddset(&blocked, held_off[i]);
            ::sigaction(held_off[i], nullptr, &old_actions_[i]);
            if (old_actions_[i].sa_handler != SIG_IGN) {
                ::sigaction(held_off[i], &action, nullptr);
            }
        }
        ::sigprocmask(SIG_BLOCK, &blocked, &old_mask_);
        ::tcgetattr(terminal_, &old_terminal_);
        termios quiet = old_terminal_;
        quiet.c_lflag &= ~static_cast<tcflag_t>(ECHO | ECHOE | ECHOK | ECHONL);
        ::tcsetattr(terminal_, TCSADRAIN, &quiet);
    }

    void end() {
        ::tcsetattr(terminal_, TCSADRAIN, &old_terminal_);
        for (std::size_t i = 0; i < std::size(held_off); ++i) {
            ::sigaction(held_off[i], &old_actions_[i], nullptr);
        }
        ::sigprocmask(SIG_SETMASK, &old_mask_, nullptr);
    }

    int terminal_;
    termios old_terminal_{};
    sigset_t old_mask_{};
    struct sigaction old_actions_[std::size(held_off)]{};
};

SecretPrompt::SecretPrompt() {
    if (::isatty(STDIN_FILENO) == 0) {
        return;
    }
    opened_.reset(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    terminal_ = opened_ ? opened_.get() : STDIN_FILENO;
    echo_off_ = std::make_unique<EchoOff>(terminal_);
}

SecretPrompt::~SecretPrompt() {
    Secret::wipe(buffer_);
}

Outcome<Secret> SecretPrompt::ask(std::string_view question) {
    if (interactive()) {
        say(question);
    }
    for (;;) {
        const std::size_t end = buffer_.find('\n');
        if (end != std::string::npos) {
            Secret answer(buffer_.substr(0, end > 0 && buffer_[end - 1] == '\r' ? end - 1 : end));
            std::string rest = buffer_.substr(end + 1);
            Secret::wipe(buffer_);
            buffer_ = std::move(rest);
            Secret::wipe(rest);
            if (interactive()) {
                say("\n");
            }
            return answer;
        }
        if (buffer_.size() > answer_bytes_max) {
            return Problem{"the password is longer than 65535 bytes", ""};
        }
        const auto waited = interactive() ? echo_off_->wait() : EchoOff::Waited::ready;
        if (waited == EchoOff::Waited::interrupted) {
            return Problem{"interrupted", "", "", 130};
        }
        if (waited == EchoOff::Waited::stopped_meanwhile) {
            say(question);
            continue;
        }
        const auto got = fill();
        if (!got) {
            return got.error();
        }
        if (*got == 0) {
            return Problem{"input ended before a password was given", ""};
        }
    }
}

Outcome<std::size_t> SecretPrompt::fill() {
    char part[1024];
    for (;;) {
        const ssize_t n = ::read(interactive() ? terminal_ : STDIN_FILENO, part, sizeof part);
        if (n >= 0) {
            // A string that grows leaves its old bytes behind; so it grows by hand, once for all.
            if (buffer_.capacity() < answer_bytes_max + sizeof part) {
                buffer_.reserve(answer_bytes_max + sizeof part);
            }
            buffer_.append(part, static_cast<std::size_t>(n));
            OPENSSL_cleanse(part, sizeof part);
            return static_cast<std::size_t>(n);
        }
        if (errno != EINTR) {
            return system_problem("cannot read the password", errno);
        }
    }
}

void SecretPrompt::say(std::string_view text) const {
    while (!text.empty()) {
        const ssize_t n = ::write(terminal_ == STDIN_FILENO ? STDERR_FILENO : terminal_,
                                  text.data(), text.size());
        if (n < 0 && errno == EINTR) {
            continue;
        }
        if (n <= 0) {
            return;  // Nobody can read the question; the answer may come all the same.
        }
        text.remove_prefix(static_cast<std::size_t>(n));
    }
}

}  // namespace mq
