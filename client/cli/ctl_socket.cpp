#include "client/cli/ctl_socket.hpp"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <optional>
#include <string_view>

namespace mq::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view directive = "control_socket";

/// The prefix in whose `versions/VERSION/bin` this program lies.
std::optional<fs::path> own_prefix() {
    std::error_code error;
    const fs::path program = fs::read_symlink("/proc/self/exe", error);
    const fs::path versions = program.parent_path().parent_path().parent_path();
    return !error && versions.filename() == "versions" ? std::optional(versions.parent_path())
                                                       : std::nullopt;
}

std::optional<fs::path> prefix_of(const Options& options) {
    if (!options.prefix.empty()) {
        return fs::path(options.prefix);
    }
    if (auto own = own_prefix()) {
        return own;
    }
    const char* home = std::getenv("HOME");
    return home != nullptr && *home != '\0' ? std::optional(fs::path(home) / "mqhome")
                                            : std::nullopt;
}

/// What the last such line of a configuration says; empty where there is none.
std::string said_in(const fs::path& configuration) {
    std::ifstream file(configuration);
    std::string said;
    for (std::string line; std::getline(file, line);) {
        if (line.starts_with(directive) && line.size() > directive.size() &&
            (line[directive.size()] == ' ' || line[directive.size()] == '\t')) {
            const std::size_t begin = line.find_first_not_of(" \t", directive.size());
            const std::size_t end = line.find_last_not_of(" \t\r");
            said = begin == std::string::npos ? "" : line.substr(begin, end + 1 - begin);
        }
    }
    return said;
}

}  // namespace

Outcome<std::string> find_control_socket(const Options& options) {
    if (!options.control_socket.empty()) {
        return options.control_socket;
    }
    const auto prefix = prefix_of(options);
    if (!prefix) {
        return Problem{"Which broker? There is no home directory to look for one", "",
                       "Give --socket PATH, --prefix DIR, or -h HOST."};
    }
    const fs::path configuration = *prefix / "etc/mosquitto.conf";
    const std::string said = said_in(configuration);
    const fs::path path = said.empty() ? *prefix / "var/control.sock" : fs::path(said);
    std::error_code error;
    if (fs::exists(path, error)) {
        return path.string();
    }
    if (!fs::exists(configuration, error)) {
        return Problem{"There is no broker in " + prefix->string(), "",
                       "Give --socket PATH, --prefix DIR, or -h HOST for a broker elsewhere."};
    }
    return Problem{"There is no control socket at " + path.string(), "",
                   said.empty() ? "Add the line `control_socket " + path.string() + "` to " +
                                      configuration.string() + " and restart the broker."
                                : "Is the broker running? See: mqinstall service status"};
}

}  // namespace mq::cli
