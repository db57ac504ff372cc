#pragma once

#include <optional>
#include <string_view>

namespace mq {

/// Seconds that the processors of this machine have had nothing to do since it was started, all
/// together, as `/proc/stat` tells (proc_stat(5)). Nothing where the host does not tell.
std::optional<double> idle_processor_seconds();

/// The same from the text of that file.
std::optional<double> idle_processor_seconds(std::string_view proc_stat);

}  // namespace mq
