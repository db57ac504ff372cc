#include "base/idle_processors.hpp"

#include "base/unique_fd.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace mq {
namespace {

constexpr std::string_view line_start = "cpu ";
constexpr unsigned idle_column = 3;  ///< after user, nice and system

}  // namespace

std::optional<double> idle_processor_seconds(std::string_view proc_stat) {
    if (!proc_stat.starts_with(line_start)) {
        return std::nullopt;
    }
    proc_stat.remove_prefix(line_start.size());
    std::uint64_t ticks = 0;
    for (unsigned column = 0; column <= idle_column; ++column) {
        proc_stat.remove_prefix(std::min(proc_stat.find_first_not_of(' '), proc_stat.size()));
        const char* end = proc_stat.data() + proc_stat.size();
        const auto [rest, error] = std::from_chars(proc_stat.data(), end, ticks);
        if (error != std::errc()) {
            return std::nullopt;
        }
        proc_stat.remove_prefix(static_cast<std::size_t>(rest - proc_stat.data()));
    }
    return static_cast<double>(ticks) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

std::optional<double> idle_processor_seconds() {
    const UniqueFd file(::open("/proc/stat", O_RDONLY | O_CLOEXEC));
    std::array<char, 256> text{};
    const auto n = file ? ::read(file.get(), text.data(), text.size()) : -1;
    return n > 0 ? idle_processor_seconds({text.data(), static_cast<std::size_t>(n)})
                 : std::nullopt;
}

}  // namespace mq
