#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace mq::cli {

/// What stands at the beginning of each payload: 32 bytes, numbers as the machine has them, as they
/// come back to the program that has sent them.
///
///     8  which run: of other runs nothing is counted
///     8  number of the publisher
///     8  number of the message, from 0 on for each publisher
///     8  when it was due, in nanoseconds of the monotonic clock
struct BenchMessage {
    static constexpr std::size_t bytes_min = 32;

    std::uint64_t run = 0;
    std::uint64_t publisher = 0;
    std::uint64_t number = 0;
    std::uint64_t due_ns = 0;

    /// Puts it into a payload of at least `bytes_min`.
    void write(std::string& payload) const { std::memcpy(payload.data(), this, bytes_min); }

    static std::optional<BenchMessage> read(std::string_view payload) {
        if (payload.size() < bytes_min) {
            return std::nullopt;
        }
        BenchMessage message;
        std::memcpy(&message, payload.data(), bytes_min);
        return message;
    }
};
static_assert(sizeof(BenchMessage) == BenchMessage::bytes_min);

}  // namespace mq::cli
