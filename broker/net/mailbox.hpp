#pragma once

#include "base/problem.hpp"
#include "base/unique_fd.hpp"
#include "broker/net/poller.hpp"

#include <functional>
#include <memory>
#include <mutex>
#include <vector>

namespace mq::broker {

/// Work that any thread leaves for one thread, which sleeps in its poller between turns. Whoever
/// posts makes the poller's descriptor ready only while that thread sleeps: posting to a busy
/// thread costs no system call.
class Mailbox final : public Pollable {
 public:
    using Work = std::function<void()>;

    /// `poller` outlives it.
    static Outcome<std::unique_ptr<Mailbox>> open(Poller& poller);

    /// From any thread. Work is taken in the order of posting.
    void post(Work work);

    // For the thread that takes.

    /// Before it sleeps: false when there is work, so that it must not.
    [[nodiscard]] bool may_sleep();
    /// Sleeps for no longer than `timeout_ms`, -1 for no end, and sees nothing but this mailbox.
    void sleep_alone(int timeout_ms);
    /// What has come, in place of `works`, and the end of its sleep.
    void take(std::vector<Work>& works);

    void ready(std::uint32_t) override {}

 private:
    explicit Mailbox(UniqueFd event) : event_(std::move(event)) {}

    UniqueFd event_;
    std::mutex mutex_;  ///< guards what follows
    std::vector<Work> works_;
    bool sleeps_ = false;
};

}  // namespace mq::broker
