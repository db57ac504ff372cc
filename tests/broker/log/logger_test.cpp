#include "broker/log/logger.hpp"

#include "base/file.hpp"

#include <gmock/gmock.h>

#include <csignal>
#include <fcntl.h>
#include <filesystem>
#include <poll.h>
#include <sys/stat.h>
#include <syslog.h>

namespace mq::broker {
namespace {

namespace fs = std::filesystem;
using namespace std::chrono_literals;

constexpr auto long_enough = 30s;

/// A pipe in the place of standard output.
class Pipe {
 public:
    Pipe() {
        int both[2];
        EXPECT_EQ(::pipe2(both, O_CLOEXEC), 0);
        read_.reset(both[0]);
        write_.reset(both[1]);
    }
    [[nodiscard]] int input() const { return write_.get(); }
    void close_reader() { read_.reset(); }
    /// Everything up to the end, after which nobody can write.
    std::string drain() {
        write_.reset();
        std::string all;
        char part[4096];
        for (ssize_t n = 0; (n = ::read(read_.get(), part, sizeof part)) > 0;) {
            all.append(part, static_cast<std::size_t>(n));
        }
        return all;
    }
    /// What one read gives; empty if nothing comes for long.
    std::string read_some() {
        pollfd readable{read_.get(), POLLIN, 0};
        if (::poll(&readable, 1, 30'000) <= 0) {
            return {};
        }
        char part[65536];
        const ssize_t n = ::read(read_.get(), part, sizeof part);
        return {part, n > 0 ? static_cast<std::size_t>(n) : 0};
    }

 private:
    UniqueFd read_;
    UniqueFd write_;
};

class LoggerTest : public testing::Test {
 protected:
    LoggerTest() {
        std::string name = (fs::temp_directory_path() / "mq-log-XXXXXX").string();
        directory_ = ::mkdtemp(name.data());
        outputs_.standard_output = out_.input();
        outputs_.standard_error = err_.input();
        outputs_.now = [] { return std::time_t{7}; };
        settings_.clear_destinations();
    }
    ~LoggerTest() override { fs::remove_all(directory_); }

    [[nodiscard]] std::string path(const std::string& name) const {
        return (directory_ / name).string();
    }
    [[nodiscard]] std::string text_of(const std::string& name) const {
        auto text = read_file(directory_ / name);
        return text ? *text : text.error().what;
    }

