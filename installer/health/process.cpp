#include "installer/health/process.hpp"

#include <algorithm>
#include <charconv>
#include <string>
#include <string_view>

namespace mq::installer {
namespace {

namespace fs = std::filesystem;

/// The program file of a process; empty when it is gone or not ours to see.
std::string program_of(int pid) {
    std::error_code error;
    std::string file = fs::read_symlink("/proc/" + std::to_string(pid) + "/exe", error).string();
    constexpr std::string_view deleted = " (deleted)";
    if (file.size() > deleted.size() && file.ends_with(deleted)) {
        file.resize(file.size() - deleted.size());
    }
    return error ? std::string() : file;
}

}  // namespace

bool is_broker_of(const fs::path& prefix, int pid) {
    std::error_code error;
    const std::string versions = (fs::canonical(prefix, error) / "versions").string() + "/";
    const std::string program = program_of(pid);
    return !error && pid > 0 && program.starts_with(versions) && program.ends_with("/bin/mqbroker");
}

std::vector<int> broker_processes(const fs::path& prefix) {
    std::vector<int> found;
    std::error_code error;
    for (fs::directory_iterator entry("/proc", error), end; !error && entry != end;
         entry.increment(error)) {
        const std::string name = entry->path().filename().string();
        int pid = 0;
        const auto parsed = std::from_chars(name.data(), name.data() + name.size(), pid);
        if (parsed.ec == std::errc() && parsed.ptr == name.data() + name.size() &&
            is_broker_of(prefix, pid)) {
            found.push_back(pid);
        }
    }
    std::sort(found.begin(), found.end());
    return found;
}

}  // namespace mq::installer
