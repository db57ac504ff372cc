#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <utility>

namespace mq::broker {

/// A first-in first-out queue in one circular block, with access by position. Owns no memory while
/// it has never held anything, or after `release`.
template <class T>
class Ring {
 public:
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] bool empty() const { return size_ == 0; }
    T& operator[](std::size_t i) { return slots_[(first_ + i) & (capacity_ - 1)]; }
    const T& operator[](std::size_t i) const { return slots_[(first_ + i) & (capacity_ - 1)]; }
    T& front() { return (*this)[0]; }
    T& back() { return (*this)[size_ - 1]; }

    void push_back(T value) {
        if (size_ == capacity_) {
            grow();
        }
        slots_[(first_ + size_) & (capacity_ - 1)] = std::move(value);
        ++size_;
    }

    void pop_front() {
        assert(size_ > 0);
        slots_[first_] = T{};
        first_ = static_cast<std::uint32_t>((first_ + 1) & (capacity_ - 1));
        --size_;
    }

    void pop_back() {
        assert(size_ > 0);
        back() = T{};
        --size_;
    }

    /// Gives the block back when nothing is in it.
    void release() {
        if (size_ == 0) {
            slots_.reset();
            capacity_ = 0;
            first_ = 0;
        }
    }

    void clear() {
        slots_.reset();
        capacity_ = 0;
        first_ = 0;
        size_ = 0;
    }

 private:
    void grow() {
        const std::uint32_t wider = capacity_ == 0 ? 4U : capacity_ * 2U;
        auto slots = std::make_unique<T[]>(wider);
        for (std::size_t i = 0; i < size_; ++i) {
            slots[i] = std::move((*this)[i]);
        }
        slots_ = std::move(slots);
        capacity_ = wider;
        first_ = 0;
    }

    std::unique_ptr<T[]> slots_;
    std::uint32_t capacity_ = 0;  ///< a power of two
    std::uint32_t first_ = 0;
    std::uint32_t size_ = 0;
};

}  // namespace mq::broker
