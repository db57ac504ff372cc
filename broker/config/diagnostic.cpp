#include "broker/config/diagnostic.hpp"

#include <algorithm>

namespace mq::broker {
namespace {

std::string place_text(const Place& place) {
    return place.file + ":" + std::to_string(place.line);
}

std::string prefix(Severity severity) {
    switch (severity) {
        case Severity::notice:
            return "Notice: ";
        case Severity::warning:
            return "Warning: ";
        case Severity::error:
            break;
    }
    return "Error: ";
}

}  // namespace

bool has_error(std::span<const Diagnostic> diagnostics) {
    return std::any_of(diagnostics.begin(), diagnostics.end(),
                       [](const Diagnostic& each) { return each.severity == Severity::error; });
}

std::vector<std::string> diagnostic_lines(const Diagnostic& diagnostic) {
    std::string first = prefix(diagnostic.severity) + diagnostic.text;
    if (diagnostic.severity != Severity::error) {
        if (!diagnostic.places.empty()) {
            first += " (" + place_text(diagnostic.places.front()) + ")";
        }
        return {first};
    }
    std::vector<std::string> lines{first};
    for (const Place& place : diagnostic.places) {
        lines.push_back("Error found at " + place_text(place) + ".");
    }
    return lines;
}

void log_diagnostics(Log& log, std::span<const Diagnostic> diagnostics) {
    for (const Diagnostic& each : diagnostics) {
        const LogType type = each.severity == Severity::error     ? LogType::error
                             : each.severity == Severity::warning ? LogType::warning
                                                                  : LogType::notice;
        for (const std::string& line : diagnostic_lines(each)) {
            log.line(type, line);
        }
    }
}

std::string diagnostics_text(std::span<const Diagnostic> diagnostics) {
    std::string all;
    for (const Diagnostic& each : diagnostics) {
        for (const std::string& line : diagnostic_lines(each)) {
            all += line + '\n';
        }
    }
    return all;
}

}  // namespace mq::broker
