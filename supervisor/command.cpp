#include "supervisor/command.hpp"

#include "base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mq::supervisor {
namespace {

using Clock = std::chrono::steady_clock;

/// In the child: never returns. Only calls that are safe between fork and exec.
[[noreturn]] void become(char* const* arguments, int output, int exec_error) {
    const int input = ::open("/dev/null", O_RDONLY);
    ::setpgid(0, 0);
    ::dup2(input, 0);
    ::dup2(output, 1);
    ::dup2(output, 2);
    if (::chdir("/") == 0) {
        ::signal(SIGPIPE, SIG_DFL);
        ::execvp(arguments[0], arguments);
    }
    const int error = errno;
    const ssize_t told = ::write(exec_error, &error, sizeof error);
    ::_exit(told == ssize_t{sizeof error} ? 127 : 126);
}

/// Reads until the end of the output; false when the deadline came first.
bool collect(int fd, std::string& output, Clock::time_point deadline) {
    std::array<char, 4096> part{};
    for (;;) {
        const auto left =
            std::chrono::duration_cast<std::chrono::milliseconds>(deadline - Clock::now()).count();
        pollfd waiting{fd, POLLIN, 0};
        const int ready = ::poll(&waiting, 1, static_cast<int>(std::max<long>(left, 0)));
        if (ready == 0) {
            return false;
        }
        if (ready < 0) {
            continue;
        }
        const ssize_t n = ::read(fd, part.data(), part.size());
        if (n == 0) {
            return true;
        }
        if (n > 0) {
            const std::size_t room = command_output_bytes_max - output.size();
            output.append(part.data(), std::min(room, static_cast<std::size_t>(n)));
        } else if (errno != EINTR) {
            return true;
        }
    }
}

int wait_for(pid_t pid) {
    int status = 0;
    while (::waitpid(pid, &status, 0) < 0 && errno == EINTR) {
    }
    return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

}  // namespace

Outcome<CommandResult> run_command(const std::vector<std::string>& arguments,
                                   std::chrono::milliseconds time_limit) {
    if (arguments.empty()) {
        return Problem{"no command to run", "nothing was done", "", 4};
    }
    std::array<int, 2> output{};
    std::array<int, 2> exec_error{};
    if (::pipe2(output.data(), O_CLOEXEC) != 0) {
        return system_problem("cannot make a pipe", errno, 4);
    }
    const UniqueFd output_read(output[0]);
    UniqueFd output_write(output[1]);
    if (::pipe2(exec_error.data(), O_CLOEXEC) != 0) {
        return system_problem("cannot make a pipe", errno, 4);
    }
    const UniqueFd error_read(exec_error[0]);
    UniqueFd error_write(exec_error[1]);

    std::vector<char*> raw;
    for (const auto& argument : arguments) {
        raw.push_back(const_cast<char*>(argument.c_str()));
    }
    raw.push_back(nullptr);
    const pid_t pid = ::fork();
    if (pid < 0) {
        return system_problem("cannot start " + arguments[0], errno, 4);
    }
    if (pid == 0) {
        become(raw.data(), output_write.get(), error_write.get());
    }
    output_write.reset();
    error_write.reset();

    int error = 0;
    if (::read(error_read.get(), &error, sizeof error) == ssize_t{sizeof error}) {
        wait_for(pid);
        return system_problem("cannot run " + arguments[0], error, 4);
    }
    CommandResult result;
    if (!collect(output_read.get(), result.output, Clock::now() + time_limit)) {
        ::kill(-pid, SIGKILL);
        wait_for(pid);
        return Problem{arguments[0] + " did not end within " +
                           std::to_string(time_limit.count() / 1000) + " s",
                       "it was stopped", "", 4};
    }
    result.exit_code = wait_for(pid);
    return result;
}

std::vector<std::string> split_command(std::string_view line) {
    std::vector<std::string> parts;
    std::string part;
    bool in_part = false;
    char quote = 0;
    for (const char c : line) {
        if (quote != 0) {
            if (c == quote) {
                quote = 0;
            } else {
                part += c;
            }
        } else if (c == '\'' || c == '"') {
            quote = c;
            in_part = true;
        } else if (c == ' ' || c == '\t') {
            if (in_part) {
                parts.push_back(std::move(part));
                part.clear();
            }
            in_part = false;
        } else {
            part += c;
            in_part = true;
        }
    }
    if (in_part) {
        parts.push_back(std::move(part));
    }
    if (!parts.empty() && parts[0].find('/') != std::string::npos) {
        parts[0] = std::filesystem::absolute(parts[0]).string();
    }
    return parts;
}

bool command_exists(const std::string& program) {
    if (program.find('/') != std::string::npos) {
        return ::access(program.c_str(), X_OK) == 0;
    }
    const char* path = std::getenv("PATH");
    std::string_view rest = path == nullptr ? "/usr/local/bin:/usr/bin:/bin" : path;
    while (!rest.empty()) {
        const auto end = std::min(rest.find(':'), rest.size());
        const std::string file = std::string(rest.substr(0, end)) + "/" + program;
        if (end > 0 && ::access(file.c_str(), X_OK) == 0 &&
            std::filesystem::is_regular_file(file)) {
            return true;
        }
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

}  // namespace mq::supervisor
