#include "client/cli/message_payload.hpp"

#include "base/unique_fd.hpp"

#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

namespace mq::cli {
namespace {

constexpr std::size_t payload_bytes_max = MQTT_MAX_PAYLOAD;
constexpr std::size_t piece_bytes = std::size_t{64} << 10;

/// Appends what one read(2) gives; 0 at the end of the input.
Outcome<std::size_t> read_piece(int descriptor, const std::string& name, std::string& buffer) {
    const std::size_t old = buffer.size();
    buffer.resize(old + piece_bytes);
    ssize_t got = 0;
    do {
        got = ::read(descriptor, buffer.data() + old, piece_bytes);
    } while (got < 0 && errno == EINTR);
    const int reason = errno;
    buffer.resize(old + static_cast<std::size_t>(got < 0 ? 0 : got));
    if (got < 0 && reason != EAGAIN) {
        return system_problem(name, reason);
    }
    if (got < 0) {
        pollfd readable{descriptor, POLLIN, 0};  // somebody has made it non-blocking
        ::poll(&readable, 1, -1);
    }
    return static_cast<std::size_t>(got < 0 ? 1 : got);  // nothing yet is not the end
}

}  // namespace

Outcome<std::string> read_all(int descriptor, const std::string& name, Progress* progress) {
    std::string content;
    for (;;) {
        const auto got = read_piece(descriptor, name, content);
        if (!got) {
            return got.error();
        }
        if (*got == 0) {
            return content;
        }
        if (content.size() > payload_bytes_max) {
            return Problem{name + ": a payload can have at most 268435455 bytes", ""};
        }
        if (progress != nullptr) {
            progress->set_bytes(content.size());
        }
    }
}

Outcome<std::string> payload_of(const Options& options, Progress* progress) {
    switch (options.source) {
        case MessageSource::text:
            return options.message;
        case MessageSource::file: {
            const UniqueFd file(::open(options.message.c_str(), O_RDONLY | O_CLOEXEC));
            if (!file) {
                return system_problem("-f: " + options.message, errno);
            }
            return read_all(file.get(), "-f: " + options.message, progress);
        }
        case MessageSource::standard_input: {
            auto content = read_all(STDIN_FILENO, "-s: standard input", progress);
            if (content && content->empty()) {
                return Problem{"-s: standard input is empty", "", "For an empty message use -n."};
            }
            return content;
        }
        case MessageSource::none:
        case MessageSource::empty:
        case MessageSource::lines:
            break;
    }
    return std::string();
}

Outcome<void> LineReader::fill() {
    if (start_ > 0) {
        buffer_.erase(0, start_);
        scanned_ -= start_;
        start_ = 0;
    }
    const auto got = read_piece(descriptor_, "-l: standard input", buffer_);
    if (!got) {
        return got.error();
    }
    if (buffer_.size() > payload_bytes_max + piece_bytes) {
        return Problem{"-l: a line is longer than 268435455 bytes", ""};
    }
    ended_ = *got == 0;
    return {};
}

bool LineReader::next(std::string_view& line) {
    const std::size_t end = buffer_.find('\n', scanned_);
    if (end == std::string::npos && (!ended_ || start_ == buffer_.size())) {
        scanned_ = buffer_.size();
        return false;
    }
    const std::size_t stop = end == std::string::npos ? buffer_.size() : end;
    line = std::string_view(buffer_).substr(start_, stop - start_);
    start_ = scanned_ = end == std::string::npos ? stop : end + 1;
    return true;
}

}  // namespace mq::cli
