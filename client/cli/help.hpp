#pragma once

#include "client/cli/options.hpp"

#include <string>

namespace mq::cli {

/// The text of --help: what the program is for, its options, three examples; at most 80 columns.
/// `more` comes behind the usage.
std::string help_text(Program program, const std::string& more = {});

/// The line of --version.
std::string version_text(Program program);

}  // namespace mq::cli
