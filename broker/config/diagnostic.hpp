#pragma once

#include "broker/core/log.hpp"

#include <cstddef>
#include <span>
#include <string>
#include <vector>

namespace mq::broker {

enum class Severity { notice, warning, error };

/// A line of a configuration file; lines count from 1.
struct Place {
    std::string file;
    std::size_t line = 0;

    bool operator==(const Place&) const = default;
};

/// One thing to say about a configuration file.
struct Diagnostic {
    Severity severity = Severity::error;
    std::string text;           ///< what is wrong, why, and what to do; no prefix, no line end
    std::vector<Place> places;  ///< the line itself, then the include_dir line that led to it

    bool operator==(const Diagnostic&) const = default;
};

bool has_error(std::span<const Diagnostic> diagnostics);

/// The log lines of one diagnostic: `Error: TEXT`, then `Error found at FILE:LINE.` per place; for
/// the others `Warning: TEXT (FILE:LINE)`.
std::vector<std::string> diagnostic_lines(const Diagnostic& diagnostic);

/// The same into the log.
void log_diagnostics(Log& log, std::span<const Diagnostic> diagnostics);

/// All lines of all diagnostics, each with a line end.
std::string diagnostics_text(std::span<const Diagnostic> diagnostics);

}  // namespace mq::broker
