#pragma once

#include <string>
#include <utility>
#include <vector>

namespace mq::client {

struct LogLine {
    int level = 0;  ///< one MOSQ_LOG_ bit
    std::string text;
};

/// Lines for the log callback. They are collected while a client is locked and handed over when it
/// no longer is; nothing is formatted while nobody listens.
class LogLines {
 public:
    [[nodiscard]] bool on() const { return on_; }
    void turn(bool on) { on_ = on; }
    void add(int level, const char* format, ...) __attribute__((format(printf, 3, 4)));
    [[nodiscard]] bool empty() const { return lines_.empty(); }
    std::vector<LogLine> take() { return std::exchange(lines_, {}); }

 private:
    bool on_ = false;
    std::vector<LogLine> lines_;
};

}  // namespace mq::client
