#include "supervisor/supervisorctl.hpp"

#include "supervisor/command.hpp"

#include <array>
#include <charconv>
#include <utility>

namespace mq::supervisor {
namespace {

/// What supervisorctl prints when it has no talk with supervisord, whatever its exit code.
bool unreachable(std::string_view text) {
    for (const std::string_view sign :
         {"no such file", "refused connection", "permission denied",
          "Server requires authentication", "Unauthorized", "SHUTDOWN_STATE",
          "already shutting down", "could not find config file", "No config file found",
          "Connection refused"}) {
        const auto at = text.find(sign);
        // `NAME: ERROR (no such file)` is about the program, `unix:///… no such file` the socket.
        if (at != std::string_view::npos && text.find("ERROR (") == std::string_view::npos) {
            return true;
        }
    }
    return false;
}

std::string_view next_word(std::string_view& rest) {
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    const auto end = std::min(rest.find_first_of(" \t\r"), rest.size());
    const std::string_view word = rest.substr(0, end);
    rest.remove_prefix(end);
    rest.remove_prefix(std::min(rest.find_first_not_of(" \t"), rest.size()));
    return word;
}

std::string_view next_line(std::string_view& rest) {
    const auto end = std::min(rest.find('\n'), rest.size());
    const std::string_view line = rest.substr(0, end);
    rest.remove_prefix(std::min(end + 1, rest.size()));
    return line;
}

State state_of(std::string_view word) {
    constexpr std::array<std::pair<std::string_view, State>, 7> words{{
        {"STOPPED", State::stopped},
        {"STARTING", State::starting},
        {"RUNNING", State::running},
        {"BACKOFF", State::backoff},
        {"STOPPING", State::stopping},
        {"EXITED", State::exited},
        {"FATAL", State::fatal},
    }};
    for (const auto& [name, state] : words) {
        if (name == word) {
            return state;
        }
    }
    return State::unknown;
}

int pid_in(std::string_view detail) {
    int pid = 0;
    if (detail.substr(0, 4) == "pid ") {
        std::from_chars(detail.data() + 4, detail.data() + detail.size(), pid);
    }
    return pid;
}

}  // namespace

Status parse_status(std::string_view output, std::string_view name) {
    while (!output.empty()) {
        std::string_view line = next_line(output);
        const std::string whole(line);
        const std::string_view first = next_word(line);
        if (first == name) {
            const std::string_view word = next_word(line);
            Status status;
            status.state = state_of(word);
            status.detail = status.state == State::unknown ? whole : std::string(line);
            status.pid = pid_in(line);
            return status;
        }
        if (first == std::string(name) + ":" && line.find("no such") != std::string_view::npos) {
            return {State::absent, 0, whole};
        }
    }
    return {State::unknown, 0, "no line about " + std::string(name)};
}

std::string broken_file(std::string_view reread_output) {
    // `… in section 'program:b' (file: '/home/u/etc/services.d/b.ini')`; a file without sections or
    // with lines that are none is named in quotes as well, after other words.
    const auto end = reread_output.rfind(".ini'");
    if (end == std::string_view::npos) {
        return {};
    }
    const auto begin = reread_output.rfind('\'', end);
    if (begin == std::string_view::npos) {
        return {};
    }
    return std::string(reread_output.substr(begin + 1, end + 4 - begin - 1));
}

Outcome<Supervisorctl::Answer> Supervisorctl::run(std::vector<std::string> action,
                                                  std::chrono::milliseconds time_limit) const {
    std::vector<std::string> arguments = command_;
    arguments.insert(arguments.end(), action.begin(), action.end());
    auto ran = run_command(arguments, time_limit);
    if (!ran) {
        Problem problem = ran.error();
        problem.next = "Check that supervisord runs for this account: " + program() +
                       " status. Another command is set by --supervisorctl.";
        return problem;
    }
    Answer answer{ran->exit_code, std::move(ran->output)};
    answer.text.erase(answer.text.find_last_not_of("\r\n") + 1);
    if (unreachable(answer.text)) {
        return Problem{"supervisord cannot be reached: " + answer.text, "nothing was done",
                       "Check that supervisord runs for this account: " + program() + " status", 4};
    }
    return answer;
}

Outcome<Status> Supervisorctl::status(const std::string& name) const {
    const auto answer = run({"status", name});
    if (!answer) {
        return answer.error();
    }
    Status status = parse_status(answer->text, name);
    if (status.state == State::unknown) {
        status.detail = answer->text;
    }
    // Only RUNNING comes with a pid in its line.
    if (status.state == State::starting || status.state == State::stopping) {
        const auto pid = run({"pid", name});
        if (pid && pid->exit_code == 0) {
            status.pid = pid_in("pid " + pid->text);
        }
    }
    return status;
}

}  // namespace mq::supervisor
