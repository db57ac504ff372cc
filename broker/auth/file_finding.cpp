#include "broker/auth/file_finding.hpp"

#include <utility>

namespace mq::broker {

void FileFindings::add(List& list, std::size_t line, std::string text) {
    if (list.told.size() < told_max) {
        list.told.push_back({line, std::move(text)});
    } else {
        ++list.more;
    }
}

std::vector<std::string> FileFindings::lines(const List& list, const std::filesystem::path& path) {
    std::vector<std::string> lines;
    for (const FileFinding& finding : list.told) {
        lines.push_back(path.string() + ':' + std::to_string(finding.line) + ": " + finding.text);
    }
    if (list.more > 0) {
        lines.push_back(path.string() + ": and " + std::to_string(list.more) + " more such lines");
    }
    return lines;
}

Problem FileFindings::problem(const std::filesystem::path& path) const {
    Problem problem("", "", "", bad_file_exit_code);
    for (const std::string& line : lines(errors_, path)) {
        problem.what += (problem.what.empty() ? "Error: " : "\nError: ") + line;
    }
    return problem;
}

std::vector<std::string> FileFindings::warning_lines(const std::filesystem::path& path) const {
    return lines(warnings_, path);
}

}  // namespace mq::broker
