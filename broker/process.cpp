#include "broker/process.hpp"

#include "base/small_thread.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fcntl.h>
#include <grp.h>
#include <malloc.h>
#include <new>
#include <optional>
#include <poll.h>
#include <pthread.h>
#include <pwd.h>
#include <random>
#include <string_view>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <utility>

namespace mq::broker {
namespace {

constexpr int exit_no_memory = 1;
constexpr int exit_invalid = 3;
constexpr int exit_system = 14;
constexpr std::size_t thread_stack_bytes = std::size_t{256} * 1024;
constexpr rlim_t descriptors_max = rlim_t{1} << 20;
constexpr rlim_t descriptors_with_websockets_max = 65536;
constexpr std::size_t print_bytes_max = 4096;

struct Identity {
    uid_t user = 0;
    gid_t group = 0;
    std::string name;  ///< empty: known by number only
};

std::optional<unsigned> number_in_environment(const char* name, int base = 10) {
    const char* text = std::getenv(name);
    if (text == nullptr) {
        return std::nullopt;
    }
    const std::string_view view(text);
    unsigned value = 0;
    const auto [end, error] = std::from_chars(view.data(), view.data() + view.size(), value, base);
    if (error != std::errc() || end != view.data() + view.size()) {
        return std::nullopt;
    }
    return value;
}

std::optional<Identity> identity_of(const std::string& name) {
    const passwd* entry = ::getpwnam(name.c_str());
    if (entry == nullptr) {
        return std::nullopt;
    }
    return Identity{entry->pw_uid, entry->pw_gid, name};
}

Outcome<Identity> wanted_identity(const Config& config) {
    const auto user = number_in_environment("PUID");
    const auto group = number_in_environment("PGID");
    if (user || group) {
        return Identity{user.value_or(0), group.value_or(0), ""};
    }
    auto identity = identity_of(config.user);
    if (!identity && !config.user_given) {
        identity = identity_of("nobody");
    }
    if (!identity) {
        return Problem{"Error: Invalid user '" + config.user + "'.", "",
                       "Name a user of this machine with a `user` line.", exit_invalid};
    }
    return *identity;
}

/// The rest of the process that was called.
[[noreturn]] void wait_for_start(int reader, pid_t child) {
    char word = 0;
    ssize_t n = 0;
    do {
        n = ::read(reader, &word, 1);
    } while (n < 0 && errno == EINTR);
    if (n == 1) {
        ::_exit(0);
    }
    int status = 0;
    while (::waitpid(child, &status, 0) < 0 && errno == EINTR) {
    }
    ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
}

/// For operator new, on any thread: there is no memory to unwind or to log with.
[[noreturn]] void end_without_memory() {
    std::array<char, 160> line{};
    const int size = std::snprintf(
        line.data(), line.size(),
        "%lld: Error: out of memory, the broker ends here. Set memory_limit below what "
        "the host allows (ulimit -v).\n",
        static_cast<long long>(std::time(nullptr)));
    [[maybe_unused]] const auto written =
        ::write(STDERR_FILENO, line.data(), static_cast<std::size_t>(std::max(size, 0)));
    ::_exit(exit_no_memory);
}

}  // namespace

void tune_memory() {
    std::set_new_handler(end_without_memory);
    ::mallopt(M_ARENA_MAX, 2);
    // Fixed thresholds: the default ones grow with the largest block ever freed, and then keep it.
    ::mallopt(M_MMAP_THRESHOLD, 256 * 1024);
    ::mallopt(M_TRIM_THRESHOLD, 512 * 1024);
    pthread_attr_t attributes;
    if (::pthread_attr_init(&attributes) == 0) {
        ::pthread_attr_setstacksize(&attributes, stack_size(thread_stack_bytes));
        ::pthread_setattr_default_np(&attributes);
        ::pthread_attr_destroy(&attributes);
    }
}

void raise_descriptor_limit(bool websockets) {
    rlimit limit{};
    if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) {
        return;
    }
    const rlim_t most = websockets ? descriptors_with_websockets_max : descriptors_max;
    const rlim_t wanted = std::min(limit.rlim_max, most);
    if (wanted > limit.rlim_cur) {
        limit.rlim_cur = wanted;
        ::setrlimit(RLIMIT_NOFILE, &limit);  // refused: then what there is must do
    }
}

