#include "supervisor/supervisorctl.hpp"

#include <gtest/gtest.h>

using namespace mq::supervisor;

namespace {

struct StatusLine {
    const char* output;
    State state;
    int pid;
    const char* detail;
};

std::ostream& operator<<(std::ostream& out, const StatusLine& line) {
    return out << line.output;
}

class ParseStatus : public testing::TestWithParam<StatusLine> {};

}  // namespace

TEST_P(ParseStatus, ReadsTheStateWord) {
    const Status status = parse_status(GetParam().output, "a");
    EXPECT_EQ(to_string(status.state), to_string(GetParam().state));
    EXPECT_EQ(status.pid, GetParam().pid);
    EXPECT_EQ(status.detail, GetParam().detail);
}

INSTANTIATE_TEST_SUITE_P(
    Lines, ParseStatus,
    testing::Values(
        StatusLine{"a                                RUNNING   pid 4968, uptime 0:00:03\n",
                   State::running, 4968, "pid 4968, uptime 0:00:03"},
        StatusLine{"a                                STARTING  \n", State::starting, 0, ""},
        StatusLine{"a   BACKOFF   can't find command 'x'\n", State::backoff, 0,
                   "can't find command 'x'"},
        StatusLine{"a   BACKOFF   Exited too quickly (process log may have details)\n",
                   State::backoff, 0, "Exited too quickly (process log may have details)"},
        StatusLine{"a   FATAL     Exited too quickly (process log may have details)\n",
                   State::fatal, 0, "Exited too quickly (process log may have details)"},
        StatusLine{"a   STOPPED   Not started\n", State::stopped, 0, "Not started"},
        StatusLine{"a   STOPPED   Nov 22 05:10 PM", State::stopped, 0, "Nov 22 05:10 PM"},
        StatusLine{"a   STOPPING  \n", State::stopping, 0, ""},
        StatusLine{"a   EXITED    Nov 22 05:10 PM\n", State::exited, 0, "Nov 22 05:10 PM"},
        StatusLine{"a: ERROR (no such process)\n", State::absent, 0, "a: ERROR (no such process)"},
        StatusLine{"a: ERROR (no such group)\n", State::absent, 0, "a: ERROR (no such group)"},
        // A warning of Python before the line, and a program whose name begins alike.
        StatusLine{"DeprecationWarning: pkg_resources\nab RUNNING pid 1, uptime 0:00:01\n"
                   "a  FATAL  no\n",
                   State::fatal, 0, "no"},
        StatusLine{"a   UNKNOWN   \n", State::unknown, 0, "a   UNKNOWN   "},
        StatusLine{"", State::unknown, 0, "no line about a"}));

TEST(BrokenFile, IsTheOneThatRereadNames) {
    EXPECT_EQ(broken_file("ERROR: CANT_REREAD: The directory named as part of the path "
                          "/x/y.log does not exist in section 'program:b' "
                          "(file: '/home/u/etc/services.d/b.ini')"),
              "/home/u/etc/services.d/b.ini");
    EXPECT_EQ(broken_file("ERROR: CANT_REREAD: Source contains parsing errors: "
                          "'/home/u v/etc/services.d/b.ini'\n\t[line  2]: 'x\\n'"),
              "/home/u v/etc/services.d/b.ini");
    EXPECT_EQ(broken_file("ERROR: CANT_REREAD: something else"), "");
}
