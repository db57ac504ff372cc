// mqbench_tls: TLS logins at a running broker, and what they cost it and its other clients; prints
// one line of JSON.
//
//     mqbench_tls connects PID TLS_PORT COUNT full|resumed    its CPU time for each
//     mqbench_tls beside PORT TLS_PORT COUNT RATE             latency of a flow before and beside
//
// Exit status: 0 all well, 1 something was lost or not resumed, 2 cannot run.

#include "tests/bench/broker_process.hpp"
#include "tests/bench/paced.hpp"
#include "tests/bench/tls_logins.hpp"

#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <deque>
#include <exception>
#include <future>
#include <pthread.h>
#include <string>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace mq::bench {
namespace {

enum ExitCode : int { all_well = 0, not_clean = 1, cannot_run = 2 };

using Number = unsigned long long;

double percentile(std::vector<double> values, std::size_t percent) {
    std::ranges::sort(values);
    return values.empty() ? 0.0
                          : values[std::min(values.size() - 1, values.size() * percent / 100)];
}

/// Several at a time, as after a restart of the broker, each on a thread.
struct Storm {
    static constexpr std::size_t clients = 16;
    static constexpr int before = 5;  ///< logins of each client that are not measured

    Storm(std::uint16_t port, bool resumed) {
        for (std::size_t i = 0; i < clients; ++i) {
            all.emplace_back(port, resumed);
        }
    }
    void each_does(std::uint64_t logins) {
        std::vector<std::future<void>> running;
        for (TlsLogins& one : all) {
            running.push_back(std::async(std::launch::async, [&one, logins] {
                for (std::uint64_t i = 0; i < logins; ++i) {
                    one.one();
                }
            }));
        }
        for (auto& one : running) {
            one.get();
        }
    }

    std::deque<TlsLogins> all;
};

int measure_connects(pid_t pid, std::uint16_t port, std::uint64_t count, bool resumed) {
    const BrokerProcess broker(pid);
    Storm storm(port, resumed);
    storm.each_does(Storm::before);
    const std::uint64_t each = std::max<std::uint64_t>(1, count / Storm::clients);
    const std::uint64_t before = broker.cpu_us();
    storm.each_does(each);
    const auto cpu_us = static_cast<double>(broker.cpu_us() - before);
    std::uint64_t done = 0;
    std::uint64_t taken_up = 0;
    std::vector<double> durations_us;
    for (const TlsLogins& one : storm.all) {
        done += one.done();
        taken_up += one.resumed();
        durations_us.insert(durations_us.end(), one.durations_us().begin(),
                            one.durations_us().end());
    }
    std::printf(
        "{\"scenario\": \"connects\", \"connects\": %llu, \"resumed\": %llu, "
        "\"broker_cpu_us_per_connect\": %.1f, \"p50_us\": %.0f, \"p99_us\": %.0f}\n",
        Number{done}, Number{taken_up}, cpu_us / static_cast<double>(each * Storm::clients),
        percentile(durations_us, 50), percentile(durations_us, 99));
    return taken_up == (resumed ? done - Storm::clients : 0) ? all_well : not_clean;
}

/// The machines of those who sign in are not ours: others come first.
void log_in(TlsLogins& logins, std::uint64_t count, std::uint64_t per_second) {
    const sched_param usual{};
    ::pthread_setschedparam(::pthread_self(), SCHED_OTHER, &usual);
    ::setpriority(PRIO_PROCESS, static_cast<id_t>(::gettid()), 5);
    auto next = std::chrono::steady_clock::now();
    while (logins.done() < count) {
        std::this_thread::sleep_until(next);
        next += std::chrono::nanoseconds(1'000'000'000 / per_second);
        logins.one();
    }
}

int measure_beside(std::uint16_t port, std::uint16_t tls_port, std::uint64_t count,
                   std::uint64_t per_second) {
    PacedFlow flow(port, 256);
    TlsLogins logins(tls_port, false);
    for (std::uint64_t i = 0; i < count * 1000 / per_second; ++i) {
        flow.send_one();
    }
    double before_p50_us = 0;
    double before_p99_us = 0;
    flow.take_percentiles(before_p50_us, before_p99_us);
    auto all = std::async(std::launch::async, [&] { log_in(logins, count, per_second); });
    while (all.wait_for(std::chrono::seconds(0)) != std::future_status::ready) {
        flow.send_one();
    }
    all.get();
    double beside_p50_us = 0;
    double beside_p99_us = 0;
    flow.take_percentiles(beside_p50_us, beside_p99_us);
    std::printf(
        "{\"scenario\": \"beside\", \"logins\": %llu, \"per_second\": %llu, \"delivered\": %llu, "
        "\"wrong\": %llu, \"p50_us_before\": %.1f, \"p99_us_before\": %.1f, "
        "\"p50_us_beside\": %.1f, \"p99_us_beside\": %.1f, \"login_p50_us\": %.0f, "
        "\"login_p99_us\": %.0f}\n",
        Number{logins.done()}, Number{per_second}, Number{flow.delivered()}, Number{flow.wrong()},
        before_p50_us, before_p99_us, beside_p50_us, beside_p99_us,
        percentile(logins.durations_us(), 50), percentile(logins.durations_us(), 99));
    return flow.wrong() == 0 ? all_well : not_clean;
}

std::uint64_t number(const std::string& text) {
    return std::stoull(text);
}

std::uint16_t port_of(const std::string& text) {
    return static_cast<std::uint16_t>(std::stoul(text));
}

int run(const std::vector<std::string>& words) {
    std::signal(SIGPIPE, SIG_IGN);
    try {
        if (words.size() == 5 && words[0] == "connects") {
            return measure_connects(static_cast<pid_t>(std::stol(words[1])), port_of(words[2]),
                                    number(words[3]), words[4] == "resumed");
        }
        if (words.size() == 5 && words[0] == "beside") {
            return measure_beside(port_of(words[1]), port_of(words[2]), number(words[3]),
                                  number(words[4]));
        }
        std::fprintf(stderr,
                     "usage: mqbench_tls connects PID TLS_PORT COUNT full|resumed\n"
                     "       mqbench_tls beside PORT TLS_PORT COUNT RATE\n");
    } catch (const std::exception& problem) {
        std::fprintf(stderr, "mqbench_tls: %s\n", problem.what());
    }
    return cannot_run;
}

}  // namespace
}  // namespace mq::bench

int main(int count, char** arguments) {
    return mq::bench::run({arguments + 1, arguments + count});
}
