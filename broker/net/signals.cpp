#include "broker/net/signals.hpp"

#include <utility>

namespace mq::broker {

Signals::Signals(std::initializer_list<int> numbers) {
    for (const int number : numbers) {
        set_.add(number);
    }
}

Signals::~Signals() {
    context_.stop();
    thread_.reset();
}

Outcome<void> Signals::start(std::function<void(int)> told) {
    told_ = std::move(told);
    wait();
    auto started = SmallThread::start(stack_bytes, [this] { context_.run(); });
    if (!started) {
        return started.error();
    }
    thread_ = std::move(*started);
    return {};
}

void Signals::wait() {
    set_.async_wait([this](boost::system::error_code error, int number) {
        if (!error) {
            told_(number);
            wait();
        }
    });
}

}  // namespace mq::broker
