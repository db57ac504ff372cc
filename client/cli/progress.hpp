#pragma once

#include <chrono>
#include <cstdint>

namespace mq::cli {

/// Tells a person on standard error how far a long input is: on a terminal one line that is
/// rewritten a few times a second; elsewhere only the last state, at the end.
class Progress {
 public:
    /// `wanted`: with false nothing is ever written. The size of the input is known where standard
    /// input is a file.
    explicit Progress(bool wanted);
    ~Progress();
    Progress(const Progress&) = delete;
    Progress& operator=(const Progress&) = delete;

    void set_bytes(std::uint64_t bytes);
    /// One message more, of so many bytes.
    void add_message(std::uint64_t bytes);

 private:
    using Clock = std::chrono::steady_clock;

    void show(bool last);

    bool wanted_;
    bool terminal_ = false;
    std::uint64_t total_ = 0;  ///< bytes of the input; 0: unknown
    std::uint64_t bytes_ = 0;
    std::uint64_t messages_ = 0;
    Clock::time_point started_;
    Clock::time_point shown_;
};

}  // namespace mq::cli
