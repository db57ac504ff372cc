#pragma once

#include "base/problem.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace mq::broker {

/// Limits of what is read.
constexpr std::size_t config_file_bytes_max = std::size_t{8} << 20;
constexpr std::size_t config_files_max = 1000;

/// Where the parser gets the files of `include_dir` from: the disk, or a table in a test.
class ConfigSource {
 public:
    virtual ~ConfigSource() = default;
    /// The names, without directory, of what lies in a directory, in any order.
    virtual Outcome<std::vector<std::string>> list(const std::string& directory) = 0;
    /// The whole text of one file.
    virtual Outcome<std::string> read(const std::string& path) = 0;
};

/// The files of this host.
class ConfigDisk final : public ConfigSource {
 public:
    Outcome<std::vector<std::string>> list(const std::string& directory) override;
    Outcome<std::string> read(const std::string& path) override;
};

}  // namespace mq::broker
