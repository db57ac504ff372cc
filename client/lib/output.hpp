#pragma once

#include "mqtt/properties.hpp"

#include <cstddef>
#include <cstdint>

namespace mq::client {

/// Bytes that wait to be written: one block that grows, filled behind and emptied from the front.
/// Throws std::bad_alloc. Counts what went through, so that a place in the stream has a number.
class Output {
 public:
    Output() = default;
    Output(const Output&) = delete;
    Output& operator=(const Output&) = delete;
    ~Output();

    /// Room for `size` more bytes at the end, all of which the caller fills.
    std::uint8_t* extend(std::size_t size);
    void append(mqtt::Bytes bytes);
    [[nodiscard]] mqtt::Bytes waiting() const { return {block_ + begin_, end_ - begin_}; }
    [[nodiscard]] std::size_t size() const { return end_ - begin_; }
    [[nodiscard]] bool empty() const { return begin_ == end_; }
    [[nodiscard]] bool holds_memory() const { return block_ != nullptr; }
    /// The first `size` bytes are written.
    void consume(std::size_t size);
    /// Forgets what waits, and gives the memory back. Places go on as if it had been written.
    void clear();
    /// Gives the memory back if there was nothing to write since the last call: for idle clients.
    void trim();

    /// How many bytes were appended, and how many consumed, since the beginning.
    [[nodiscard]] std::uint64_t end_place() const { return consumed_ + size(); }
    [[nodiscard]] std::uint64_t begin_place() const { return consumed_; }

 private:
    void make_room(std::size_t size);

    std::uint8_t* block_ = nullptr;
    std::size_t capacity_ = 0;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
    std::uint64_t consumed_ = 0;
    std::uint64_t place_at_trim_ = 0;
};

}  // namespace mq::client
