#pragma once

#include "broker/config/load.hpp"
#include "broker/config/startup_report.hpp"

#include <map>
#include <ostream>
#include <string>
#include <vector>

namespace mq::broker {

std::ostream& operator<<(std::ostream& out, const Diagnostic& diagnostic);
std::ostream& operator<<(std::ostream& out, const ReportLine& line);

/// Files in memory, by path; directories are what stands before the last slash.
class MemorySource final : public ConfigSource {
 public:
    std::map<std::string, std::string> files;

    Outcome<std::vector<std::string>> list(const std::string& directory) override;
    Outcome<std::string> read(const std::string& path) override;
};

/// The text as a main file `main.conf`, without other files.
ParseResult parse(const std::string& text, const ConfigCircumstances& circumstances = {});

/// The one thing that there is to say about this text, as it would be printed, without the last
/// line end; an empty text if there is nothing.
std::string complaint_about(const std::string& text);

}  // namespace mq::broker
