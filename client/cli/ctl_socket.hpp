#pragma once

#include "base/problem.hpp"
#include "client/cli/options.hpp"

#include <string>

namespace mq::cli {

/// The control socket that is meant: the one that is given, else the one that the configuration of
/// the prefix names. The prefix is the one that is given, else the one that this program lies in,
/// else `mqhome` in the home directory. A problem where there is none.
Outcome<std::string> find_control_socket(const Options& options);

}  // namespace mq::cli
