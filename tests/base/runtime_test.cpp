#include "base/runtime.hpp"

#include <gtest/gtest.h>

#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace mq {
namespace {

TEST(Runtime, StandardDescriptorsThatWereClosedAreOpenAfterIt) {
    const pid_t child = ::fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
        for (const int standard : {0, 1, 2}) {
            ::close(standard);
        }
        runtime_init();
        int open = 0;
        for (const int standard : {0, 1, 2}) {
            open += ::fcntl(standard, F_GETFD) >= 0 ? 1 : 0;
        }
        ::_exit(open);
    }
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    EXPECT_EQ(WEXITSTATUS(status), 3);
}

}  // namespace
}  // namespace mq
