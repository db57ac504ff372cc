#include "installer/prefix/lock.hpp"

#include "base/file.hpp"
#include "installer/exit_code.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/file.h>
#include <unistd.h>

namespace mq::installer {

Outcome<Lock> Lock::take(const Layout& layout) {
    std::error_code error;
    std::filesystem::create_directories(layout.state(), error);
    if (error) {
        return Problem{"cannot create " + layout.state().string() + ": " + error.message(),
                       "Nothing was changed.", "", to_int(ExitCode::preflight)};
    }
    std::filesystem::permissions(layout.state(), std::filesystem::perms::owner_all, error);
    UniqueFd fd(::open(layout.lock().c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600));
    if (!fd) {
        return system_problem("cannot open " + layout.lock().string(), errno,
                              to_int(ExitCode::preflight));
    }
    if (::flock(fd.get(), LOCK_EX | LOCK_NB) != 0) {
        if (errno != EWOULDBLOCK) {
            return system_problem("cannot lock " + layout.lock().string(), errno,
                                  to_int(ExitCode::locked));
        }
        const auto text = read_file(layout.lock());
        const std::string owner = text ? text->substr(0, text->find('\n')) : std::string();
        return Problem{"another mqinstall" +
                           (owner.empty() ? std::string() : " (process " + owner + ")") +
                           " works on " + layout.prefix.string(),
                       "Nothing was changed.", "Wait until it has ended, then try again.",
                       to_int(ExitCode::locked)};
    }
    // The pid is a hint for people; the lock itself is flock's.
    const std::string pid = std::to_string(::getpid()) + "\n";
    if (::ftruncate(fd.get(), 0) != 0 || ::pwrite(fd.get(), pid.data(), pid.size(), 0) < 0) {
        return system_problem("cannot write " + layout.lock().string(), errno,
                              to_int(ExitCode::preflight));
    }
    return Lock(std::move(fd));
}

}  // namespace mq::installer
