#include "client/lib/log_lines.hpp"

#include <cstdarg>
#include <cstdio>

namespace mq::client {

void LogLines::add(int level, const char* format, ...) {
    if (!on_) {
        return;
    }
    std::va_list arguments;
    va_start(arguments, format);
    std::va_list again;
    va_copy(again, arguments);
    const int size = std::vsnprintf(nullptr, 0, format, arguments);
    va_end(arguments);
    if (size >= 0) {
        LogLine line{level, std::string(static_cast<std::size_t>(size), '\0')};
        std::vsnprintf(line.text.data(), line.text.size() + 1, format, again);
        lines_.push_back(std::move(line));
    }
    va_end(again);
}

}  // namespace mq::client
