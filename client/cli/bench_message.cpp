#include "client/cli/bench_message.hpp"

#include "base/file.hpp"

#include <charconv>
#include <random>

namespace mq::cli {
namespace {

/// The first eight digits of the identifier that the kernel has drawn at this start; where it tells
/// none, a number that nobody else has.
std::uint32_t draw_machine() {
    constexpr std::size_t digits = 8;
    std::uint32_t value = 0;
    const auto text = read_file("/proc/sys/kernel/random/boot_id", 64);
    if (text && text->size() >= digits) {
        const char* const end = text->data() + digits;
        if (std::from_chars(text->data(), end, value, 16).ptr == end) {
            return value;
        }
    }
    return std::random_device()();
}

}  // namespace

std::uint32_t BenchMessage::this_machine() {
    static const std::uint32_t machine = draw_machine();
    return machine;
}

std::uint32_t BenchMessage::new_run() {
    return std::random_device()();
}

}  // namespace mq::cli
