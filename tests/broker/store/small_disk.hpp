#pragma once

#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mq::broker::test {

/// Runs `test` in a process of its own; its exit code, or minus the signal that ended it.
template <class Test>
int in_child(Test test) {
    const pid_t child = ::fork();
    if (child == 0) {
        ::_exit(test());
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// From here on no file of this process can grow beyond so many bytes. The kernel's signal SIGXFSZ
/// ends the process then, unless it is ignored.
inline void limit_files(rlim_t bytes) {
    struct rlimit limit {};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit.rlim_cur = bytes;
    ::setrlimit(RLIMIT_FSIZE, &limit);
}

inline void lift_limit() {
    struct rlimit limit {};
    ::getrlimit(RLIMIT_FSIZE, &limit);
    limit_files(limit.rlim_max);
}

/// As on a disk with room for about `bytes`, in a process of its own.
template <class Test>
int with_small_disk(rlim_t bytes, Test test) {
    return in_child([&] {
        ::signal(SIGXFSZ, SIG_IGN);
        limit_files(bytes);
        return test();
    });
}

}  // namespace mq::broker::test
