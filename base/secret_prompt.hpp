#pragma once

#include "base/problem.hpp"
#include "base/secret.hpp"
#include "base/unique_fd.hpp"

#include <cstddef>
#include <memory>
#include <string_view>

namespace mq {

/// Asks a person for passwords. Where standard input is a terminal, the question goes to the
/// terminal and the answer is not shown; the terminal is put right again when the object goes, and
/// also when a signal ends or stops the program meanwhile. Where it is not, each answer is one line
/// of standard input and nothing is printed, so that scripts can pipe passwords in.
///
/// One object at a time, in the main thread: it holds off SIGINT, SIGTERM, SIGHUP, SIGQUIT and
/// SIGTSTP while it waits.
class SecretPrompt {
 public:
    /// The longest answer that is taken; the longest password that MQTT can carry.
    static constexpr std::size_t answer_bytes_max = 65535;

    SecretPrompt();
    ~SecretPrompt();
    SecretPrompt(const SecretPrompt&) = delete;
    SecretPrompt& operator=(const SecretPrompt&) = delete;

    /// One answer, without its line end. A problem when input ended, the answer is too long, or a
    /// signal came that the program survives (exit code 130).
    Outcome<Secret> ask(std::string_view question);

    /// Whether a person is asked.
    [[nodiscard]] bool interactive() const { return terminal_ >= 0; }

 private:
    class EchoOff;

    Outcome<std::size_t> fill();
    void say(std::string_view text) const;

    UniqueFd opened_;    ///< /dev/tty, where it could be opened
    int terminal_ = -1;  ///< where to ask; -1: read standard input
    std::unique_ptr<EchoOff> echo_off_;
    std::string buffer_;  ///< read but not yet asked for; wiped at the end
};

}  // namespace mq