    fs::path directory_;
    Pipe out_;
    Pipe err_;
    LogOutputs outputs_;
    LogSettings settings_;
};

TEST_F(LoggerTest, LinesGoToEachDestinationInOrder) {
    settings_.to_stdout = settings_.to_stderr = true;
    settings_.file = path("log");
    {
        Logger logger(settings_, outputs_);
        logger.line(LogType::error, "one");
        logger.line(LogType::notice, "two");
    }
    EXPECT_EQ(out_.drain(), "7: one\n7: two\n");
    EXPECT_EQ(err_.drain(), "7: one\n7: two\n");
    EXPECT_EQ(text_of("log"), "7: one\n7: two\n");
}

TEST_F(LoggerTest, TopicsGetLinesButNoneAboutPublishing) {
    settings_.to_topic = true;
    settings_.mask = log_mask_all;
    std::vector<std::string> got;
    {
        Logger logger(settings_, outputs_);
        logger.set_topics([&](LogType type, const std::string& line) {
            got.push_back(std::to_string(log_mask(type)) + " " + line);
        });
        logger.line(LogType::notice, "one");
        logger.line(LogType::debug, "two");
        logger.line(LogType::internal, "three");
        logger.line(LogType::subscribe, "four");
        EXPECT_TRUE(logger.flush(std::chrono::minutes(1)));
        logger.set_topics({});
        logger.line(LogType::notice, "five");
    }
    EXPECT_EQ(got, (std::vector<std::string>{"4 7: one", "32 7: four"}));
}

TEST_F(LoggerTest, TypesOutsideTheMaskAreLeftOut) {
    settings_.to_stdout = true;
    settings_.mask = log_mask(LogType::warning);
    {
        Logger logger(settings_, outputs_);
        EXPECT_TRUE(logger.wants(LogType::warning));
        EXPECT_FALSE(logger.wants(LogType::error));
        logger.line(LogType::error, "no");
        logger.line(LogType::warning, "yes");
    }
    EXPECT_EQ(out_.drain(), "7: yes\n");
}

TEST_F(LoggerTest, AProblemHasALogLineForEachLineOfItsText) {
    settings_.to_stdout = true;
    {
        Logger logger(settings_, outputs_);
        log_problem(logger, {"it failed", "nothing was changed", "type this"});
    }
    EXPECT_EQ(out_.drain(), "7: it failed\n7: nothing was changed\n7: type this\n");
}

TEST_F(LoggerTest, NoneWritesNothing) {
    { Logger(settings_, outputs_).line(LogType::error, "one"); }
    EXPECT_EQ(out_.drain() + err_.drain(), "");
}

TEST_F(LoggerTest, AFileIsAppendedToAndPrivate) {
    ASSERT_TRUE(replace_file(directory_ / "old", "before\n", 0644));
    settings_.file = path("old");
    { Logger(settings_, outputs_).line(LogType::error, "one"); }
    EXPECT_EQ(text_of("old"), "before\n7: one\n");

    settings_.file = path("new");
    const mode_t mask = ::umask(0);
    { Logger(settings_, outputs_).line(LogType::error, "one"); }
    ::umask(mask);
    struct stat facts {};
    ASSERT_EQ(::stat(settings_.file.c_str(), &facts), 0);
    EXPECT_EQ(facts.st_mode & 0777U, 0600U);
}

TEST_F(LoggerTest, ReopenFollowsARotation) {
    settings_.file = path("log");
    Logger logger(settings_, outputs_);
    logger.line(LogType::error, "one");
    ASSERT_TRUE(logger.flush(long_enough));
    fs::rename(path("log"), path("log.1"));
    logger.line(LogType::error, "two");
    logger.reopen();
    logger.line(LogType::error, "three");
    ASSERT_TRUE(logger.flush(long_enough));
    EXPECT_EQ(text_of("log.1"), "7: one\n7: two\n");
    EXPECT_EQ(text_of("log"), "7: three\n");
}

TEST_F(LoggerTest, AReopenThatFailsKeepsTheOldFile) {
    settings_.file = path("log");
    Logger logger(settings_, outputs_);
    fs::rename(path("log"), path("log.1"));
    fs::create_directory(path("log"));
    logger.reopen();
    logger.line(LogType::error, "two");
    ASSERT_TRUE(logger.flush(long_enough));
    EXPECT_EQ(text_of("log.1"), "7: Error: Unable to open log file " + path("log") +
                                    ": Is a directory. The log goes on in the file that was open.\n"
                                    "7: two\n");
}

TEST_F(LoggerTest, AFileThatCannotBeOpenedLeavesErrorsOnStandardError) {
    settings_.file = path("none/log");
    {
        Logger logger(settings_, outputs_);
        logger.line(LogType::notice, "left out");
        logger.line(LogType::error, "one");
    }
    EXPECT_EQ(err_.drain(), "7: Error: Unable to open log file " + path("none/log") +
                                ": No such file or directory.\n7: one\n");
}

TEST_F(LoggerTest, SettingsChangeBetweenTwoLines) {
    settings_.to_stdout = true;
    {
        Logger logger(settings_, outputs_);
        logger.line(LogType::error, "one");
        LogSettings other;
        other.mask = log_mask(LogType::debug);
        other.timestamp = false;
        logger.configure(other);
        logger.line(LogType::error, "left out");
        logger.line(LogType::debug, "two");
    }
    EXPECT_EQ(out_.drain(), "7: one\n");
    EXPECT_EQ(err_.drain(), "two\n");
}

TEST_F(LoggerTest, SystemLogGetsFacilityAndPriority) {
    std::vector<std::pair<int, std::string>> got;
    outputs_.system_log = [&got](int priority, const std::string& line) {
        got.emplace_back(priority, line);
    };
    settings_.to_syslog = true;
    settings_.mask = log_mask_all;
    {
        Logger logger(settings_, outputs_);
        for (const auto type :
             {LogType::error, LogType::warning, LogType::notice, LogType::information,
              LogType::debug, LogType::subscribe, LogType::unsubscribe, LogType::websockets}) {
            logger.line(type, "x");
        }
    }
    std::vector<int> priorities;
    for (const auto& [priority, line] : got) {
        EXPECT_EQ(LOG_FAC(priority) << 3, LOG_DAEMON);
        EXPECT_EQ(line, "7: x");
        priorities.push_back(LOG_PRI(priority));
    }
    EXPECT_EQ(priorities, (std::vector<int>{LOG_ERR, LOG_WARNING, LOG_NOTICE, LOG_INFO, LOG_DEBUG,
                                            LOG_NOTICE, LOG_NOTICE, LOG_DEBUG}));

    got.clear();
    settings_.syslog_local = 5;
    { Logger(settings_, outputs_).line(LogType::error, "x"); }
    ASSERT_EQ(got.size(), 1U);
    EXPECT_EQ(got[0].first, LOG_LOCAL5 | LOG_ERR);
}

TEST_F(LoggerTest, APipeThatNobodyReadsHoldsUpNobody) {
    settings_.to_stdout = true;
    Logger logger(settings_, outputs_);
    // Far more than the pipe and the queue hold; a log that waited would never come to the end.
    constexpr std::size_t lines = 20'000;
    const std::string text(200, 'x');
    for (std::size_t i = 0; i < lines; ++i) {
        logger.line(LogType::error, text);
    }
    EXPECT_FALSE(logger.flush(0ms));

    std::string all;
    std::string count;
    while (count.empty()) {
        const std::string more = out_.read_some();
        ASSERT_NE(more, "") << "the number of lost lines was never written";
        all += more;
        const auto found = all.find(" log lines were lost");
        if (found != std::string::npos) {
            count = all.substr(0, found);
            count = count.substr(count.rfind(' ') + 1);
        }
    }
    const auto written = static_cast<std::size_t>(std::count(all.begin(), all.end(), '\n')) -
                         1;  // but for that line
    EXPECT_EQ(written + std::stoul(count), lines);
    EXPECT_TRUE(logger.flush(long_enough));
    logger.line(LogType::error, "on it goes");
    EXPECT_TRUE(logger.flush(long_enough));
    EXPECT_EQ(out_.read_some(), "7: on it goes\n");
}

TEST_F(LoggerTest, TheEndDoesNotWaitForAPipeThatNobodyReads) {
    settings_.to_stdout = true;
    {
        Logger logger(settings_, outputs_);
        for (int i = 0; i < 1000; ++i) {
            logger.line(LogType::error, std::string(900, 'x'));
        }
    }
    EXPECT_THAT(out_.read_some(), testing::StartsWith("7: x"));
}

TEST_F(LoggerTest, AClosedPipeIsNoHarmToTheFile) {
    ::signal(SIGPIPE, SIG_IGN);
    out_.close_reader();
    settings_.to_stdout = true;
    settings_.file = path("log");
    { Logger(settings_, outputs_).line(LogType::error, "one"); }
    EXPECT_EQ(text_of("log"), "7: one\n");
}

TEST_F(LoggerTest, WhatADestinationLostIsToldWhenItWorksAgain) {
    // A full device loses the lines of this destination only.
    outputs_.standard_output = ::open("/dev/full", O_WRONLY | O_CLOEXEC);
    const UniqueFd full(outputs_.standard_output);
    settings_.to_stdout = settings_.to_stderr = true;
    {
        Logger logger(settings_, outputs_);
        logger.line(LogType::error, "one");
        ASSERT_TRUE(logger.flush(long_enough));
        ASSERT_GE(::dup2(out_.input(), full.get()), 0);
        logger.line(LogType::error, "two");
    }
    ::close(::dup2(err_.input(), full.get()));
    EXPECT_EQ(err_.drain(), "7: one\n7: two\n");
    EXPECT_EQ(out_.drain(),
              "7: 1 log lines were lost, since this destination did not take them.\n7: two\n");
}

TEST_F(LoggerTest, ManyThreadsWriteWholeLines) {
    settings_.file = path("log");
    constexpr int threads = 4;
    constexpr int lines = 500;
    {
        Logger logger(settings_, outputs_);
        std::vector<std::thread> writers;
        for (int t = 0; t < threads; ++t) {
            writers.emplace_back([&logger, t] {
                for (int i = 0; i < lines; ++i) {
                    logger.line(LogType::notice, "thread " + std::to_string(t));
                }
            });
        }
        for (std::thread& each : writers) {
            each.join();
        }
    }
    const std::string text = text_of("log");
    EXPECT_EQ(std::count(text.begin(), text.end(), '\n'), threads * lines);
    EXPECT_EQ(text.size(), std::size_t{threads * lines} * std::string("7: thread 0\n").size());
}

}  // namespace
}  // namespace mq::broker
