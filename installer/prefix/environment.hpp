#pragma once

#include "base/problem.hpp"

#include <filesystem>
#include <map>
#include <string>

namespace mq::installer {

/// The files `env.sh`, `env.fish` and `env.csh` of a prefix: name to text. Sourced, they put
/// `current/bin` first in PATH and `current/lib` last in LD_LIBRARY_PATH, each once however often
/// they are sourced, and never an empty element (which would mean the current directory).
std::map<std::string, std::string> environment_files(const std::filesystem::path& prefix);

/// Problem with exit code 6 when the path cannot be written into PATH, mosquitto.conf and a service
/// file: relative, not UTF-8, or with a colon, quote, backslash, control character, or a blank
/// before `;` or `#`. Blanks, `%` and letters of any language are fine.
Outcome<void> check_prefix_path(const std::filesystem::path& prefix);

/// `text` in quotes as fish and csh read it back unchanged; for POSIX shells see base/quote.hpp.
std::string quote_fish(const std::string& text);
std::string quote_csh(const std::string& text);

}  // namespace mq::installer
