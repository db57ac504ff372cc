#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

namespace mq::cli {

/// Whether what was given fits together, and is all that is needed. Sets what follows from it: the
/// session expiry interval of -c, and system certificates for port 8883.
Outcome<void> check_options(Options& options);

}  // namespace mq::cli
