#include "installer/plan/runner.hpp"

#include "installer/exit_code.hpp"

#include <algorithm>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <stdexcept>
#include <unistd.h>

namespace mq::installer {
namespace {

/// The fault injection described at run_plan.
void kill_for_test(std::size_t number, const char* kind) {
    const char* wanted = std::getenv("MQINSTALL_TEST_KILL_AFTER");
    if (wanted != nullptr && std::to_string(number) + ":" + kind == wanted) {
        ::kill(::getpid(), SIGKILL);
    }
}

void tell(const std::function<void(const Step&)>& event, const Step& step) {
    if (event) {
        event(step);
    }
}

bool is_committed(const Plan& plan, const JournalRecord& record) {
    return std::any_of(plan.steps.begin(), plan.steps.end(), [&](const Step& step) {
        return step.commit && record.performed.contains(step.name);
    });
}

class Runner {
 public:
    Runner(const Plan& plan, Journal journal, const RunEvents& events)
        : plan_(plan), journal_(std::move(journal)), events_(events) {}

    Run forward(const JournalRecord& record);
    Run backward(const JournalRecord& record, RunFailure why);

 private:
    Run stop(const JournalRecord& record, RunFailure why);
    Outcome<void> perform(std::size_t at);

    const Plan& plan_;
    Journal journal_;
    const RunEvents& events_;
};

Outcome<void> Runner::perform(std::size_t at) {
    const Step& step = plan_.steps[at];
    if (auto written = journal_.before(step); !written) {
        return written;
    }
    kill_for_test(at + 1, "before");
    tell(events_.performing, step);
    if (auto done = step.perform(); !done) {
        return done;
    }
    if (auto written = journal_.after(step); !written) {
        return written;
    }
    kill_for_test(at + 1, "after");
    return {};
}

/// Performs every step that `record` does not know as performed.
Run Runner::forward(const JournalRecord& record) {
    JournalRecord now = record;
    bool committed = is_committed(plan_, record);
    for (std::size_t at = 0; at < plan_.steps.size(); ++at) {
        const Step& step = plan_.steps[at];
        if (record.performed.contains(step.name)) {
            continue;
        }
        if (!committed && events_.interrupted && events_.interrupted()) {
            return stop(now, {step.name,
                              {"interrupted", "", "", to_int(ExitCode::interrupted)},
                              Leftover::nothing,
                              {}});
        }
        now.begun.insert(step.name);
        if (auto done = perform(at); !done) {
            if (committed) {
                return RunFailure{step.name, done.error(), Leftover::unfinished, {}};
            }
            // The undo goes on even when this line cannot be written: the disk may be full.
            [[maybe_unused]] const auto noted = journal_.failed(step);
            return stop(now, {step.name, done.error(), Leftover::nothing, {}});
        }
        committed = committed || step.commit;
    }
    if (auto ended = journal_.end_done(); !ended) {
        return RunFailure{"end", ended.error(), Leftover::unfinished, {}};
    }
    return {};
}

/// Before the commit: goes back, where the plan can.
Run Runner::stop(const JournalRecord& record, RunFailure why) {
    if (plan_.forward_only) {
        why.left = Leftover::unfinished;
        return why;
    }
    return backward(record, std::move(why));
}

/// Undoes every step that `record` knows as begun, last first. Goes on after a problem, since each
/// step that is taken back brings the account nearer to the old state.
Run Runner::backward(const JournalRecord& record, RunFailure why) {
    std::size_t count = 0;
    for (auto step = plan_.steps.rbegin(); step != plan_.steps.rend(); ++step) {
        if (!record.begun.contains(step->name) || record.undone.contains(step->name)) {
            continue;
        }
        if (step->undo) {
            tell(events_.undoing, *step);
            if (auto done = step->undo(); !done) {
                why.left = Leftover::undo_failed;
                why.undo_problem += (why.undo_problem.empty() ? "" : "\n") + done.error().text();
                continue;
            }
        }
        // Not written: the step is undone once more by the next run, which does no harm.
        [[maybe_unused]] const auto noted = journal_.undone(*step);
        kill_for_test(++count, "undone");
    }
    if (why.left == Leftover::nothing) {
        if (auto ended = journal_.end_undone(); !ended) {
            why.left = Leftover::undo_failed;
            why.undo_problem = ended.error().text();
        }
    }
    return why;
}

}  // namespace

void throw_exception_from_error(const RunFailure& failure, const boost::source_location&) {
    throw std::runtime_error(failure.problem.text());
}

Run run_plan(const Plan& plan, const std::filesystem::path& journal, const RunEvents& events) {
    auto started = Journal::start(journal, plan);
    if (!started) {
        return RunFailure{"journal", started.error(), Leftover::nothing, {}};
    }
    return Runner(plan, std::move(*started), events).forward(JournalRecord{});
}

Run recover_plan(const Plan& plan, const JournalRecord& record,
                 const std::filesystem::path& journal, const RunEvents& events) {
    auto resumed = Journal::resume(journal);
    if (!resumed) {
        return RunFailure{"journal", resumed.error(), Leftover::unfinished, {}};
    }
    Runner runner(plan, std::move(*resumed), events);
    if (plan.forward_only || is_committed(plan, record)) {
        return runner.forward(record);
    }
    auto undone = runner.backward(
        record, {"recover", {"an earlier run was cut off", ""}, Leftover::nothing, {}});
    return !undone && undone.error().left == Leftover::nothing ? Run{} : undone;
}

}  // namespace mq::installer
