#pragma once

#include "base/problem.hpp"
#include "broker/core/log.hpp"
#include "broker/log/settings.hpp"
#include "broker/log/writer.hpp"

#include <chrono>
#include <memory>
#include <mutex>
#include <string_view>
#include <thread>

namespace mq::broker {

/// The broker's log. Made by `main` after it has gone into the background, since it has a thread,
/// and owned by it. `line` may be called from any thread and never waits for a destination, be it a
/// pipe that nobody reads; see LogWriter for what happens then. So may `types` and
/// `set_types`; all the other functions are for one thread, that of `main`.
///
/// A log file that cannot be opened is told to the other destinations. If there are none, errors go
/// to standard error from then on.
class Logger final : public Log {
 public:
    explicit Logger(const LogSettings& settings, LogOutputs outputs = {});
    /// Waits up to a second for what has not been written yet.
    ~Logger() override;
    Logger(const Logger&) = delete;
    Logger& operator=(const Logger&) = delete;

    /// Types that the mask lacks are left out here, too.
    void line(LogType type, std::string_view text) override;

    /// Other settings from the next line on, for a reload. Opens the file again.
    void configure(const LogSettings& settings);

    /// The types that are written now, and others from the next line on, until `configure` or
    /// `reopen`. Both may be called from any thread.
    [[nodiscard]] LogMask types() const { return mask_.load(std::memory_order_relaxed); }
    void set_types(LogMask types) { mask_.store(types, std::memory_order_relaxed); }

    /// Who publishes lines where `log_dest topic` asks for it; see LogWriter.
    void set_topics(LogWriter::Topics topics) { writer_->set_topics(std::move(topics)); }

    /// Opens the log file again under its name, after it was moved away. If that fails, the old
    /// file stays open and a line says so.
    void reopen();

    /// True when every line so far has been handed to its destinations within the timeout.
    bool flush(std::chrono::milliseconds timeout) { return writer_->flush(timeout); }

 private:
    LogSettings settings_;
    std::shared_ptr<LogWriter> writer_;  ///< shared with the thread, which may outlive this object
    std::thread thread_;
};

/// A problem as an error: one log line for each line of its text.
void log_problem(Log& log, const Problem& problem);

}  // namespace mq::broker
