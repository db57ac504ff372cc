#pragma once

#include "broker/core/packet_block.hpp"
#include "mqtt/properties.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <span>

namespace mq::broker {

/// Bytes of one connection that the core has not consumed yet: the part of a packet that has come
/// so far, or what followed a CONNECT whose login is still being checked. Owns no memory while it
/// is empty. Grows with what has really come, never with what a length field promises, so that a
/// peer pays for the memory that it takes.
class Backlog {
 public:
    [[nodiscard]] bool empty() const { return size_ == 0; }
    [[nodiscard]] std::size_t size() const { return size_; }
    [[nodiscard]] mqtt::Bytes bytes() const { return {block_.bytes(), size_}; }

    /// Bytes that must be there before the core can go on; 0 where that is not known.
    [[nodiscard]] std::size_t needed() const { return needed_; }
    void need(std::size_t size) { needed_ = static_cast<std::uint32_t>(size); }

    void append(mqtt::Bytes more) {
        const std::size_t size = size_ + more.size();
        reserve(fits_at_once() && size >= needed_ / 4 ? std::max<std::size_t>(needed_, size)
                                                      : size);
        std::memcpy(block_.bytes() + size_, more.data(), more.size());
        size_ += static_cast<std::uint32_t>(more.size());
    }

    /// Room behind the bytes for at least one and at most `needed() - size()` more, to be read
    /// into; then `grown` tells how many came.
    std::span<std::uint8_t> room() {
        const std::size_t step = std::max<std::size_t>(size_, room_bytes_min);
        const std::size_t end =
            fits_at_once() ? needed_ : std::min<std::size_t>(needed_, size_ + step);
        reserve(end);
        return {block_.bytes() + size_, end - size_};
    }
    void grown(std::size_t more) { size_ += static_cast<std::uint32_t>(more); }

    /// Whether the bytes are one packet that fills its block, so that the block can be given away.
    [[nodiscard]] bool is_one_packet() const {
        return size_ > 0 && size_ == needed_ && size_ == block_.capacity();
    }
    PacketBlock& block() { return block_; }

    /// Takes `n` bytes off the front. Gives the memory back when nothing is left.
    void consume(std::size_t n) {
        if (n == size_) {
            *this = Backlog();
        } else if (n > 0) {
            size_ -= static_cast<std::uint32_t>(n);
            std::memmove(block_.bytes(), block_.bytes() + n, size_);
        }
    }

 private:
    static constexpr std::size_t room_bytes_min = std::size_t{64} * 1024;

    /// Whether the packet is small enough to have its room before it has come.
    [[nodiscard]] bool fits_at_once() const {
        return needed_ <= BlockPool::block_bytes_max - PacketBlock::head_bytes;
    }

    void reserve(std::size_t capacity) {
        if (capacity <= block_.capacity()) {
            return;
        }
        PacketBlock larger(capacity);
        if (size_ > 0) {
            std::memcpy(larger.bytes(), block_.bytes(), size_);
        }
        block_ = std::move(larger);
    }

    PacketBlock block_;
    std::uint32_t size_ = 0;
    std::uint32_t needed_ = 0;
};

}  // namespace mq::broker
