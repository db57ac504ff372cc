#include "broker/log/logger.hpp"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <fcntl.h>
#include <optional>
#include <string>

namespace mq::broker {
namespace {

constexpr std::chrono::milliseconds last_lines_timeout{1000};
constexpr std::chrono::milliseconds end_timeout{200};

/// Without O_NONBLOCK a FIFO without a reader would hold us up.
Outcome<UniqueFd> open_file(const std::string& path) {
    constexpr mode_t owner_only = 0600;
    UniqueFd file(::open(path.c_str(),
                         O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY | O_NONBLOCK,
                         owner_only));
    if (!file) {
        return system_problem("Unable to open log file " + path, errno);
    }
    return file;
}

/// A file for these settings, or settings without it and the reason.
struct Opened {
    LogSettings settings;
    UniqueFd file;
    std::optional<Problem> problem;
};

Opened open_destinations(LogSettings settings) {
    if (settings.file.empty()) {
        return {std::move(settings), {}, {}};
    }
    auto file = open_file(settings.file);
    if (file) {
        return {std::move(settings), std::move(*file), {}};
    }
    if (!settings.to_stdout && !settings.to_stderr && !settings.to_syslog && !settings.to_topic) {
        settings.to_stderr = true;
        settings.mask = log_mask(LogType::error);
    }
    return {std::move(settings), {}, file.error()};
}

/// The thread takes no signals: they are for the one that waits for them.
std::thread start(std::shared_ptr<LogWriter> writer) {
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    std::thread thread([writer = std::move(writer)] { writer->run(); });
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    return thread;
}

}  // namespace

Logger::Logger(const LogSettings& settings, LogOutputs outputs) : settings_(settings) {
    Opened opened = open_destinations(settings);
    mask_ = opened.settings.mask;
    writer_ =
        std::make_shared<LogWriter>(std::move(outputs), opened.settings, std::move(opened.file));
    thread_ = start(writer_);
    if (opened.problem) {
        line(LogType::error, "Error: " + opened.problem->what + ".");
    }
}

Logger::~Logger() {
    writer_->flush(last_lines_timeout);
    if (writer_->stop(end_timeout)) {
        thread_.join();
    } else {
        // It hangs in a system call of the host, with its own share of the writer.
        thread_.detach();
    }
}

void Logger::line(LogType type, std::string_view text) {
    if (wants(type)) {
        writer_->add(type, text);
    }
}

void Logger::configure(const LogSettings& settings) {
    settings_ = settings;
    Opened opened = open_destinations(settings);
    mask_ = opened.settings.mask;
    writer_->change(opened.settings, std::move(opened.file));
    if (opened.problem) {
        line(LogType::error, "Error: " + opened.problem->what + ".");
    }
}

void log_problem(Log& log, const Problem& problem) {
    const std::string text = problem.text();
    std::string_view rest = text;
    while (!rest.empty()) {
        const std::size_t end = std::min(rest.find('\n'), rest.size());
        log.line(LogType::error, rest.substr(0, end));
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
}

void Logger::reopen() {
    if (settings_.file.empty()) {
        return;
    }
    auto file = open_file(settings_.file);
    if (!file) {
        line(LogType::error,
             "Error: " + file.error().what + ". The log goes on in the file that was open.");
        return;
    }
    mask_ = settings_.mask;
    writer_->change(settings_, std::move(*file));
}

}  // namespace mq::broker
