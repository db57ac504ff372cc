#pragma once

#include "tests/bench/broker_process.hpp"
#include "tests/bench/options.hpp"

namespace mq::bench {

/// The broker's memory before the first client and with all of them, each with one subscription to
/// a topic of its own.
struct IdleResult {
    Memory before;
    Memory after;
};

IdleResult run_idle(const Options& options, const BrokerProcess& broker);

}  // namespace mq::bench
