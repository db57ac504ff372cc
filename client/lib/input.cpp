#include "client/lib/input.hpp"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <new>

namespace mq::client {

constexpr std::size_t quiet_capacity = 2048;
constexpr std::size_t busy_capacity = 64 * std::size_t{1024};

void Input::Free::operator()(std::uint8_t* block) const {
    std::free(block);
}

std::span<std::uint8_t> Input::room() {
    const bool was_filled = end_ == capacity_;
    if (begin_ > 0) {
        std::memmove(block_.get(), block_.get() + begin_, end_ - begin_);
        end_ -= begin_;
        begin_ = 0;
    }
    if (was_filled) {
        // The last read took all the room there was: there is more, or a packet that does not fit.
        const bool is_full = end_ == capacity_;
        resize(capacity_ == 0 ? quiet_capacity
               : is_full      ? std::max(busy_capacity, capacity_ * 2)
                              : std::max(busy_capacity, capacity_));
    }
    return {block_.get() + end_, capacity_ - end_};
}

void Input::resize(std::size_t capacity) {
    if (capacity == capacity_) {
        return;
    }
    constexpr std::size_t byte_behind = 1;
    void* const larger = std::realloc(block_.get(), capacity + byte_behind);
    if (larger == nullptr) {
        throw std::bad_alloc();
    }
    static_cast<void>(block_.release());
    block_.reset(static_cast<std::uint8_t*>(larger));
    capacity_ = capacity;
}

void Input::settle() {
    if (empty() && capacity_ > busy_capacity) {
        clear();
    }
}

void Input::clear() {
    block_.reset();
    capacity_ = begin_ = end_ = 0;
}

}  // namespace mq::client
