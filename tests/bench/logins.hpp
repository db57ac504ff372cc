#pragma once

#include "tests/bench/options.hpp"

#include <cstdint>

namespace mq::bench {

struct LoginsResult {
    std::uint64_t refused = 0;      ///< logins that were answered with a CONNACK that says so
    std::uint64_t not_refused = 0;  ///< logins with any other end
    std::uint64_t delivered = 0;    ///< messages of the flow, each in its order
    std::uint64_t wrong = 0;        ///< anything else that came to the flow's subscriber
    double seconds = 0;             ///< from the first wrong login to the last answer
    double p50_us_before = 0;       ///< from publisher to subscriber
    double p99_us_before = 0;
    double p50_us_beside = 0;
    double p99_us_beside = 0;

    [[nodiscard]] bool is_clean() const { return not_refused + wrong == 0; }
};

/// One publisher sends a message every millisecond to one subscriber: first alone for
/// `options.messages`, then beside `options.logins` wrong logins, of which `options.clients` are
/// open at a time. They come to `options.login_port` behind a PROXY header of version 1, all from
/// one address. Ends when each login has its answer.
LoginsResult run_logins(const Options& options);

}  // namespace mq::bench
