#include "base/small_thread.hpp"

#include <csignal>
#include <utility>

namespace mq {

std::size_t stack_size(std::size_t usable) {
#ifdef __SANITIZE_THREAD__
    return usable + (std::size_t{8} << 20U);  // it keeps its own state of a thread there
#else
    return usable;
#endif
}

Outcome<std::unique_ptr<SmallThread>> SmallThread::start(std::size_t stack_bytes,
                                                         std::function<void()> work) {
    std::unique_ptr<SmallThread> made(new SmallThread(std::move(work)));
    pthread_attr_t attributes;
    ::pthread_attr_init(&attributes);
    ::pthread_attr_setstacksize(&attributes, stack_size(stack_bytes));
    sigset_t all;
    sigset_t before;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before);
    const int error = ::pthread_create(
        &made->thread_, &attributes,
        [](void* thread) -> void* {
            static_cast<SmallThread*>(thread)->work_();
            return nullptr;
        },
        made.get());
    ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
    ::pthread_attr_destroy(&attributes);
    if (error != 0) {
        return system_problem("cannot start a thread", error);
    }
    made->started_ = true;
    return made;
}

SmallThread::~SmallThread() {
    if (started_) {
        ::pthread_join(thread_, nullptr);
    }
}

}  // namespace mq
