// mqbench_load: loads a running broker and prints what that cost it, as one line of JSON.

#include "tests/bench/broker_process.hpp"
#include "tests/bench/flow.hpp"
#include "tests/bench/idle.hpp"
#include "tests/bench/keeping.hpp"
#include "tests/bench/logins.hpp"
#include "tests/bench/options.hpp"
#include "tests/bench/paced.hpp"
#include "tests/bench/pairs.hpp"

#include <cstdio>
#include <exception>
#include <stdexcept>
#include <sys/resource.h>

namespace mq::bench {
namespace {

enum ExitCode : int { all_well = 0, not_clean = 1, cannot_run = 2 };

using Number = unsigned long long;

/// As many connections as the system lets us have.
void raise_file_limit() {
    rlimit limit{};
    ::getrlimit(RLIMIT_NOFILE, &limit);
    limit.rlim_cur = limit.rlim_max;
    ::setrlimit(RLIMIT_NOFILE, &limit);
}

int report_pairs(const Options& options, const BrokerProcess& broker) {
    const PairsResult result = run_pairs(options, broker);
    const double delivered = static_cast<double>(result.delivered);
    std::printf(
        "{\"scenario\": \"pairs\", \"qos\": %d, \"payload_bytes\": %zu, \"pairs\": %llu, "
        "\"window\": %llu, \"published\": %llu, \"delivered\": %llu, \"lost\": %llu, "
        "\"duplicated\": %llu, \"reordered\": %llu, \"wrong\": %llu, \"unacknowledged\": %llu, "
        "\"seconds\": %.3f, \"broker_cpu_us\": %llu, \"broker_cpu_us_per_message\": %.4f}\n",
        static_cast<int>(options.qos), options.payload_bytes, Number{options.pairs},
        Number{options.window}, Number{result.published}, Number{result.delivered},
        Number{result.lost}, Number{result.duplicated}, Number{result.reordered},
        Number{result.wrong}, Number{result.unacknowledged}, result.seconds,
        Number{result.broker_cpu_us},
        result.delivered == 0 ? 0.0 : static_cast<double>(result.broker_cpu_us) / delivered);
    return result.is_clean() ? all_well : not_clean;
}

double per(std::uint64_t sum, std::uint64_t count) {
    return count == 0 ? 0.0 : static_cast<double>(sum) / static_cast<double>(count);
}

int report_flow(const Options& options, const BrokerProcess& broker) {
    const FlowResult result = run_flow(options, broker);
    std::printf(
        "{\"scenario\": \"flow\", \"qos\": %d, \"payload_bytes\": %zu, \"publishers\": %llu, "
        "\"subscribers\": %llu, \"window\": %llu, \"published\": %llu, \"delivered\": %llu, "
        "\"lost\": %llu, \"duplicated\": %llu, \"reordered\": %llu, \"wrong\": %llu, "
        "\"unacknowledged\": %llu, \"seconds\": %.3f, \"broker_cpu_us_per_message\": %.4f}\n",
        static_cast<int>(options.qos), options.payload_bytes, Number{options.publishers},
        Number{options.subscribers}, Number{options.window}, Number{result.published},
        Number{result.delivered}, Number{result.lost}, Number{result.duplicated},
        Number{result.reordered}, Number{result.wrong}, Number{result.unacknowledged},
        result.seconds, per(result.broker_cpu_us, result.delivered));
    return result.is_clean() ? all_well : not_clean;
}

int report_keeping(const char* scenario, const KeepingResult& result) {
    const std::uint64_t grown = result.after.pss_bytes > result.before.pss_bytes
                                    ? result.after.pss_bytes - result.before.pss_bytes
                                    : 0;
    std::printf(
        "{\"scenario\": \"%s\", \"kept\": %llu, \"delivered\": %llu, \"wrong\": %llu, "
        "\"pss_bytes_each\": %.1f, \"broker_cpu_us_taken\": %.4f, "
        "\"broker_cpu_us_given\": %.4f}\n",
        scenario, Number{result.kept}, Number{result.delivered}, Number{result.wrong},
        per(grown, result.kept), per(result.taken_cpu_us, result.kept),
        per(result.given_cpu_us, result.kept));
    return result.is_clean() ? all_well : not_clean;
}

int report_connects(const Options& options, const BrokerProcess& broker) {
    const ConnectsResult result = run_connects(options, broker);
    std::printf(
        "{\"scenario\": \"connects\", \"connects\": %llu, \"seconds\": %.3f, "
        "\"broker_cpu_us_per_connect\": %.4f}\n",
        Number{result.connects}, result.seconds, per(result.broker_cpu_us, result.connects));
    return all_well;
}

int report_paced(const Options& options, const BrokerProcess& broker) {
    const std::uint64_t cpu_before = broker.cpu_us();
    const PacedResult result = run_paced(options);
    std::printf(
        "{\"scenario\": \"paced\", \"delivered\": %llu, \"wrong\": %llu, \"p50_us\": %.1f, "
        "\"p99_us\": %.1f, \"broker_cpu_us_per_message\": %.4f}\n",
        Number{result.delivered}, Number{result.wrong}, result.p50_us, result.p99_us,
        per(broker.cpu_us() - cpu_before, result.delivered));
    return result.wrong == 0 ? all_well : not_clean;
}

int report_idle(const Options& options, const BrokerProcess& broker) {
    const IdleResult result = run_idle(options, broker);
    const auto per_client = [&options](std::uint64_t before, std::uint64_t after) {
        return (static_cast<double>(after) - static_cast<double>(before)) /
               static_cast<double>(options.clients);
    };
    std::printf(
        "{\"scenario\": \"idle\", \"clients\": %llu, \"rss_bytes\": %llu, \"pss_bytes\": %llu, "
        "\"rss_bytes_per_client\": %.1f, \"pss_bytes_per_client\": %.1f}\n",
        Number{options.clients}, Number{result.after.rss_bytes}, Number{result.after.pss_bytes},
        per_client(result.before.rss_bytes, result.after.rss_bytes),
        per_client(result.before.pss_bytes, result.after.pss_bytes));
    return all_well;
}

int report_logins(const Options& options) {
    const LoginsResult result = run_logins(options);
    std::printf(
        "{\"scenario\": \"logins\", \"refused\": %llu, \"not_refused\": %llu, "
        "\"delivered\": %llu, \"wrong\": %llu, \"seconds\": %.3f, "
        "\"p50_us_before\": %.1f, \"p99_us_before\": %.1f, "
        "\"p50_us_beside\": %.1f, \"p99_us_beside\": %.1f}\n",
        Number{result.refused}, Number{result.not_refused}, Number{result.delivered},
        Number{result.wrong}, result.seconds, result.p50_us_before, result.p99_us_before,
        result.p50_us_beside, result.p99_us_beside);
    return result.is_clean() ? all_well : not_clean;
}

int report(const Options& options, const BrokerProcess& broker) {
    switch (options.scenario) {
        case Scenario::pairs:
            return report_pairs(options, broker);
        case Scenario::flow:
            return report_flow(options, broker);
        case Scenario::paced:
            return report_paced(options, broker);
        case Scenario::connects:
            return report_connects(options, broker);
        case Scenario::subscriptions:
            return report_keeping("subscriptions", run_subscriptions(options, broker));
        case Scenario::retained:
            return report_keeping("retained", run_retained(options, broker));
        case Scenario::offline:
            return report_keeping("offline", run_offline(options, broker));
        case Scenario::idle:
            return report_idle(options, broker);
        case Scenario::logins:
            return report_logins(options);
    }
    return cannot_run;
}

int run(int count, const char* const* arguments) {
    try {
        const Options options = parse_options(count, arguments);
        const BrokerProcess broker(options.pid);
        raise_file_limit();
        return report(options, broker);
    } catch (const std::invalid_argument& wrong) {
        std::fprintf(stderr, "mqbench_load: %s\n%s", wrong.what(), usage);
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "mqbench_load: %s\n", problem.what());
    }
    return cannot_run;
}

}  // namespace
}  // namespace mq::bench

int main(int count, char** arguments) {
    return mq::bench::run(count, arguments);
}
