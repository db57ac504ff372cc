#pragma once

#include <filesystem>
#include <vector>

namespace mq::installer {

/// Whether this process runs a broker of the prefix: `/proc/PID/exe` is `PREFIX/versions/*/bin/
/// mqbroker`, also after that version was replaced or deleted. A pid may have gone to another
/// program since it was read, so ask before sending it a signal.
bool is_broker_of(const std::filesystem::path& prefix, int pid);

/// Every process of this user that runs a broker of the prefix, by whoever it was started.
std::vector<int> broker_processes(const std::filesystem::path& prefix);

}  // namespace mq::installer
