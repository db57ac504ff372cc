#pragma once

#include "broker/config/config.hpp"
#include "broker/core/log.hpp"

#include <string>
#include <vector>

namespace mq::broker {

struct ReportLine {
    LogType type = LogType::information;
    std::string text;

    bool operator==(const ReportLine&) const = default;
};

/// Tells the owner which listener is open to whom: for each its port and protocol, from where it
/// can be reached, whether it is encrypted, and who may log in. Warnings for local-only mode, for
/// listeners that let in anyone from other machines, and for those that let in nobody.
std::vector<ReportLine> startup_report(const Config& config);

}  // namespace mq::broker
