#include "client/cli/options_file.hpp"

#include <cstdlib>
#include <system_error>

namespace mq::cli {
namespace {

constexpr std::size_t line_bytes_max = 1023;

Outcome<OptionsFileLine> parse_line(std::string_view line, std::size_t number) {
    const std::string place = "line " + std::to_string(number);
    if (line.size() > line_bytes_max) {
        return Problem{place + " is longer than 1023 bytes", ""};
    }
    if (line.find('\0') != std::string_view::npos) {
        return Problem{place + " has a zero byte", ""};
    }
    if (line.front() != '-') {
        return Problem{place + " does not begin with an option (-x or --xxx)", ""};
    }
    const std::size_t end = line.find(' ');
    const bool has_value = end != std::string_view::npos;
    return OptionsFileLine{number, std::string(line.substr(0, end)),
                           has_value ? std::string(line.substr(end + 1)) : std::string(),
                           has_value};
}

}  // namespace

Outcome<std::vector<OptionsFileLine>> parse_options_file(std::string_view content) {
    std::vector<OptionsFileLine> lines;
    for (std::size_t number = 1; !content.empty(); ++number) {
        const std::size_t end = content.find('\n');
        std::string_view line = content.substr(0, end);
        content.remove_prefix(end == std::string_view::npos ? content.size() : end + 1);
        while (!line.empty() && line.back() == '\r') {
            line.remove_suffix(1);
        }
        if (line.empty() || line.front() == '#') {
            continue;
        }
        auto parsed = parse_line(line, number);
        if (!parsed) {
            return parsed.error();
        }
        lines.push_back(std::move(*parsed));
    }
    return lines;
}

std::filesystem::path default_options_file(const char* name, const char* other_name) {
    std::filesystem::path folder;
    if (const char* const config = std::getenv("XDG_CONFIG_HOME"); config != nullptr) {
        folder = config;
    } else if (const char* const home = std::getenv("HOME"); home != nullptr) {
        folder = std::filesystem::path(home) / ".config";
    } else {
        return {};
    }
    for (const char* const each : {name, other_name}) {
        std::error_code ignored;
        if (std::filesystem::exists(folder / each, ignored)) {
            return folder / each;
        }
    }
    return {};
}

}  // namespace mq::cli
