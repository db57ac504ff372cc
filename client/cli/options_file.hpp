#pragma once

#include "base/problem.hpp"

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mq::cli {

/// One option of an options file, with the line that it stands on.
struct OptionsFileLine {
    std::size_t number;
    std::string option;
    std::string value;  ///< the rest of the line
    bool has_value;
};

/// Options files: one option a line, behind it a space and its value, which is the rest of the
/// line. Lines that begin with `#` and empty ones are skipped.
///
///     -h broker.example
///     --username anna
///
/// Lines may have at most 1023 bytes [the limit of Mosquitto's files], and no zero bytes.
Outcome<std::vector<OptionsFileLine>> parse_options_file(std::string_view content);

/// The default file of a program: the first that is there of `mqpub` and `mosquitto_pub` in
/// $XDG_CONFIG_HOME, or in $HOME/.config where that is not set. Empty: there is none.
std::filesystem::path default_options_file(const char* name, const char* other_name);

}  // namespace mq::cli
