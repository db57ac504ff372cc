// In a file of its own, so that the compiler does not see through the pair of new and delete.
#include "support/allocation_counter.hpp"

#include <atomic>
#include <cstdlib>
#include <malloc.h>
#include <new>

namespace {

std::atomic<std::size_t> count = 0;
std::atomic<std::size_t> live = 0;

/// What malloc keeps in front of a block.
constexpr std::size_t head_bytes = 8;

}  // namespace

std::size_t mq::allocation_count() {
    return count;
}

std::size_t mq::allocated_bytes() {
    return live;
}

void* operator new(std::size_t size) {
    ++count;
    if (void* block = std::malloc(size)) {
        live += ::malloc_usable_size(block) + head_bytes;
        return block;
    }
    throw std::bad_alloc();
}

void* operator new(std::size_t size, std::align_val_t alignment) {
    ++count;
    const auto step = static_cast<std::size_t>(alignment);
    if (void* block = std::aligned_alloc(step, (size + step - 1) / step * step)) {
        return block;
    }
    throw std::bad_alloc();
}

void operator delete(void* block) noexcept {
    if (block != nullptr) {
        live -= ::malloc_usable_size(block) + head_bytes;
    }
    std::free(block);
}

void operator delete(void* block, std::size_t /*size*/) noexcept {
    operator delete(block);
}

void operator delete(void* block, std::align_val_t /*alignment*/) noexcept {
    std::free(block);
}

void operator delete(void* block, std::size_t /*size*/, std::align_val_t /*alignment*/) noexcept {
    std::free(block);
}
