#include "installer/commands/prompt.hpp"

#include "base/secret_prompt.hpp"
#include "base/unique_fd.hpp"
#include "installer/commands/interrupt.hpp"

#include <cerrno>
#include <fcntl.h>
#include <unistd.h>

namespace mq::installer {
namespace {

constexpr std::size_t line_bytes_max = 65535;

Problem interrupted_problem() {
    return {"interrupted", "Nothing was changed.", "", to_int(ExitCode::interrupted)};
}

/// One line without its end; fewer bytes than asked for at the end of the file.
Outcome<std::string> read_line(int fd) {
    std::string line;
    for (;;) {
        char c = 0;
        const ssize_t n = ::read(fd, &c, 1);
        if (n < 0 && errno == EINTR && !interrupted()) {
            continue;
        }
        if (n < 0) {
            return interrupted() ? interrupted_problem() : system_problem("cannot read", errno);
        }
        if (n == 0 || c == '\n') {
            break;
        }
        line += c;
        if (line.size() > line_bytes_max) {
            return Problem{"the line is too long", "Nothing was changed.", "",
                           to_int(ExitCode::usage)};
        }
    }
    if (!line.empty() && line.back() == '\r') {
        line.pop_back();
    }
    return line;
}

/// The terminal of this session, wherever standard input comes from.
Outcome<UniqueFd> open_terminal(const std::string& otherwise) {
    UniqueFd fd(::open("/dev/tty", O_RDWR | O_CLOEXEC | O_NOCTTY));
    if (!fd || ::isatty(fd.get()) == 0) {
        return Problem{"there is no terminal to ask at", "Nothing was changed.", otherwise,
                       to_int(ExitCode::usage)};
    }
    return fd;
}

Outcome<void> put(int fd, std::string_view text) {
    if (::write(fd, text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return system_problem("cannot write to the terminal", errno);
    }
    return {};
}

Problem unusable_password(const std::string& why) {
    return {why, "Nothing was changed.", "", to_int(ExitCode::usage)};
}

}  // namespace

Outcome<std::string> ask_line(const std::string& question) {
    const auto terminal = open_terminal("Give the answer by a flag; see --help.");
    if (!terminal) {
        return terminal.error();
    }
    if (auto asked = put(terminal->get(), question + " "); !asked) {
        return asked.error();
    }
    return read_line(terminal->get());
}

Outcome<std::string> ask_new_password(const Options& options, const std::string& user) {
    SecretPrompt prompt;
    if (!options.password_stdin && !prompt.interactive()) {
        return Problem{"there is no terminal to ask for a password at", "Nothing was changed.",
                       "Give the password on standard input: --password-stdin.",
                       to_int(ExitCode::usage)};
    }
    const auto first = prompt.ask("Password for " + user + ": ");
    if (!first) {
        return first.error();
    }
    if (first->empty()) {
        return unusable_password("an empty password lets everybody in");
    }
    if (prompt.interactive()) {
        const auto second = prompt.ask("The same again: ");
        if (!second) {
            return second.error();
        }
        if (first->view() != second->view()) {
            return unusable_password("the two passwords differ");
        }
    }
    return std::string(first->view());
}

Outcome<bool> confirm(const Options& options, const std::string& question) {
    if (options.yes) {
        return true;
    }
    const auto terminal = open_terminal("Answer beforehand: --yes.");
    if (!terminal) {
        return terminal.error();
    }
    if (auto asked = put(terminal->get(), question + " [y/N] "); !asked) {
        return asked.error();
    }
    const auto answer = read_line(terminal->get());
    if (!answer) {
        return answer.error();
    }
    return *answer == "y" || *answer == "Y" || *answer == "yes";
}

}  // namespace mq::installer
