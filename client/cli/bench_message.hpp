#pragma once

#include <cstdint>
#include <cstring>
#include <optional>
#include <string>
#include <string_view>

namespace mq::cli {

/// What stands at the beginning of each payload: 32 bytes, numbers as the machine has them, as they
/// come back to the program that has sent them, or to another one on the same machine.
///
///     4  which run: where there are publishers, of other runs nothing is counted
///     4  which machine, since it was started: only there the time means something
///     8  number of the publisher
///     8  number of the message, from 0 on for each publisher
///     8  when it was due, in nanoseconds of the monotonic clock
struct BenchMessage {
    static constexpr std::size_t bytes_min = 32;

    std::uint32_t run = 0;
    std::uint32_t machine = 0;
    std::uint64_t publisher = 0;
    std::uint64_t number = 0;
    std::uint64_t due_ns = 0;

    /// What tells this machine from others and, as its clock begins anew, from itself before its
    /// last start.
    static std::uint32_t this_machine();
    static std::uint32_t new_run();

    /// Whether it has been published on this machine by this kind of program, in any run.
    [[nodiscard]] bool is_from_here() const { return machine == this_machine(); }

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
