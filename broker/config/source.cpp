#include "broker/config/source.hpp"

#include "base/file.hpp"

#include <filesystem>
#include <system_error>

namespace mq::broker {

Outcome<std::vector<std::string>> ConfigDisk::list(const std::string& directory) {
    std::error_code error;
    std::vector<std::string> names;
    std::filesystem::directory_iterator entry(directory, error);
    while (!error && entry != std::filesystem::directory_iterator()) {
        names.push_back(entry->path().filename().string());
        entry.increment(error);
    }
    if (error) {
        return system_problem("cannot read directory " + directory, error.value());
    }
    return names;
}

Outcome<std::string> ConfigDisk::read(const std::string& path) {
    return read_file(path, config_file_bytes_max);
}

}  // namespace mq::broker
