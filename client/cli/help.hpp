#pragma once

#include "client/cli/options.hpp"

#include <string>

namespace mq::cli {

/// The text of --help: what the program is for, its options, three examples; at most 80 columns.
std::string help_text(Program program);

/// The line of --version.
std::string version_text(Program program);

}  // namespace mq::cli
