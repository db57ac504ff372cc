#include "broker/log_topics.hpp"

namespace mq::broker {
namespace {

/// What follows `$SYS/broker/log/`.
const char* suffix_of(LogType type) {
    switch (type) {
        case LogType::error:
            return "E";
        case LogType::warning:
            return "W";
        case LogType::notice:
            return "N";
        case LogType::subscribe:
            return "M/subscribe";
        case LogType::unsubscribe:
            return "M/unsubscribe";
        case LogType::websockets:
            return "WS";
        case LogType::information:
        case LogType::debug:
        case LogType::internal:
            break;
    }
    return "I";
}

}  // namespace

LogTopics::LogTopics(Logger& log, Shard& shard) : log_(log), shard_(shard) {
    log_.set_topics([this](LogType type, const std::string& line) { add(type, line); });
}

LogTopics::~LogTopics() {
    log_.set_topics({});
}

void LogTopics::add(LogType type, const std::string& line) {
    const std::lock_guard lock(mutex_);
    if (lines_.size() >= lines_max) {
        return;
    }
    lines_.emplace_back(type, line);
    if (lines_.size() == 1) {
        shard_.post([this] { publish(); });
    }
}

void LogTopics::publish() {
    std::deque<std::pair<LogType, std::string>> lines;
    {
        const std::lock_guard lock(mutex_);
        lines.swap(lines_);
    }
    for (const auto& [type, line] : lines) {
        shard_.broker().publish_log(suffix_of(type), line, shard_.now());
    }
}

}  // namespace mq::broker
