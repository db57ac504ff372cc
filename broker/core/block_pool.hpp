#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mq::broker {

/// Memory for messages, by size class: what one message leaves the next one takes, so that a busy
/// broker allocates nothing a message and works in blocks that are in the cache already.
///
/// A pool belongs to one thread and is used there between `Use` and its end; elsewhere, and before
/// and after, blocks come from the heap and go back to it. A block may be taken on one thread and
/// given back on another. Holds at most `kept_bytes_max`; what was of no use between two calls of
/// `trim_unused` goes back to the heap.
class BlockPool {
 public:
    static constexpr std::size_t block_bytes_max = std::size_t{128} * 1024;
    static constexpr std::size_t kept_bytes_max = std::size_t{4} << 20;

    BlockPool() = default;
    ~BlockPool() { trim(); }
    BlockPool(const BlockPool&) = delete;
    BlockPool& operator=(const BlockPool&) = delete;

    /// While it lives, this thread's blocks come from the pool.
    class Use {
     public:
        explicit Use(BlockPool& pool);
        ~Use();
        Use(const Use&) = delete;
        Use& operator=(const Use&) = delete;

     private:
        BlockPool* before_;
    };

    /// At least `size` bytes, for anything; as `operator new` where the heap has none.
    static void* take(std::size_t size);
    /// `size` as it was taken.
    static void give_back(void* block, std::size_t size) noexcept;
    /// Gives back what this thread's pool holds; returns how much that was.
    static std::size_t trim_own();

    [[nodiscard]] std::size_t kept_bytes() const { return kept_bytes_; }
    /// Gives back all blocks.
    std::size_t trim();
    /// Gives back the blocks that have lain here since the last call. True while there are any
    /// left.
    bool trim_unused();

 private:
    struct Block {
        Block* next;
    };
    struct Shelf {
        Block* first = nullptr;
        std::uint32_t bytes = 0;  ///< of each block
        std::uint32_t count = 0;
        std::uint32_t least = 0;  ///< that there have been since the last `trim_unused`
    };
    // Sizes as the heap has them anyway, in steps of 16 bytes, up to 1,016; then sixteen to each
    // power of two up to 128 KiB.
    static constexpr std::size_t fine_step = 16;
    static constexpr std::size_t fine_count = 63;
    static constexpr std::size_t fine_max = fine_count * fine_step + 8;
    static constexpr std::size_t coarse_power = 10;
    static constexpr std::size_t coarse_steps = 16;
    static constexpr std::size_t shelf_count = fine_count + (17 - coarse_power) * coarse_steps;

    struct Class {
        std::size_t shelf;
        std::size_t bytes;
    };
    static Class class_of(std::size_t size);
    void drop(Shelf& shelf);

    std::array<Shelf, shelf_count> shelves_{};
    std::size_t kept_bytes_ = 0;
};

}  // namespace mq::broker
