#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"

#include <cstdint>
#include <span>
#include <sys/epoll.h>

namespace mq::broker {

/// Something that waits for its descriptor to become ready.
class Pollable {
 public:
    /// The descriptor is ready for `events` (EPOLLIN, EPOLLOUT, EPOLLERR, EPOLLHUP).
    virtual void ready(std::uint32_t events) = 0;

 protected:
    ~Pollable() = default;
};

/// Which descriptors of a shard are ready: an epoll instance, where a shard's thread sleeps. A
/// registered object costs nothing here beyond what the kernel keeps, and one `wait` yields all of
/// a turn at once. The reasons are in docs/decisions/0004-a-shard-waits-in-an-epoll-of-its-own.md.
class Poller {
 public:
    static Outcome<Poller> open();

    /// `target` outlives the registration; a turn may still have an event for it afterwards. False,
    /// with errno, when the system refuses.
    [[nodiscard]] bool add(int fd, std::uint32_t events, Pollable& target);
    void change(int fd, std::uint32_t events, Pollable& target);
    void remove(int fd);

    /// What is ready, once something is, or nothing after `timeout_ms` (-1: without an end) or when
    /// a signal comes. The pollable is in `data.ptr`.
    std::span<epoll_event> wait(std::span<epoll_event> room, int timeout_ms);

 private:
    explicit Poller(UniqueFd epoll) : epoll_(std::move(epoll)) {}

    UniqueFd epoll_;
};

}  // namespace mq::broker
