#include "broker/net/mailbox.hpp"

#include <cerrno>
#include <poll.h>
#include <sys/eventfd.h>
#include <utility>

namespace mq::broker {

Outcome<std::unique_ptr<Mailbox>> Mailbox::open(Poller& poller) {
    UniqueFd event(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK));
    if (!event) {
        return system_problem("cannot create an event descriptor", errno);
    }
    const int fd = event.get();
    std::unique_ptr<Mailbox> made(new Mailbox(std::move(event)));
    // By the edge: each writing is told once, and nobody has to read.
    if (!poller.add(fd, EPOLLIN | EPOLLET, *made)) {
        return system_problem("cannot wait for an event descriptor", errno);
    }
    return made;
}

void Mailbox::post(Work work) {
    bool wakes = false;
    {
        const std::lock_guard lock(mutex_);
        works_.push_back(std::move(work));
        wakes = std::exchange(sleeps_, false);
    }
    if (wakes) {
        ::eventfd_write(event_.get(), 1);
    }
}

bool Mailbox::may_sleep() {
    const std::lock_guard lock(mutex_);
    sleeps_ = works_.empty();
    return sleeps_;
}

void Mailbox::sleep_alone(int timeout_ms) {
    pollfd event{event_.get(), POLLIN, 0};
    if (::poll(&event, 1, timeout_ms) > 0) {
        eventfd_t count = 0;
        ::eventfd_read(event_.get(), &count);
    }
}

void Mailbox::take(std::vector<Work>& works) {
    works.clear();
    const std::lock_guard lock(mutex_);
    sleeps_ = false;
    works_.swap(works);
}

}  // namespace mq::broker
