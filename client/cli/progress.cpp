#include "client/cli/progress.hpp"

#include <algorithm>
#include <cstdio>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::cli {
namespace {

constexpr std::chrono::milliseconds pause{200};

}  // namespace

Progress::Progress(bool wanted) : wanted_(wanted), started_(Clock::now()), shown_(started_) {
    terminal_ = wanted && ::isatty(STDERR_FILENO) == 1;
    struct stat input {};
    if (wanted && ::fstat(STDIN_FILENO, &input) == 0 && S_ISREG(input.st_mode)) {
        total_ = static_cast<std::uint64_t>(input.st_size);
    }
}

Progress::~Progress() {
    if (wanted_) {
        show(true);
    }
}

void Progress::set_bytes(std::uint64_t bytes) {
    bytes_ = bytes;
    show(false);
}

void Progress::add_message(std::uint64_t bytes) {
    bytes_ += bytes;
    ++messages_;
    show(false);
}

void Progress::show(bool last) {
    if (!wanted_ || (!last && !terminal_)) {
        return;
    }
    const auto now = Clock::now();
    if (!last && now - shown_ < pause) {
        return;
    }
    shown_ = now;
    const double seconds = std::max(0.001, std::chrono::duration<double>(now - started_).count());
    const double megabytes = static_cast<double>(bytes_) / 1e6;
    std::fprintf(stderr, "%s%.1f MB", terminal_ ? "\r\033[K" : "", megabytes);
    if (total_ > 0) {
        const auto share = std::min<std::uint64_t>(100, bytes_ * 100 / total_);
        std::fprintf(stderr, " of %.1f MB (%u %%)", static_cast<double>(total_) / 1e6,
                     static_cast<unsigned>(share));
    }
    if (messages_ > 0) {
        std::fprintf(stderr, ", %llu messages, %.0f a second",
                     static_cast<unsigned long long>(messages_),
                     static_cast<double>(messages_) / seconds);
    }
    std::fprintf(stderr, "%s", last ? "\n" : "");
}

}  // namespace mq::cli
