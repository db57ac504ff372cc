#include "broker/log/format.hpp"

#include <gtest/gtest.h>

#include <cstdlib>

namespace mq::broker {
namespace {

/// A time zone of its own for one test; a rule, so that no file of the host is needed.
class TimeZone {
 public:
    explicit TimeZone(const char* rule) {
        ::setenv("TZ", rule, 1);
        ::tzset();
    }
    ~TimeZone() {
        ::unsetenv("TZ");
        ::tzset();
    }
    TimeZone(const TimeZone&) = delete;
    TimeZone& operator=(const TimeZone&) = delete;
};

constexpr std::time_t noon = 1'700'000'000;  // 2023-11-14 22:13:20 UTC

TEST(LogFormatTest, Timestamps) {
    const TimeZone zone("XXX-2");  // two hours east
    const struct {
        bool timestamp;
        const char* format;
        const char* line;
    } cases[] = {
        {true, "", "1700000000: text"},
        {false, "", "text"},
        {false, "%F", "text"},
        {true, "%Y-%m-%dT%H:%M:%S", "2023-11-15T00:13:20: text"},
        {true, "%a %b", "Wed Nov: text"},
        {true, "%%", "%: text"},
    };
    for (const auto& each : cases) {
        LogSettings settings;
        settings.timestamp = each.timestamp;
        settings.timestamp_format = each.format;
        EXPECT_EQ(LogFormat(settings).line(noon, "text"), each.line) << each.format;
    }
}

TEST(LogFormatTest, ATimestampWithoutTextIsATimeError) {
    const TimeZone zone("UTC0");
    LogSettings settings;
    settings.timestamp_format = "%p";
    EXPECT_EQ(LogFormat(settings).line(noon, "text"), "PM: text");
    settings.timestamp_format = std::string(1000, 'x');
    EXPECT_EQ(LogFormat(settings).line(noon, "text"), "Time error: text");
}

TEST(LogFormatTest, TheTimestampMovesOn) {
    LogFormat format{LogSettings{}};
    EXPECT_EQ(format.line(1, "a"), "1: a");
    EXPECT_EQ(format.line(1, "b"), "1: b");
    EXPECT_EQ(format.line(2, "c"), "2: c");
}

TEST(LogFormatTest, ALineIsCutAt999BytesWithItsTimestamp) {
    LogFormat format{LogSettings{}};
    EXPECT_EQ(format.line(5, std::string(5000, 'x')), "5: " + std::string(996, 'x'));
    EXPECT_EQ(format.line(5, std::string(996, 'x')).size(), 999U);
    EXPECT_EQ(format.line(5, std::string(995, 'x')).size(), 998U);
}

TEST(LogFormatTest, NoCharacterIsCutInHalf) {
    LogFormat format{LogSettings{}};
    const std::string euro = "\xE2\x82\xAC";
    for (std::size_t before = 990; before < 997; ++before) {
        const std::string line = format.line(5, std::string(before, 'x') + euro + euro + euro);
        EXPECT_LE(line.size(), 999U);
        EXPECT_EQ((line.size() - 3 - before) % 3, 0U) << before;
    }
    EXPECT_EQ(format.line(5, std::string(2000, '\x80')).size(), 996U)
        << "not UTF-8: cut all the same";
}

TEST(LogFormatTest, APeerCannotForgeALine) {
    LogFormat format{LogSettings{}};
    EXPECT_EQ(format.line(5, "a\n6: b\r\x1b[2J\x7f"), "5: a?6: b??[2J?");
    EXPECT_EQ(format.line(5, "\ta/b (QoS 1)"), "5: \ta/b (QoS 1)");
}

}  // namespace
}  // namespace mq::broker
