#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"
#include "client/cli/progress.hpp"

#include <string>
#include <string_view>

namespace mq::cli {

/// All that a descriptor has to give, up to the largest payload of MQTT (268,435,455 bytes).
/// `progress` is told the number of bytes so far.
Outcome<std::string> read_all(int descriptor, const std::string& name,
                              Progress* progress = nullptr);

/// The payload that the options name, for all sources but lines. Standard input must not be empty.
Outcome<std::string> payload_of(const Options& options, Progress* progress = nullptr);

/// Cuts what comes from a descriptor into lines, without their newlines. The last line may lack it.
class LineReader {
 public:
    explicit LineReader(int descriptor) : descriptor_(descriptor) {}

    /// Reads once, which waits for input unless there is some. A problem when it failed, or a line
    /// is larger than a payload can be.
    Outcome<void> fill();

    /// The next whole line; false: more has to be read. The view is valid until the next call.
    bool next(std::string_view& line);

    /// Whether the input has ended and all lines were taken.
    [[nodiscard]] bool exhausted() const { return ended_ && start_ == buffer_.size(); }
    [[nodiscard]] bool ended() const { return ended_; }

 private:
    int descriptor_;
    std::string buffer_;
    std::size_t start_ = 0;    ///< of what was not taken yet
    std::size_t scanned_ = 0;  ///< up to here there is no newline
    bool ended_ = false;
};

}  // namespace mq::cli
