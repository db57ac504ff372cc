#pragma once

#include "client/cli/bench_counts.hpp"
#include "client/cli/bench_options.hpp"

#include <string>

namespace mq::cli {

/// What came of a load, for people: a line a fact.
///
/// Latency is the time from when a message was due to when it was received; without receivers, to
/// its acknowledgement; with the pattern `connect`, from the attempt to CONNACK.
std::string bench_text(const BenchOptions& options, const BenchCounts& counts);

/// The same for programs: one line with a JSON object. Times are in milliseconds.
std::string bench_json(const BenchOptions& options, const BenchCounts& counts);

/// Whether all was as it should be: no connection failed, and of QoS 1 and 2 nothing was lost.
bool bench_went_well(const BenchOptions& options, const BenchCounts& counts);

}  // namespace mq::cli
