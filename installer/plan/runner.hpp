#pragma once

#include "base/problem.hpp"
#include "installer/plan/journal.hpp"
#include "installer/plan/step.hpp"

#include <filesystem>
#include <functional>
#include <string>

namespace mq::installer {

/// What a run that did not succeed left.
enum class Leftover {
    nothing,      ///< everything begun was taken back: the old state holds
    undo_failed,  ///< going back failed as well
    unfinished,   ///< it only goes forward, or was committed: `recover` finishes it
};

/// How a run that did not succeed ended.
struct RunFailure {
    std::string step;  ///< where it stopped
    Problem problem;   ///< why
    Leftover left = Leftover::nothing;
    std::string undo_problem;  ///< why going back failed
};

using Run = Result<void, RunFailure>;
[[noreturn]] void throw_exception_from_error(const RunFailure& failure,
                                             const boost::source_location& where);

/// What a runner tells while it works; each may be empty.
struct RunEvents {
    std::function<void(const Step&)> performing;
    std::function<void(const Step&)> undoing;
    /// Whether the user asked to stop; looked at between steps.
    std::function<bool()> interrupted;
};

/// Performs the plan, journalling each step before and after. When a step before the commit fails,
/// or the user interrupts, everything begun is undone in reverse order. After the commit, and in a
/// plan that only goes forward, a problem leaves the run unfinished, to be finished by `recover`.
///
/// For tests of what a kill leaves, the environment variable MQINSTALL_TEST_KILL_AFTER=N:before or
/// N:after makes the process kill itself with SIGKILL right after that line of step N (from 1) is
/// on disk, and N:undone after the N-th `undone` line.
Run run_plan(const Plan& plan, const std::filesystem::path& journal, const RunEvents& events);

/// Ends an unfinished run: when it was committed, or when `forward` says that this command only
/// ever goes forward, performs the steps that are left, else undoes in reverse order what was
/// begun. `plan` was made again from the parameters in `record`.
Run recover_plan(const Plan& plan, const JournalRecord& record,
                 const std::filesystem::path& journal, const RunEvents& events);

}  // namespace mq::installer
