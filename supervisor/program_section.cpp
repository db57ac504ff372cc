#include "supervisor/program_section.hpp"

#include "base/sha256.hpp"
#include "base/version.hpp"
#include "templates/templates.hpp"

#include <algorithm>
#include <charconv>

namespace mq::supervisor {
namespace {

constexpr std::string_view marker_begin = "; mqhome service file (directories made: ";
constexpr std::string_view marker_middle = ", sha256 of all below: ";

bool writable_in_section(std::string_view value) {
    char before = ' ';
    for (const char c : value) {
        const bool control = static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
        const bool comment = (c == ';' || c == '#') && before == ' ';
        if (control || comment || c == '"' || c == '\'' || c == '\\') {
            return false;
        }
        before = c;
    }
    return value.empty() || (value.front() != ' ' && value.back() != ' ');
}

/// How often supervisord 4.2 expands `%` in a value: each time halves it.
enum class Expanded { once = 2, twice = 4 };

Outcome<std::string> value_of(const std::string& value, const char* what,
                              Expanded expanded = Expanded::once) {
    if (!writable_in_section(value)) {
        return Problem{"supervisord cannot be given this " + std::string(what) + ": " + value,
                       "nothing was written",
                       "Quotes, backslashes, control characters and a blank before ; or # do not "
                       "work there. Choose a prefix without them.",
                       6};
    }
    std::string escaped;
    for (const char c : value) {
        escaped.append(c == '%' ? static_cast<std::size_t>(expanded) : 1, c);
    }
    return escaped;
}

bool needs_quotes(std::string_view argument) {
    return argument.empty() || argument.front() == '/' ||
           !std::all_of(argument.begin(), argument.end(), [](char c) {
               return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                      c == '-' || c == '_' || c == '.' || c == '=';
           });
}

Outcome<std::string> command_of(const Service& service) {
    std::string line;
    for (const auto& argument : service.command) {
        const auto value = value_of(argument, "command");
        if (!value) {
            return value.error();
        }
        line += line.empty() ? "" : " ";
        line += needs_quotes(argument) ? "\"" + *value + "\"" : *value;
    }
    return line;
}

Outcome<std::string> environment_of(const Service& service) {
    std::string line;
    for (const auto& [key, raw] : service.environment) {
        const auto value = value_of(raw, "environment value");
        if (!value) {
            return value.error();
        }
        line += line.empty() ? "" : ",";
        line += key + "=\"" + *value + "\"";
    }
    return line;
}

}  // namespace

Outcome<std::string> program_section(const Service& service, int directories_made) {
    const auto command = command_of(service);
    const auto environment = environment_of(service);
    const auto directory = value_of(service.directory.string(), "directory");
    const auto log_file = value_of(service.log_file.string(), "log file", Expanded::twice);
    for (const auto* part : {&command, &environment, &directory, &log_file}) {
        if (!*part) {
            return part->error();
        }
    }
    std::map<std::string, std::string> values{
        {"MARKER", ""},
        {"VERSION", version},
        {"NAME", service.name},
        {"COMMAND", *command},
        {"DIRECTORY", *directory},
        {"ENVIRONMENT", *environment},
        {"START_SECONDS", std::to_string(start_seconds)},
        {"STOP_WAIT_SECONDS", std::to_string(stop_wait_seconds)},
        {"LOG_FILE", *log_file},
    };
    const std::string unmarked = templates::render("mqhome.ini", values);
    const std::string_view below = std::string_view(unmarked).substr(unmarked.find('\n') + 1);
    values["MARKER"] = std::string(marker_begin.substr(2)) + std::to_string(directories_made) +
                       std::string(marker_middle) + sha256_hex(below) + ")";
    return templates::render("mqhome.ini", values);
}

SectionFacts section_facts(std::string_view text) {
    SectionFacts facts;
    if (text.substr(0, marker_begin.size()) != marker_begin) {
        return facts;
    }
    facts.ours = true;
    const auto end = std::min(text.find('\n'), text.size());
    const std::string_view marker = text.substr(0, end);
    std::from_chars(marker.data() + marker_begin.size(), marker.data() + marker.size(),
                    facts.directories_made);
    const auto middle = marker.find(marker_middle);
    const std::string_view below = text.substr(std::min(end + 1, text.size()));
    facts.edited = middle == std::string_view::npos ||
                   marker.substr(middle + marker_middle.size()) != sha256_hex(below) + ")";
    return facts;
}

}  // namespace mq::supervisor
