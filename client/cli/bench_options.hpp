#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

#include <string>

namespace mq::cli {

enum class BenchPattern {
    publish,    ///< publishers, nobody who receives
    subscribe,  ///< receivers of what others publish
    pairs,      ///< each publisher has a receiver
    fan_in,     ///< publishers, one receiver
    fan_out,    ///< one publisher, receivers
    connect,    ///< connections that are made and ended
};

struct BenchOptions {
    Options broker = Options(program_bench);  ///< the way to it, and how much of what
    BenchPattern pattern = BenchPattern::pairs;

    [[nodiscard]] std::size_t publishers() const;
    [[nodiscard]] std::size_t receivers() const;
    /// How many receive each message of a publisher.
    [[nodiscard]] std::size_t receivers_of_each() const;
    /// Where a publisher publishes.
    [[nodiscard]] std::string topic(std::size_t publisher) const;
    /// What a receiver subscribes to.
    [[nodiscard]] std::string filter(std::size_t receiver) const;
};

const char* name_of(BenchPattern pattern);

/// Reads the command line, and before it the options file. A password is wiped from the command
/// line.
Outcome<BenchOptions> read_bench_options(int argc, char** argv);

}  // namespace mq::cli
