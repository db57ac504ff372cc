// Plays scenarios for callgrind to count: instructions_test.py runs it.
// usage: mqbench_core [ROUNDS [SCENARIO]...]    (default: 20 rounds of every one)
// Prints a line "SCENARIO UNITS UNIT" for each.
#include "bench/core/meter.hpp"
#include "bench/core/scenario.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <string>
#include <string_view>

namespace {

constexpr int rounds_before = 5;  // caches of the broker fill, its buffers grow

void play(const mq::bench::ScenarioKind& kind, int rounds) {
    const auto scenario = kind.make();
    for (int i = 0; i < rounds_before; ++i) {
        scenario->round();
    }
    mq::bench::meter_reset();
    std::size_t units = 0;
    for (int i = 0; i < rounds; ++i) {
        units += scenario->round();
    }
    mq::bench::meter_report(std::string(kind.name).c_str());
    std::printf("%s %zu %s\n", std::string(kind.name).c_str(), units,
                std::string(kind.unit).c_str());
}

}  // namespace

int main(int argc, char** argv) {
    const auto words = std::span(argv, static_cast<std::size_t>(argc));
    const int rounds = argc > 1 ? std::atoi(words[1]) : 20;
    const auto names = words.subspan(std::min<std::size_t>(2, words.size()));
    if (rounds <= 0) {
        std::fputs("usage: mqbench_core [ROUNDS [SCENARIO]...]\n", stderr);
        return 2;
    }
    for (const auto& kind : mq::bench::scenario_kinds()) {
        const bool asked = std::any_of(names.begin(), names.end(), [&](const char* name) {
            return kind.name == std::string_view(name);
        });
        if (names.empty() || asked) {
            play(kind, rounds);
        }
    }
}
