#include "installer/commands/preflight.hpp"

#include "base/unique_fd.hpp"
#include "installer/health/listening.hpp"
#include "installer/prefix/environment.hpp"
#include "installer/prefix/tree.hpp"

#include <cerrno>
#include <cstdlib>
#include <fcntl.h>
#include <sys/statvfs.h>
#include <unistd.h>

namespace mq::installer {
namespace {

Problem unfit(const std::string& what, const std::string& next) {
    return {what, "Nothing was changed.", next, to_int(ExitCode::preflight)};
}

/// The folder itself, or the nearest one above it that exists.
std::filesystem::path nearest_folder(std::filesystem::path path) {
    std::error_code error;
    while (!std::filesystem::is_directory(path, error) && path.has_relative_path()) {
        path = path.parent_path();
    }
    return path;
}

Outcome<void> reserve(const std::filesystem::path& folder, std::uint64_t bytes) {
    std::string name = (folder / ".mqinstall-space.XXXXXX").string();
    const UniqueFd fd(::mkostemp(name.data(), O_CLOEXEC));
    if (!fd) {
        return unfit(system_problem("cannot write in " + folder.string(), errno).what,
                     "Choose another place with --prefix.");
    }
    ::unlink(name.c_str());
    const int error = ::posix_fallocate(fd.get(), 0, static_cast<off_t>(bytes));
    if (error == ENOSPC || error == EDQUOT || error == EFBIG) {
        return unfit(system_problem("there is no room for " + std::to_string(bytes >> 20U) +
                                        " MiB in " + folder.string(),
                                    error)
                         .what,
                     "Free some space, then try again.");
    }
    return {};
}

}  // namespace

std::uint64_t bytes_needed(std::uint64_t packed_bytes) {
    return 5 * packed_bytes + (std::uint64_t{8} << 20U);
}

Outcome<void> check_place(const Layout& layout, std::uint64_t bytes) {
    if (auto usable = check_prefix_path(layout.prefix); !usable) {
        return usable;
    }
    if (is_there(layout.prefix) && !std::filesystem::is_directory(layout.prefix)) {
        return unfit(layout.prefix.string() + " is no folder", "Choose another one with --prefix.");
    }
    const auto folder = nearest_folder(layout.prefix);
    struct statvfs facts {};
    if (::statvfs(folder.c_str(), &facts) == 0 && (facts.f_flag & ST_NOEXEC) != 0) {
        return unfit("programs cannot be run in " + folder.string() + ": it is mounted noexec",
                     "Choose a place on another file system with --prefix.");
    }
    return reserve(folder, bytes);
}

Outcome<void> check_ports(int port, int ws_port) {
    if (port == ws_port) {
        return Problem{"--port and --ws-port are the same", "Nothing was changed.", "",
                       to_int(ExitCode::usage)};
    }
    auto unused = expect_port_free(port);
    return unused ? expect_port_free(ws_port) : unused;
}

}  // namespace mq::installer
