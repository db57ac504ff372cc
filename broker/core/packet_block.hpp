#pragma once

#include "broker/core/block_pool.hpp"

#include <cstddef>
#include <cstdint>
#include <utility>

namespace mq::broker {

/// Memory for the bytes of one packet, with room in front of them: a message can be made around its
/// payload where it was read, instead of being copied. Empty when default-made or moved from.
class PacketBlock {
 public:
    static constexpr std::size_t head_bytes = 64;

    PacketBlock() = default;
    /// Room for so many bytes.
    explicit PacketBlock(std::size_t capacity)
        : bytes_(static_cast<std::uint8_t*>(BlockPool::take(head_bytes + capacity)) + head_bytes),
          capacity_(static_cast<std::uint32_t>(capacity)) {}
    PacketBlock(PacketBlock&& other) noexcept
        : bytes_(std::exchange(other.bytes_, nullptr)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    PacketBlock& operator=(PacketBlock&& other) noexcept {
        std::swap(bytes_, other.bytes_);
        std::swap(capacity_, other.capacity_);
        return *this;
    }
    ~PacketBlock() {
        if (bytes_ != nullptr) {
            BlockPool::give_back(bytes_ - head_bytes, head_bytes + capacity_);
        }
    }

    [[nodiscard]] std::size_t capacity() const { return capacity_; }
    /// Null when there are none.
    [[nodiscard]] std::uint8_t* bytes() const { return bytes_; }
    /// Not of an empty one. Leaves this empty; whoever calls it gives the block back to BlockPool,
    /// `head_bytes + capacity()` large.
    void* release() {
        capacity_ = 0;
        return std::exchange(bytes_, nullptr) - head_bytes;
    }

 private:
    std::uint8_t* bytes_ = nullptr;
    std::uint32_t capacity_ = 0;
};

}  // namespace mq::broker
