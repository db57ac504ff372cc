#pragma once

#include <cstdint>
#include <string>
#include <sys/types.h>

namespace mq::bench {

struct Memory {
    std::uint64_t rss_bytes = 0;  ///< resident
    std::uint64_t pss_bytes = 0;  ///< resident, shared pages by their part
};

/// What the kernel tells of the broker under load. What cannot be read is thrown as
/// std::runtime_error.
class BrokerProcess {
 public:
    explicit BrokerProcess(pid_t pid);
    /// User and system time of all its threads so far, in steps of the kernel's clock tick.
    [[nodiscard]] std::uint64_t cpu_us() const;
    [[nodiscard]] Memory memory() const;

 private:
    std::string folder_;
};

}  // namespace mq::bench
