#include "broker/log/format.hpp"

#include <algorithm>

namespace mq::broker {
namespace {

/// strftime in local time. The language is always that of the C locale, as the program sets none.
std::string local_time(const std::string& format, std::time_t time) {
    std::tm parts{};
    char text[log_line_bytes_max + 1];
    if (::localtime_r(&time, &parts) == nullptr) {
        return "Time error";
    }
    const std::size_t length = std::strftime(text, sizeof text, format.c_str(), &parts);
    return length == 0 ? "Time error" : std::string(text, length);
}

bool is_control(char letter) {
    return (static_cast<unsigned char>(letter) < 0x20 && letter != '\t') || letter == 0x7f;
}

/// Cuts after a whole UTF-8 character.
void cut(std::string& line) {
    if (line.size() <= log_line_bytes_max) {
        return;
    }
    std::size_t end = log_line_bytes_max;
    const auto inside_character = [&] {
        return (static_cast<unsigned char>(line[end]) & 0xC0U) == 0x80U;
    };
    while (end > log_line_bytes_max - 3 && inside_character()) {
        --end;
    }
    line.resize(end);
}

}  // namespace

std::string LogFormat::line(std::time_t time, std::string_view text) {
    std::string line;
    if (timestamp_) {
        line = stamp(time);
        line += ": ";
    }
    line += text.substr(0, log_line_bytes_max + 1);
    std::replace_if(line.begin(), line.end(), is_control, '?');
    cut(line);
    return line;
}

const std::string& LogFormat::stamp(std::time_t time) {
    if (time != stamp_time_ || stamp_.empty()) {
        stamp_ = format_.empty() ? std::to_string(time) : local_time(format_, time);
        stamp_time_ = time;
    }
    return stamp_;
}

}  // namespace mq::broker
