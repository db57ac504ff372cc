#pragma once

#include "installer/plan/runner.hpp"
#include "installer/steps/change.hpp"

#include <string>

namespace mq::installer {

/// The plan for a change, the same for the command that decided it and for a later `recover`.
/// The manifest to be recorded is read from the prefix as it is before the change.
Outcome<Plan> make_plan(const SharedWork& work);

/// Prints what the plan would do.
void show_plan(const Context& context, const Plan& plan);

/// Runs the plan, telling each step. On failure the problem says what was taken back; its exit code
/// is the failed step's own, 130 after an interrupt, 9 when going back failed as well, and 8 when
/// an upgrade or rollback stopped a broker that runs again now.
Outcome<void> run_change(const Context& context, const Plan& plan);

/// What became of an unfinished run.
enum class Recovered {
    nothing,   ///< there was none
    finished,  ///< its new state holds
    undone,    ///< its old state holds
};
struct Recovery {
    Recovered what = Recovered::nothing;
    std::string command;  ///< of the run that was cut off
};

/// Finishes or undoes what an earlier run left. Call with the lock held.
Outcome<Recovery> recover_unfinished(const Context& context);

/// Removes `state/` and the prefix when an undone installation, or an uninstallation, left nothing
/// else in them. The last thing that a command does: the lock file goes as well.
void remove_empty_prefix(const Layout& layout);

}  // namespace mq::installer
