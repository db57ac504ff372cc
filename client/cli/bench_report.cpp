#include "client/cli/bench_report.hpp"

#include "client/cli/json_writer.hpp"

#include <cstdarg>
#include <cstdio>
#include <utility>

namespace mq::cli {
namespace {

constexpr std::pair<const char*, unsigned> percentiles[] = {
    {"p50", 5000}, {"p99", 9900}, {"p99.9", 9990}};

double milliseconds(std::uint64_t ns) {
    return static_cast<double>(ns) / 1e6;
}

double rate(std::uint64_t count, const BenchCounts& counts) {
    return counts.seconds > 0 ? static_cast<double>(count) / counts.seconds : 0;
}

__attribute__((format(printf, 2, 3))) void append(std::string& out, const char* format, ...) {
    char line[256];
    std::va_list values;
    va_start(values, format);
    std::vsnprintf(line, sizeof line, format, values);
    va_end(values);
    out += line;
}

void append_speed(std::string& out, const char* what, std::uint64_t count,
                  const BenchOptions& options, const BenchCounts& counts) {
    const double speed = rate(count, counts);
    append(out, "%-12s %.0f a second, %.1f MB a second\n", what, speed,
           speed * options.broker.load_size_bytes / 1e6);
}

void append_latency(std::string& out, const BenchHistogram& latency) {
    if (latency.count() == 0) {
        return;
    }
    append(out, "%-12s", "latency");
    for (const auto& [name, per_10000] : percentiles) {
        append(out, " %s %.3f ms,", name, milliseconds(latency.percentile(per_10000)));
    }
    append(out, " longest %.3f ms\n", milliseconds(latency.longest()));
}

}  // namespace

std::string bench_text(const BenchOptions& options, const BenchCounts& counts) {
    std::string out;
    const Options& broker = options.broker;
    if (options.pattern == BenchPattern::connect) {
        append(out, "%-12s %d clients, %.1f s\n", "connect", broker.load_clients, counts.seconds);
        append(out, "%-12s %.0f a second\n", "connections", rate(counts.measured_connects, counts));
    } else {
        append(out, "%-12s %zu publishers, %zu receivers, QoS %d, %d bytes, %.1f s\n",
               name_of(options.pattern), options.publishers(), options.receivers(), broker.qos,
               broker.load_size_bytes, counts.seconds);
        if (options.publishers() > 0) {
            append_speed(out, "published", counts.measured_published, options, counts);
        }
        if (options.receivers() > 0) {
            append_speed(out, "received", counts.measured_received, options, counts);
        }
    }
    append_latency(out, counts.latency);
    if (options.publishers() > 0 && options.receivers() > 0) {
        append(out, "%-12s %llu of %llu, received again %llu\n", "lost",
               static_cast<unsigned long long>(counts.lost()),
               static_cast<unsigned long long>(counts.expected),
               static_cast<unsigned long long>(counts.again));
    }
    if (counts.foreign > 0) {
        append(out, "%-12s %llu messages of others\n", "foreign",
               static_cast<unsigned long long>(counts.foreign));
    }
    if (counts.failures > 0) {
        append(out, "%-12s %llu connections failed or were lost\n", "failures",
               static_cast<unsigned long long>(counts.failures));
    }
    return out;
}

std::string bench_json(const BenchOptions& options, const BenchCounts& counts) {
    std::string out;
    JsonWriter json(out, false);
    const auto number = [&](const char* name, double value) {
        json.key(name);
        json.number(value);
    };
    const auto whole = [&](const char* name, std::uint64_t value) {
        json.key(name);
        json.raw(std::to_string(value));
    };
    json.begin_object();
    json.key("pattern");
    json.string(name_of(options.pattern));
    whole("publishers", options.publishers());
    whole("receivers", options.receivers());
    whole("clients", static_cast<std::uint64_t>(options.broker.load_clients));
    whole("qos", static_cast<std::uint64_t>(options.broker.qos));
    whole("size", static_cast<std::uint64_t>(options.broker.load_size_bytes));
    number("seconds", counts.seconds);
    number("published_a_second", rate(counts.measured_published, counts));
    number("received_a_second", rate(counts.measured_received, counts));
    number("connects_a_second", rate(counts.measured_connects, counts));
    whole("published", counts.published);
    whole("completed", counts.completed);
    whole("expected", counts.expected);
    whole("received", counts.received);
    whole("lost", counts.lost());
    whole("again", counts.again);
    whole("foreign", counts.foreign);
    whole("failures", counts.failures);
    json.key("latency_ms");
    json.begin_object();
    if (counts.latency.count() > 0) {
        for (const auto& [name, per_10000] : percentiles) {
            number(name, milliseconds(counts.latency.percentile(per_10000)));
        }
        number("longest", milliseconds(counts.latency.longest()));
    }
    json.end_object();
    json.end_object();
    return out + "\n";
}

bool bench_went_well(const BenchOptions& options, const BenchCounts& counts) {
    const bool lost =
        options.broker.qos > 0 && (counts.lost() > 0 || counts.completed < counts.published);
    return counts.failures == 0 && !lost;
}

}  // namespace mq::cli
