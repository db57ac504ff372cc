#pragma once

#include "base/problem.hpp"
#include "base/small_thread.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>

#include <functional>
#include <initializer_list>
#include <memory>

namespace mq::broker {

/// Takes signals of the process, from its construction on; tells of them once it has been started,
/// on a thread of its own that sleeps otherwise. The loops of the shards know nothing of signals.
class Signals {
 public:
    explicit Signals(std::initializer_list<int> numbers);
    ~Signals();
    Signals(const Signals&) = delete;
    Signals& operator=(const Signals&) = delete;

    /// Once. `told` is called with a signal's number, on the other thread, until this goes.
    Outcome<void> start(std::function<void(int)> told);

 private:
    static constexpr std::size_t stack_bytes = std::size_t{128} << 10U;

    void wait();

    boost::asio::io_context context_{1};
    boost::asio::signal_set set_{context_};
    std::function<void(int)> told_;
    std::unique_ptr<SmallThread> thread_;
};

}  // namespace mq::broker
