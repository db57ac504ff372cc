#include "broker/log/writer.hpp"

#include <algorithm>
#include <sys/eventfd.h>
#include <syslog.h>
#include <unistd.h>

namespace mq::broker {
namespace {

/// Lines of at most log_line_bytes_max bytes and an end each, so that a batch is one write.
constexpr std::size_t batch_lines_max = log_write_bytes_max / (log_line_bytes_max + 1);

int priority_of(LogType type) {
    switch (type) {
        case LogType::error:
            return LOG_ERR;
        case LogType::warning:
            return LOG_WARNING;
        case LogType::notice:
        case LogType::subscribe:
        case LogType::unsubscribe:
            return LOG_NOTICE;
        case LogType::information:
            return LOG_INFO;
        case LogType::debug:
        case LogType::websockets:
        case LogType::internal:
            break;
    }
    return LOG_DEBUG;
}

int facility_of(const LogSettings& settings) {
    constexpr int locals[] = {LOG_LOCAL0, LOG_LOCAL1, LOG_LOCAL2, LOG_LOCAL3,
                              LOG_LOCAL4, LOG_LOCAL5, LOG_LOCAL6, LOG_LOCAL7};
    return settings.syslog_local && *settings.syslog_local < std::size(locals)
               ? locals[*settings.syslog_local]
               : LOG_DAEMON;
}

void to_host_system_log(int priority, const std::string& line) {
    ::syslog(priority, "%s", line.c_str());
}

}  // namespace

LogWriter::LogWriter(LogOutputs outputs, const LogSettings& settings, UniqueFd file)
    : outputs_(std::move(outputs)),
      wake_(::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)),
      format_(settings) {
    apply({settings, std::move(file)});
}

void LogWriter::add(LogType type, std::string_view text) {
    Line line{type, outputs_.now(), std::string(text.substr(0, log_line_bytes_max + 1))};
    const std::lock_guard lock(mutex_);
    if (queue_bytes_ + cost(line) > log_queue_bytes_max) {
        ++dropped_;
        return;
    }
    queue_bytes_ += cost(line);
    queue_.emplace_back(std::in_place_type<Line>, std::move(line));
    work_.notify_one();
}

void LogWriter::change(const LogSettings& settings, UniqueFd file) {
    const std::lock_guard lock(mutex_);
    queue_.emplace_back(Change{settings, std::move(file)});
    work_.notify_one();
}

void LogWriter::set_topics(Topics topics) {
    const std::lock_guard lock(topics_mutex_);
    topics_ = std::move(topics);
}

bool LogWriter::flush(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    return done_.wait_for(lock, timeout, [this] { return ended_ || (!busy_ && !has_work()); });
}

bool LogWriter::stop(std::chrono::milliseconds timeout) {
    std::unique_lock lock(mutex_);
    stopping_ = true;
    const std::uint64_t one = 1;
    // A full counter is readable as well, so that a failure to add to it changes nothing.
    [[maybe_unused]] const auto written = ::write(wake_.get(), &one, sizeof one);
    work_.notify_one();
    return done_.wait_for(lock, timeout, [this] { return ended_; });
}

void LogWriter::run() {
    std::unique_lock lock(mutex_);
    for (;;) {
        work_.wait(lock, [this] { return stopping_ || has_work(); });
        if (!has_work()) {
            break;
        }
        Batch batch = take_batch();
        busy_ = true;
        lock.unlock();
        write(batch);
        lock.lock();
        busy_ = false;
        done_.notify_all();
    }
    ended_ = true;
    done_.notify_all();
}

bool LogWriter::has_work() const {
    return !queue_.empty() || dropped_ > 0;
}

LogWriter::Batch LogWriter::take_batch() {
    Batch batch;
    while (!queue_.empty() && batch.lines.size() < batch_lines_max && !batch.change) {
        take_entry(batch);
    }
    if (queue_.empty()) {
        batch.dropped = std::exchange(dropped_, 0);
    }
    return batch;
}

void LogWriter::take_entry(Batch& batch) {
    if (auto* const line = std::get_if<Line>(&queue_.front())) {
        queue_bytes_ -= cost(*line);
        batch.lines.push_back(std::move(*line));
    } else {
        batch.change = std::move(std::get<Change>(queue_.front()));
    }
    queue_.pop_front();
}

void LogWriter::write(Batch& batch) {
    std::string text;
    for (const Line& line : batch.lines) {
        const std::string formatted = format_.line(line.time, line.text);
        if (facility_) {
            outputs_.system_log
                ? outputs_.system_log(*facility_ | priority_of(line.type), formatted)
                : to_host_system_log(*facility_ | priority_of(line.type), formatted);
        }
        publish(line.type, formatted);
        text += formatted;
        text += '\n';
    }
    write_descriptors(text, batch.lines.size());
    if (batch.dropped > 0) {
        for (LogDescriptor& each : descriptors_) {
            each.lost_lines += batch.dropped;
        }
        write_descriptors({}, 0);
    }
    if (batch.change) {
        apply(std::move(*batch.change));
    }
}

/// Debug and internal lines tell of publishing itself, so they never become messages.
void LogWriter::publish(LogType type, const std::string& line) {
    if (!to_topics_ || type == LogType::debug || type == LogType::internal) {
        return;
    }
    const std::lock_guard lock(topics_mutex_);
    if (topics_) {
        topics_(type, line);
    }
}

void LogWriter::write_descriptors(const std::string& text, std::size_t lines) {
    for (LogDescriptor& each : descriptors_) {
        if (each.lost_lines > 0 && each.write(lost_text(each.lost_lines), wake_.get())) {
            each.lost_lines = 0;
        }
        if (!each.write(text, wake_.get())) {
            each.lost_lines += lines;
        }
    }
}

std::string LogWriter::lost_text(std::size_t lines) {
    return format_.line(outputs_.now(), std::to_string(lines) +
                                            " log lines were lost, since this destination did not "
                                            "take them.") +
           '\n';
}

void LogWriter::apply(Change change) {
    format_ = LogFormat(change.settings);
    descriptors_.clear();
    if (change.settings.to_stdout) {
        descriptors_.emplace_back(outputs_.standard_output);
    }
    if (change.settings.to_stderr) {
        descriptors_.emplace_back(outputs_.standard_error);
    }
    if (change.file) {
        descriptors_.emplace_back(std::move(change.file));
    }
    to_topics_ = change.settings.to_topic;
    facility_.reset();
    if (change.settings.to_syslog) {
        facility_ = facility_of(change.settings);
        if (!outputs_.system_log) {
            ::openlog("mqbroker", LOG_PID, *facility_);
        }
    }
}

}  // namespace mq::broker
