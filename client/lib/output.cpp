#include "client/lib/output.hpp"

#include <algorithm>
#include <cassert>
#include <cstdlib>
#include <cstring>
#include <new>

namespace mq::client {

constexpr std::size_t smallest_block = 256;

Output::~Output() {
    std::free(block_);
}

std::uint8_t* Output::extend(std::size_t size) {
    if (capacity_ - end_ < size) {
        make_room(size);
    }
    std::uint8_t* const at = block_ + end_;
    end_ += size;
    return at;
}

void Output::append(mqtt::Bytes bytes) {
    if (!bytes.empty()) {
        std::memcpy(extend(bytes.size()), bytes.data(), bytes.size());
    }
}

/// Moves what waits to the front when that makes room enough without being done too often.
void Output::make_room(std::size_t size) {
    const std::size_t waiting = end_ - begin_;
    const bool worth_moving = begin_ >= waiting && capacity_ - waiting >= size;
    if (!worth_moving) {
        const std::size_t wanted = std::max({smallest_block, capacity_ * 2, end_ + size});
        auto* const larger = static_cast<std::uint8_t*>(std::realloc(block_, wanted));
        if (larger == nullptr) {
            throw std::bad_alloc();
        }
        block_ = larger;
        capacity_ = wanted;
    }
    if (begin_ > 0) {
        std::memmove(block_, block_ + begin_, waiting);
        begin_ = 0;
        end_ = waiting;
    }
}

void Output::consume(std::size_t size) {
    assert(size <= this->size());
    begin_ += size;
    consumed_ += size;
    if (begin_ == end_) {
        begin_ = end_ = 0;
    }
}

void Output::clear() {
    consumed_ += size();
    std::free(block_);
    block_ = nullptr;
    capacity_ = begin_ = end_ = 0;
}

void Output::trim() {
    if (empty() && place_at_trim_ == consumed_) {
        clear();
    }
    place_at_trim_ = consumed_;
}

}  // namespace mq::client
