#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mq::broker {

/// What about the file's mode and owner endangers what is in it, one sentence each, for a log.
/// `kind` says what file it is, as in "password file". Nothing for a file that is not there.
std::vector<std::string> permission_warnings(const std::filesystem::path& path,
                                             std::string_view kind = "password file");

}  // namespace mq::broker
