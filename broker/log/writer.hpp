#pragma once

#include "base/unique_fd.hpp"
#include "broker/log/destination.hpp"
#include "broker/log/format.hpp"
#include "broker/log/settings.hpp"

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <ctime>
#include <deque>
#include <functional>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace mq::broker {

/// Most bytes of lines that wait to be written.
constexpr std::size_t log_queue_bytes_max = std::size_t{1} << 20;

/// What a log is connected to. Tests put pipes and lists in the place of the process's own.
struct LogOutputs {
    int standard_output = 1;
    int standard_error = 2;
    /// Gets facility and priority, or-ed, and a line.
    std::function<void(int, const std::string&)> system_log;
    std::function<std::time_t()> now = [] { return std::time(nullptr); };
};

/// The half of a log that may block: a bounded queue, and the one thread that empties it into the
/// destinations. The thread sleeps while there is nothing to do. The queue's mutex is never held
/// while something is written. A destination that blocks holds up the others, and what no longer
/// fits into the queue is dropped and counted; the count is written when it goes on.
class LogWriter {
 public:
    LogWriter(LogOutputs outputs, const LogSettings& settings, UniqueFd file);

    /// Any thread. Never waits for a destination.
    void add(LogType type, std::string_view text);

    /// Any thread: what is added from now on goes to these destinations. `file` may be empty.
    void change(const LogSettings& settings, UniqueFd file);

    /// Gets a line's type and its text as it goes to the other destinations.
    using Topics = std::function<void(LogType, const std::string&)>;
    /// Any thread: who publishes lines under `log_dest topic`; nobody, with an empty function. The
    /// one before is not called any more when this returns.
    void set_topics(Topics topics);

    /// Any thread. True when everything added before has been handed to the destinations.
    bool flush(std::chrono::milliseconds timeout);

    /// Any thread: lets `run` return when the queue is empty, without waiting for a destination.
    /// True if it did within the timeout.
    bool stop(std::chrono::milliseconds timeout);

    /// The body of the thread.
    void run();

 private:
    struct Line {
        LogType type;
        std::time_t time;
        std::string text;
    };
    struct Change {
        LogSettings settings;
        UniqueFd file;
    };
    /// What the thread takes from the queue in one go: lines, and then perhaps a change.
    struct Batch {
        std::vector<Line> lines;
        std::optional<Change> change;
        std::size_t dropped = 0;
    };

    static std::size_t cost(const Line& line) { return sizeof(Line) + line.text.size(); }
    void take_entry(Batch& batch);
    [[nodiscard]] bool has_work() const;
    Batch take_batch();
    void write(Batch& batch);
    void publish(LogType type, const std::string& line);
    void write_descriptors(const std::string& text, std::size_t lines);
    std::string lost_text(std::size_t lines);
    void apply(Change change);

    // Guarded by mutex_
    std::mutex mutex_;
    std::condition_variable work_;
    std::condition_variable done_;
    std::deque<std::variant<Line, Change>> queue_;
    std::size_t queue_bytes_ = 0;
    std::size_t dropped_ = 0;
    bool busy_ = false;
    bool stopping_ = false;
    bool ended_ = false;

    std::mutex topics_mutex_;
    Topics topics_;  ///< guarded by topics_mutex_

    // Set once
    const LogOutputs outputs_;
    UniqueFd wake_;  ///< readable when the end has come

    // The thread's own
    LogFormat format_;
    std::deque<LogDescriptor> descriptors_;
    std::optional<int> facility_;  ///< of the system log, if that is a destination
    bool to_topics_ = false;
};

}  // namespace mq::broker