Outcome<void> become_user(const Config& config) {
    const char* snap = std::getenv("SNAP_NAME");
    if (::geteuid() != 0 || (snap != nullptr && std::string_view(snap) == "mosquitto")) {
        return {};
    }
    const auto identity = wanted_identity(config);
    if (!identity) {
        return identity.error();
    }
    if (identity->user == 0 && identity->group == 0) {
        return {};
    }
    const int groups = identity->name.empty()
                           ? ::setgroups(1, &identity->group)
                           : ::initgroups(identity->name.c_str(), identity->group);
    if (groups != 0 || ::setgid(identity->group) != 0 || ::setuid(identity->user) != 0) {
        return system_problem("Error: cannot become user '" + config.user + "'", errno,
                              exit_system);
    }
    return {};
}

Outcome<void> set_umask() {
    if (std::getenv("UMASK_SET") == nullptr) {
        return {};
    }
    const auto mask = number_in_environment("UMASK_SET", 8);
    if (!mask || *mask > 0777U) {
        return Problem{"Error: UMASK_SET must be an octal number from 0 to 0777.", "", "",
                       exit_invalid};
    }
    ::umask(static_cast<mode_t>(*mask));
    return {};
}

Outcome<Background> Background::enter() {
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        return system_problem("Error: cannot go into the background", errno);
    }
    UniqueFd reader(ends[0]);
    Background made;
    made.waiting_ = UniqueFd(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) {
        return system_problem("Error: cannot go into the background", errno);
    }
    if (child > 0) {
        made.waiting_.reset();
        wait_for_start(reader.get(), child);
    }
    ::setsid();
    made.terminal_ = UniqueFd(::fcntl(STDERR_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
    const UniqueFd null(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!null) {
        return system_problem("Error: cannot open /dev/null", errno);
    }
    for (int standard = 0; standard <= 2; ++standard) {
        ::dup2(null.get(), standard);
    }
    return made;
}

void Background::tell(std::string_view text) const {
    if (terminal_) {
        [[maybe_unused]] const ssize_t n = ::write(terminal_.get(), text.data(), text.size());
    }
}

void Background::started() {
    const char word = '\n';
    if (waiting_ && ::write(waiting_.get(), &word, 1) < 0) {
        errno = 0;  // nobody waits any more
    }
    waiting_.reset();
    terminal_.reset();
}

Outcome<PidFile> PidFile::create(const std::string& path) {
    const UniqueFd fd(::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644));
    const std::string text = std::to_string(::getpid());
    if (!fd || ::write(fd.get(), text.data(), text.size()) != static_cast<ssize_t>(text.size())) {
        return system_problem("Error: Unable to write pid file " + path, errno, exit_system);
    }
    PidFile made;
    made.path_ = path;
    return made;
}

PidFile::PidFile(PidFile&& other) noexcept : path_(std::exchange(other.path_, {})) {}

PidFile& PidFile::operator=(PidFile&& other) noexcept {
    std::swap(path_, other.path_);
    return *this;
}

PidFile::~PidFile() {
    if (!path_.empty()) {
        ::unlink(path_.c_str());
    }
}

std::size_t heap_bytes_in_use() {
    const struct mallinfo2 info = ::mallinfo2();
    return info.uordblks + info.hblkhd;
}

std::uint64_t random_seed() {
    std::random_device device;
    return (std::uint64_t{device()} << 32U) | device();
}

bool print_now(std::string_view text) {
    while (!text.empty()) {
        pollfd room{STDOUT_FILENO, POLLOUT, 0};
        if (::poll(&room, 1, 0) != 1 || (room.revents & POLLOUT) == 0) {
            return false;
        }
        const ssize_t n =
            ::write(STDOUT_FILENO, text.data(), std::min(text.size(), print_bytes_max));
        if (n < 0) {
            return false;
        }
        text.remove_prefix(static_cast<std::size_t>(n));
    }
    return true;
}

}  // namespace mq::broker
