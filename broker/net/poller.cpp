#include "broker/net/poller.hpp"

#include <cassert>
#include <cerrno>

namespace mq::broker {
namespace {

epoll_event event_for(std::uint32_t events, Pollable& target) {
    epoll_event event{};
    event.events = events;
    event.data.ptr = &target;
    return event;
}

}  // namespace

Outcome<Poller> Poller::open() {
    UniqueFd epoll(::epoll_create1(EPOLL_CLOEXEC));
    if (!epoll) {
        return system_problem("cannot create an epoll instance", errno);
    }
    return Poller(std::move(epoll));
}

bool Poller::add(int fd, std::uint32_t events, Pollable& target) {
    epoll_event event = event_for(events, target);
    return ::epoll_ctl(epoll_.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::change(int fd, std::uint32_t events, Pollable& target) {
    epoll_event event = event_for(events, target);
    [[maybe_unused]] const int done = ::epoll_ctl(epoll_.get(), EPOLL_CTL_MOD, fd, &event);
    assert(done == 0);
}

void Poller::remove(int fd) {
    ::epoll_ctl(epoll_.get(), EPOLL_CTL_DEL, fd, nullptr);
}

std::span<epoll_event> Poller::wait(std::span<epoll_event> room, int timeout_ms) {
    const int n =
        ::epoll_wait(epoll_.get(), room.data(), static_cast<int>(room.size()), timeout_ms);
    return room.first(n > 0 ? static_cast<std::size_t>(n) : 0);
}

}  // namespace mq::broker
