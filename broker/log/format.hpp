#pragma once

#include "broker/log/settings.hpp"

#include <cstddef>
#include <ctime>
#include <string>
#include <string_view>

namespace mq::broker {

/// Longest line, timestamp included and line end not.
constexpr std::size_t log_line_bytes_max = 999;

/// Makes the lines of a log out of their parts: `TIMESTAMP: TEXT`. Control characters but the tab,
/// which peers may put into names, become question marks, so that a client cannot forge a line.
/// Used by one thread at a time.
class LogFormat {
 public:
    explicit LogFormat(const LogSettings& settings)
        : timestamp_(settings.timestamp), format_(settings.timestamp_format) {}

    /// One line without its end, cut at log_line_bytes_max, between characters.
    std::string line(std::time_t time, std::string_view text);

 private:
    const std::string& stamp(std::time_t time);

    bool timestamp_;
    std::string format_;
    std::time_t stamp_time_ = -1;  ///< the second that stamp_ was made for
    std::string stamp_;
};

}  // namespace mq::broker
