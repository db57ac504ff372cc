#pragma once

#include "client/cli/options.hpp"

#include <span>
#include <string>

namespace mq::cli {

/// The values that follow an option.
using OptionValues = std::span<const std::string>;

/// The part of the help text that an option is in.
enum class OptionGroup {
    here,
    broker,
    session,
    will,
    tls,
    message,
    load,
    subscription,
    output,
    help
};

/// One option: how it is written, whose it is, and what it does.
struct OptionRow {
    /// How many values follow; `property_values`: three, or four for a user property.
    static constexpr int property_values = -1;

    const char* letter;     ///< `-h`; empty: it has none
    const char* long_name;  ///< `--host`; empty: it has none
    unsigned programs;
    int values;
    OptionGroup group;
    const char* value_name;  ///< for the help text
    const char* help;        ///< at most 48 characters a line
    /// Puts the values into the options. The problem's text does not name the option.
    Outcome<void> (*apply)(Options&, OptionValues);

    /// Both spellings, as in `-h, --host`.
    [[nodiscard]] std::string names() const;
};

/// All options of all programs, in the order of the help text.
std::span<const OptionRow> option_table();

/// The option with this spelling, of this program; null: there is none.
const OptionRow* find_option(Program program, const std::string& spelling);

}  // namespace mq::cli
