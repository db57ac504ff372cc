#include "tests/broker/config/printers.hpp"

namespace mq::broker {

std::ostream& operator<<(std::ostream& out, const Diagnostic& diagnostic) {
    for (const std::string& line : diagnostic_lines(diagnostic)) {
        out << '\n' << line;
    }
    return out;
}

std::ostream& operator<<(std::ostream& out, const ReportLine& line) {
    return out << "type " << log_mask(line.type) << ": " << line.text;
}

Outcome<std::vector<std::string>> MemorySource::list(const std::string& directory) {
    std::vector<std::string> names;
    // From the last to the first, so that nothing comes out sorted by chance.
    for (auto file = files.rbegin(); file != files.rend(); ++file) {
        if (file->first.starts_with(directory + "/")) {
            names.push_back(file->first.substr(directory.size() + 1));
        }
    }
    if (names.empty()) {
        return Problem{"cannot read directory " + directory, ""};
    }
    return names;
}

Outcome<std::string> MemorySource::read(const std::string& path) {
    const auto found = files.find(path);
    if (found == files.end()) {
        return Problem{"cannot open " + path, ""};
    }
    return found->second;
}

ParseResult parse(const std::string& text, const ConfigCircumstances& circumstances) {
    MemorySource source;
    return parse_config(text, "main.conf", source, circumstances);
}

std::string complaint_about(const std::string& text) {
    std::string all = diagnostics_text(parse(text).diagnostics);
    if (all.ends_with('\n')) {
        all.pop_back();
    }
    return all;
}

}  // namespace mq::broker
