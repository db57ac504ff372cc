#include "client/cli/bench_report.hpp"

#include <boost/json/parse.hpp>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace mq::cli {
namespace {

using testing::HasSubstr;
using testing::Not;

BenchOptions pairs(int qos) {
    BenchOptions options;
    options.broker.load_clients = 2;
    options.broker.qos = qos;
    options.broker.topics = {"load"};
    return options;
}

BenchCounts complete() {
    BenchCounts counts;
    counts.seconds = 2;
    counts.published = counts.completed = counts.expected = counts.received = 1000;
    counts.measured_published = counts.measured_received = 500;
    for (std::uint64_t ms = 1; ms <= 100; ++ms) {
        counts.latency.add(ms * 1'000'000);
    }
    return counts;
}

TEST(BenchReport, IsALineAFact) {
    const std::string text = bench_text(pairs(1), complete());
    EXPECT_THAT(text,
                HasSubstr("pairs        2 publishers, 2 receivers, QoS 1, 256 bytes, 2.0 s\n"));
    EXPECT_THAT(text, HasSubstr("published    250 a second, 0.1 MB a second\n"));
    EXPECT_THAT(text, HasSubstr("received     250 a second"));
    EXPECT_THAT(text, HasSubstr("longest 100.000 ms\n"));
    EXPECT_THAT(text, HasSubstr("lost         0 of 1000, received again 0\n"));
    EXPECT_THAT(text, Not(HasSubstr("failures")));
}

TEST(BenchReport, IsJsonForPrograms) {
    const std::string text = bench_json(pairs(1), complete());
    EXPECT_EQ(text.back(), '\n');
    const auto json = boost::json::parse(text).as_object();
    EXPECT_EQ(json.at("pattern"), "pairs");
    EXPECT_EQ(json.at("received"), 1000);
    EXPECT_EQ(json.at("lost"), 0);
    EXPECT_EQ(json.at("published_a_second").to_number<double>(), 250);
    EXPECT_EQ(json.at("latency_ms").at("longest").to_number<double>(), 100);
    const double median = json.at("latency_ms").at("p50").to_number<double>();
    EXPECT_GE(median, 50);
    EXPECT_LE(median, 52);
}

TEST(BenchReport, WithoutLatencyHasNone) {
    BenchCounts counts = complete();
    counts.latency.clear();
    EXPECT_THAT(bench_text(pairs(0), counts), Not(HasSubstr("latency")));
    EXPECT_THAT(bench_json(pairs(0), counts), HasSubstr("\"latency_ms\":{}"));
}

TEST(BenchReport, TellsWhetherAllWentWell) {
    BenchCounts counts = complete();
    EXPECT_TRUE(bench_went_well(pairs(1), counts));
    counts.received -= 1;
    EXPECT_EQ(counts.lost(), 1U);
    EXPECT_TRUE(bench_went_well(pairs(0), counts));
    EXPECT_FALSE(bench_went_well(pairs(1), counts));
    counts = complete();
    counts.failures = 1;
    EXPECT_FALSE(bench_went_well(pairs(0), counts));
    EXPECT_THAT(bench_text(pairs(0), counts), HasSubstr("failures     1 connections"));
}

}  // namespace
}  // namespace mq::cli
