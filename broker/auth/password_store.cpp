#include "broker/auth/password_store.hpp"

#include "base/file.hpp"
#include "base/secret.hpp"
#include "base/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <sys/file.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

namespace mq::broker {
namespace {

using Clock = std::chrono::steady_clock;

Problem missing(const std::filesystem::path& path) {
    return {"there is no password file " + path.string(), ""};
}

/// The password file, locked against other edits until the object goes.
class LockedFile {
 public:
    static Outcome<LockedFile> take(const std::filesystem::path& path, IfMissing if_missing,
                                    Clock::time_point deadline) {
        for (;;) {
            auto opened = open(path, if_missing);
            if (!opened) {
                return opened;
            }
            if (auto locked = opened->lock(deadline); !locked) {
                return locked.error();
            }
            if (opened->still_named()) {
                return opened;
            }
        }
    }

    /// Takes back the creation of the file, when this lock created it.
    void forget_created() const {
        if (created_) {
            ::unlink(path_.c_str());
        }
    }

 private:
    LockedFile(std::filesystem::path path, int fd, bool created)
        : path_(std::move(path)), fd_(fd), created_(created) {}

    static Outcome<LockedFile> open(const std::filesystem::path& path, IfMissing if_missing) {
        // NFS locks exclusively only what is open for writing; a read-only file must do elsewhere.
        for (const int mode : {O_RDWR, O_RDONLY}) {
            const int fd = ::open(path.c_str(), mode | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
            if (fd >= 0) {
                return LockedFile(path, fd, false);
            }
            if (errno != EACCES && errno != EROFS) {
                break;
            }
        }
        if (errno != ENOENT) {
            return system_problem("cannot open " + path.string(), errno);
        }
        if (if_missing == IfMissing::fail) {
            return missing(path);
        }
        const int fd = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0) {
            return errno == EEXIST ? open(path, if_missing)
                                   : system_problem("cannot create " + path.string(), errno);
        }
        return LockedFile(path, fd, true);
    }

    [[nodiscard]] Outcome<void> lock(Clock::time_point deadline) const {
        constexpr std::chrono::milliseconds look_again{10};
        while (::flock(fd_.get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno != EWOULDBLOCK && errno != EINTR) {
                return system_problem("cannot lock " + path_.string(), errno);
            }
            if (Clock::now() >= deadline) {
                return Problem{"another program is editing " + path_.string(),
                               "The file was left as it was.", "Try again."};
            }
            std::this_thread::sleep_for(look_again);
        }
        return {};
    }

    /// Whether the path names the locked file still, and not one that replaced it.
    [[nodiscard]] bool still_named() const {
        struct stat ours {};
        struct stat named {};
        return ::fstat(fd_.get(), &ours) == 0 && ::stat(path_.c_str(), &named) == 0 &&
               ours.st_dev == named.st_dev && ours.st_ino == named.st_ino;
    }

    std::filesystem::path path_;
    UniqueFd fd_;
    bool created_;
};

Outcome<void> edit_locked(const std::filesystem::path& path,
                          const std::function<Outcome<void>(PasswordFile&)>& edit) {
    auto old_text = read_file(path, password_file_bytes_max);
    if (!old_text) {
        return old_text.error();
    }
    PasswordFile file = PasswordFile::parse(*old_text);
    const Secret old_content(std::move(*old_text));  // it may hold passwords in plain text
    if (auto edited = edit(file); !edited) {
        return edited;
    }
    const Secret new_content(file.text());
    if (new_content.view() == old_content.view()) {
        return {};
    }
    if (auto replaced = replace_file(path, new_content.view(), 0600); !replaced) {
        Problem problem = replaced.error();
        problem.left = "The password file was left as it was.";
        return problem;
    }
    return {};
}

}  // namespace

Outcome<PasswordFile> load_password_file(const std::filesystem::path& path) {
    auto text = read_file(path, password_file_bytes_max);
    if (!text) {
        return text.error();
    }
    const Secret content(std::move(*text));
    return PasswordFile::parse(content.view());
}

Outcome<void> edit_password_file(const std::filesystem::path& path, IfMissing if_missing,
                                 const std::function<Outcome<void>(PasswordFile&)>& edit,
                                 std::chrono::milliseconds lock_wait) {
    // Every link to the file must lead to the same lock, and O_EXCL does not follow links.
    const auto target = link_target(path);
    const auto locked = LockedFile::take(target, if_missing, Clock::now() + lock_wait);
    if (!locked) {
        return locked.error();
    }
    auto edited = edit_locked(target, edit);
    if (!edited) {
        locked->forget_created();
    }
    return edited;
}

}  // namespace mq::broker
