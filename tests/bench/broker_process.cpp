#include "tests/bench/broker_process.hpp"

#include <fstream>
#include <iterator>
#include <sstream>
#include <stdexcept>
#include <unistd.h>

namespace mq::bench {
namespace {

std::string content(const std::string& path) {
    std::ifstream file(path);
    std::string text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
    if (text.empty()) {
        throw std::runtime_error(path + ": cannot be read");
    }
    return text;
}

/// The bytes behind a "Name:  123 kB" line.
std::uint64_t bytes_of(const std::string& name, const std::string& text) {
    const std::size_t at = text.find("\n" + name + ":");
    if (at == std::string::npos) {
        throw std::runtime_error("the kernel tells no " + name + " of the broker");
    }
    return std::stoull(text.substr(at + name.size() + 2)) * 1024;
}

}  // namespace

BrokerProcess::BrokerProcess(pid_t pid) : folder_("/proc/" + std::to_string(pid)) {}

std::uint64_t BrokerProcess::cpu_us() const {
    const std::string stat = content(folder_ + "/stat");
    // The program's name, in parentheses, is field 2 and may hold anything; 14 and 15 are the
    // times.
    std::istringstream fields(stat.substr(stat.rfind(')') + 2));
    std::string skipped;
    for (int field = 3; field < 14; ++field) {
        fields >> skipped;
    }
    std::uint64_t user = 0;
    std::uint64_t system = 0;
    fields >> user >> system;
    if (!fields) {
        throw std::runtime_error(folder_ + "/stat: not as expected");
    }
    return (user + system) * 1'000'000 / static_cast<std::uint64_t>(::sysconf(_SC_CLK_TCK));
}

Memory BrokerProcess::memory() const {
    const std::string rollup = content(folder_ + "/smaps_rollup");
    return {bytes_of("Rss", rollup), bytes_of("Pss", rollup)};
}

}  // namespace mq::bench
