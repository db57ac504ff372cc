#include "broker/core/block_pool.hpp"

#include <algorithm>
#include <bit>
#include <new>
#include <sanitizer/asan_interface.h>
#include <utility>

namespace mq::broker {
namespace {

constinit thread_local BlockPool* own_pool = nullptr;

}  // namespace

BlockPool::Use::Use(BlockPool& pool) : before_(std::exchange(own_pool, &pool)) {}

BlockPool::Use::~Use() {
    own_pool = before_;
}

BlockPool::Class BlockPool::class_of(std::size_t size) {
    if (size <= fine_max) {
        const std::size_t steps = std::max<std::size_t>((size + 7) / fine_step, 1);
        return {steps - 1, steps * fine_step + 8};
    }
    size = std::max<std::size_t>(size, (std::size_t{1} << coarse_power) + 1);
    const auto power = static_cast<std::size_t>(std::bit_width(size - 1)) - 1;
    const std::size_t floor = std::size_t{1} << power;
    const std::size_t step = floor / coarse_steps;
    const std::size_t steps = (size - floor + step - 1) / step;  // 1 to coarse_steps
    return {fine_count + (power - coarse_power) * coarse_steps + steps - 1, floor + steps * step};
}

/// What comes from the heap has the size of its class too, since it may end in a pool.
void* BlockPool::take(std::size_t size) {
    if (size > block_bytes_max) {
        return ::operator new(size);
    }
    const Class c = class_of(size);
    BlockPool* pool = own_pool;
    if (pool == nullptr || pool->shelves_[c.shelf].first == nullptr) {
        return ::operator new(c.bytes);
    }
    Shelf& shelf = pool->shelves_[c.shelf];
    Block* block = shelf.first;
    shelf.first = block->next;
    ASAN_UNPOISON_MEMORY_REGION(block, c.bytes);  // tells AddressSanitizer, where there is one
    --shelf.count;
    shelf.least = std::min(shelf.least, shelf.count);
    pool->kept_bytes_ -= c.bytes;
    return block;
}

void BlockPool::give_back(void* block, std::size_t size) noexcept {
    BlockPool* pool = own_pool;
    if (pool == nullptr || size > block_bytes_max) {
        return ::operator delete(block);
    }
    const Class c = class_of(size);
    if (pool->kept_bytes_ + c.bytes > kept_bytes_max) {
        return ::operator delete(block);
    }
    Shelf& shelf = pool->shelves_[c.shelf];
    shelf.first = new (block) Block{shelf.first};
    shelf.bytes = static_cast<std::uint32_t>(c.bytes);
    ASAN_POISON_MEMORY_REGION(shelf.first + 1, c.bytes - sizeof(Block));
    ++shelf.count;
    pool->kept_bytes_ += c.bytes;
}

void BlockPool::drop(Shelf& shelf) {
    Block* block = std::exchange(shelf.first, shelf.first->next);
    --shelf.count;
    kept_bytes_ -= shelf.bytes;
    ASAN_UNPOISON_MEMORY_REGION(block, shelf.bytes);
    ::operator delete(block);
}

std::size_t BlockPool::trim_own() {
    return own_pool == nullptr ? 0 : own_pool->trim();
}

std::size_t BlockPool::trim() {
    const std::size_t before = kept_bytes_;
    for (Shelf& shelf : shelves_) {
        while (shelf.first != nullptr) {
            drop(shelf);
        }
        shelf.least = 0;
    }
    return before;
}

bool BlockPool::trim_unused() {
    for (Shelf& shelf : shelves_) {
        for (; shelf.least > 0; --shelf.least) {
            drop(shelf);
        }
        shelf.least = shelf.count;
    }
    return kept_bytes_ > 0;
}

}  // namespace mq::broker
