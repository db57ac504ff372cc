#include "client/cli/password_source.hpp"

#include "base/file.hpp"
#include "base/secret_prompt.hpp"

#include <cerrno>
#include <cstdlib>
#include <unistd.h>

namespace mq::cli {
namespace {

constexpr std::size_t password_bytes_max = SecretPrompt::answer_bytes_max;

Problem too_long() {
    return {"the password is longer than 65535 bytes", ""};
}

/// The first line of a descriptor, read byte by byte, as what follows is somebody else's.
Outcome<Secret> first_line(int descriptor) {
    std::string line;
    line.reserve(password_bytes_max + 1);
    for (;;) {
        char c = 0;
        const ssize_t got = ::read(descriptor, &c, 1);
        if (got < 0 && errno == EINTR) {
            continue;
        }
        if (got < 0) {
            Secret::wipe(line);
            return system_problem("standard input", errno);
        }
        if (got == 0 || c == '\n') {
            break;
        }
        if (line.size() == password_bytes_max) {
            Secret::wipe(line);
            return too_long();
        }
        line += c;
    }
    return Secret(std::move(line));
}

}  // namespace

Outcome<Secret> password_of_file(const std::string& path) {
    auto content = read_file(path, password_bytes_max + 65536);
    if (!content) {
        return content.error();
    }
    std::size_t end = content->find('\n');
    end = end == std::string::npos ? content->size() : end;
    if (end > 0 && (*content)[end - 1] == '\r') {
        --end;
    }
    std::string line = content->substr(0, end);
    Secret::wipe(*content);
    if (line.size() > password_bytes_max) {
        Secret::wipe(line);
        return too_long();
    }
    return Secret(std::move(line));
}

Outcome<Secret> password_of_standard_input() {
    if (::isatty(STDIN_FILENO) == 0) {
        return first_line(STDIN_FILENO);
    }
    SecretPrompt prompt;
    return prompt.ask("Password: ");
}

Outcome<Secret> password_of_environment(const std::string& name) {
    const char* const value = std::getenv(name.c_str());
    if (value == nullptr) {
        return Problem{"there is no environment variable " + name, ""};
    }
    return Secret(std::string(value));
}

}  // namespace mq::cli
