#include "broker/log/destination.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

namespace mq::broker {
namespace {

bool is_regular(int fd) {
    struct stat facts {};
    return ::fstat(fd, &facts) == 0 && S_ISREG(facts.st_mode);
}

}  // namespace

LogDescriptor::LogDescriptor(int borrowed) : fd_(borrowed), may_block_(!is_regular(borrowed)) {}

LogDescriptor::LogDescriptor(UniqueFd owned)
    : owned_(std::move(owned)), fd_(owned_.get()), may_block_(!is_regular(fd_)) {}

bool LogDescriptor::write(std::string_view text, int wake) {
    while (!text.empty()) {
        if (may_block_ && !wait(wake)) {
            return false;
        }
        const ssize_t count = ::write(fd_, text.data(), text.size());
        if (count >= 0) {
            text.remove_prefix(static_cast<std::size_t>(count));
        } else if (errno != EINTR && errno != EAGAIN) {
            return false;
        }
    }
    return true;
}

bool LogDescriptor::wait(int wake) const {
    pollfd both[2] = {{fd_, POLLOUT, 0}, {wake, POLLIN, 0}};
    while (::poll(both, 2, -1) < 0) {
        if (errno != EINTR) {
            return false;
        }
    }
    // What can be written is written even at the end.
    return both[0].revents != 0;
}

}  // namespace mq::broker
