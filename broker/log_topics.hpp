#pragma once

#include "broker/log/logger.hpp"
#include "broker/net/shard.hpp"

#include <cstddef>
#include <deque>
#include <mutex>
#include <string>
#include <utility>

namespace mq::broker {

/// `log_dest topic`: carries lines from the log's thread to the shard, which publishes them. Owned
/// by App; while the shard does not keep up, lines beyond a limit are left out.
class LogTopics {
 public:
    static constexpr std::size_t lines_max = 1000;

    LogTopics(Logger& log, Shard& shard);
    ~LogTopics();
    LogTopics(const LogTopics&) = delete;
    LogTopics& operator=(const LogTopics&) = delete;

 private:
    void add(LogType type, const std::string& line);
    void publish();

    Logger& log_;
    Shard& shard_;
    std::mutex mutex_;
    std::deque<std::pair<LogType, std::string>> lines_;  ///< guarded by the mutex
};

}  // namespace mq::broker
