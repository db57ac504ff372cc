#pragma once

#include "broker/core/log.hpp"

#include <optional>
#include <string>

namespace mq::broker {

/// Where log lines go and how they look: the `log_*` lines of mosquitto.conf.
struct LogSettings {
    bool to_stdout = false;
    bool to_stderr = true;
    bool to_syslog = false;
    bool to_topic = false;                 ///< `$SYS/broker/log/LETTER`
    std::string file;                      ///< path, appended to; empty = no file
    LogMask mask = log_mask_default;       ///< classes of lines that are written
    bool timestamp = true;                 ///< begin each line with the time
    std::string timestamp_format;          ///< strftime, local time; empty = epoch seconds
    std::optional<unsigned> syslog_local;  ///< 0-7: facility localN instead of daemon

    bool operator==(const LogSettings&) const = default;

    /// No destination at all, as `log_dest none` and `-q` ask for.
    void clear_destinations() {
        to_stdout = to_stderr = to_syslog = to_topic = false;
        file.clear();
    }
};

}  // namespace mq::broker
