#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>

namespace mq::client {

/// Bytes that came from the broker and are not yet handled. Small for a quiet client, large once a
/// read has filled it, larger for a packet that does not fit: it then grows as the packet comes,
/// not by the length that the packet claims. There is always one more byte behind the last.
class Input {
 public:
    /// Where to read to; at least one byte. Throws std::bad_alloc.
    std::span<std::uint8_t> room();
    /// `size` bytes were put there.
    void filled(std::size_t size) { end_ += size; }
    [[nodiscard]] std::span<std::uint8_t> waiting() {
        return {block_.get() + begin_, end_ - begin_};
    }
    void consume(std::size_t size) { begin_ += size; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    [[nodiscard]] bool holds_memory() const { return block_ != nullptr; }
    /// Gives back what a very large packet needed, once that is handled.
    void settle();
    /// Forgets what waits and gives the memory back.
    void clear();

 private:
    struct Free {
        void operator()(std::uint8_t* block) const;
    };

    void resize(std::size_t capacity);

    std::unique_ptr<std::uint8_t, Free> block_;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

}  // namespace mq::client
