#pragma once

#include "base/problem.hpp"
#include "client/cli/option_table.hpp"
#include "client/cli/options.hpp"
#include "client/cli/options_file.hpp"

#include <string>
#include <vector>

namespace mq::cli {

/// Name of the program as its users know it, e.g. `mqpub`.
const char* program_name(Program program);

/// What its counterpart is called.
const char* other_program_name(Program program);

/// Reads options and their values, which stand in separate elements. Later ones win, as far as they
/// exclude nothing. Stops at --help and --version. A problem names the option.
Outcome<void> parse_options(Options& options, const std::vector<std::string>& words);

/// The words of one line of an options file: its option, and as many values as that takes out of
/// the rest of the line; the last one has what is left.
std::vector<std::string> words_of(const OptionsFileLine& line, Program program);

/// How many values follow the option at `at`; a problem when fewer do.
Outcome<std::size_t> values_of(const OptionRow& row, const std::vector<std::string>& words,
                               std::size_t at, Program program);

/// Passwords disappear from the list of processes.
void wipe_passwords(int argc, char** argv);

/// The options file first, the one of `-o` or the default one, then the words of a command line.
Outcome<void> read_options_into(Options& options, const std::vector<std::string>& words);

/// Behind them, and only where they have said nothing, the environment; then checks the whole.
Outcome<void> complete_options(Options& options);

/// Reads a command line, the options file and the environment; what is missing or does not fit
/// together is a problem (unless help is wanted). A password of the command line is wiped there.
Outcome<Options> read_options(Program program, int argc, char** argv);

}  // namespace mq::cli
