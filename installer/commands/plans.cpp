#include "installer/commands/plans.hpp"

#include "installer/commands/interrupt.hpp"
#include "installer/prefix/tree.hpp"
#include "installer/steps/account_steps.hpp"
#include "installer/steps/data_steps.hpp"
#include "installer/steps/program_steps.hpp"
#include "installer/steps/removal_steps.hpp"
#include "installer/steps/restore_steps.hpp"
#include "installer/steps/service_steps.hpp"

#include <utility>

namespace mq::installer {
namespace {

/// Starts the broker and proves it.
void add_proof(Plan& plan, const SharedWork& work, bool new_service) {
    if (!work->change.service) {
        return;
    }
    plan.steps.push_back(add_probe_user_step(work));
    if (new_service) {
        plan.steps.push_back(add_service_step(work));
    }
    plan.steps.push_back(start_step(work));
    plan.steps.push_back(health_step(work));
    plan.steps.push_back(remove_probe_user_step(work));
}

std::map<std::string, std::string> digests(const FileList& list) {
    std::map<std::string, std::string> files;
    for (const auto& [name, file] : list.files) {
        files[name] = file.digest;
    }
    return files;
}

Plan install_plan(const SharedWork& work) {
    const Change& change = work->change;
    Manifest manifest;
    manifest.version = change.to;
    manifest.driver = change.driver;
    manifest.supervisorctl = change.supervisorctl;
    manifest.service = change.service;
    manifest.port = change.port;
    manifest.ws_port = change.ws_port;
    manifest.files = digests(work->payload_list);
    if (change.profile) {
        for (const auto& path : profile_paths(change.home)) {
            manifest.profile_files.push_back(path.string());
        }
    }
    Plan plan{change.command, change.parameters(), {}, false};
    plan.steps.push_back(directories_step(work));
    plan.steps.push_back(unpack_step(work));
    if (!change.user.empty()) {
        plan.steps.push_back(password_file_step(work));
    }
    plan.steps.push_back(configuration_step(work));
    plan.steps.push_back(check_configuration_step(work));
    plan.steps.push_back(environment_step(work));
    plan.steps.push_back(switch_step(work));
    if (change.profile) {
        plan.steps.push_back(profile_step(work));
    }
    add_proof(plan, work, true);
    plan.steps.push_back(commit_step(work, std::move(manifest)));
    plan.steps.push_back(cleanup_step(work));
    return plan;
}

/// Upgrade and rollback: another version becomes current, between a stop and a proof.
Plan transition_plan(const SharedWork& work, Manifest manifest) {
    const Change& change = work->change;
    if (change.command == "upgrade") {
        manifest.parents[change.to] = change.from;
    }
    manifest.version = change.to;
    const auto parent = manifest.parents.find(change.to);
    manifest.parent = parent == manifest.parents.end() ? "" : parent->second;
    manifest.files = digests(work->payload_list);
    Plan plan{change.command, change.parameters(), {}, false};
    plan.steps.push_back(unpack_step(work));
    plan.steps.push_back(check_configuration_step(work));
    plan.steps.push_back(backup_step(work));
    if (change.service) {
        plan.steps.push_back(stop_step(work));
    }
    if (!change.database.empty()) {
        plan.steps.push_back(keep_database_step(work));
    }
    plan.steps.push_back(switch_step(work));
    add_proof(plan, work, false);
    plan.steps.push_back(commit_step(work, std::move(manifest)));
    plan.steps.push_back(cleanup_step(work));
    return plan;
}

Plan restore_plan(const SharedWork& work, Manifest manifest) {
    Plan plan{work->change.command, work->change.parameters(), {}, false};
    plan.steps.push_back(backup_step(work));
    plan.steps.push_back(unpack_backup_step(work));
    if (work->change.service) {
        plan.steps.push_back(stop_step(work));
    }
    plan.steps.push_back(exchange_step(work));
    plan.steps.push_back(check_configuration_step(work));
    if (work->change.service) {
        plan.steps.push_back(listen_step(work));
    }
    plan.steps.push_back(commit_step(work, std::move(manifest)));
    plan.steps.push_back(cleanup_step(work));
    return plan;
}

RunEvents events_of(const Context& context) {
    RunEvents events;
    events.interrupted = interrupted;
    events.performing = [&context](const Step& step) {
        context.output.say("  " + step.describe);
        context.output.append("steps", {{"name", step.name}, {"describe", step.describe}});
    };
    events.undoing = [&context](const Step& step) {
        context.output.say("  taking back: " + step.describe);
        context.output.append("undone", step.name);
    };
    return events;
}

/// Whether a transition had stopped the old broker when it failed.
bool had_stopped(const Plan& plan, const std::string& failed_step) {
    if (plan.command != "upgrade" && plan.command != "rollback") {
        return false;
    }
    for (const Step& step : plan.steps) {
        if (step.name == "stop") {
            return true;
        }
        if (step.name == failed_step) {
            return false;
        }
    }
    return false;
}

Problem problem_of(const Plan& plan, const RunFailure& failure) {
    Problem problem = failure.problem;
    switch (failure.left) {
        case Leftover::undo_failed:
            problem.left = "Going back failed as well: " + failure.undo_problem;
            problem.next = "Mend that, then type `mqinstall recover`.";
            problem.exit_code = to_int(ExitCode::undo_failed);
            break;
        case Leftover::unfinished:
            problem.left = "What was done up to here stays.";
            problem.next = "Type `mqinstall " + plan.command + "` again: it goes on from there.";
            break;
        case Leftover::nothing:
            if (problem.left == "Nothing was changed.") {
                problem.left.clear();
            }
            problem.left += problem.left.empty() ? "" : "\n";
            problem.left += "Everything was taken back: the account is as it was before.";
            break;
    }
    return problem;
}

}  // namespace

bool goes_forward(const std::string& command) {
    return command == "uninstall";
}

Outcome<Plan> make_plan(const SharedWork& work) {
    const std::string& command = work->change.command;
    if (command == "install") {
        return install_plan(work);
    }
    if (command == "uninstall") {
        return removal_plan(work);
    }
    auto manifest = load_manifest(work->layout);
    if (!manifest) {
        return manifest.error();
    }
    if (command == "restore") {
        return restore_plan(work, std::move(*manifest));
    }
    if (command == "upgrade" || command == "rollback") {
        return transition_plan(work, std::move(*manifest));
    }
    return Problem{"the journal tells of `mqinstall " + command + "`, which is not known here",
                   "Nothing was changed.", "Use the mqinstall that began it.",
                   to_int(ExitCode::unfinished)};
}

void show_plan(const Context& context, const Plan& plan) {
    context.output.say("mqinstall " + plan.command + " would:");
    int number = 0;
    for (const Step& step : plan.steps) {
        ++number;
        context.output.say((number < 10 ? "  " : " ") + std::to_string(number) + ". " +
                           step.describe);
        context.output.append("steps", {{"name", step.name}, {"describe", step.describe}});
    }
    context.output.set("dry_run", true);
}

Outcome<void> run_change(const Context& context, const Plan& plan) {
    const auto run = run_plan(plan, context.layout.journal(), events_of(context));
    if (run) {
        return {};
    }
    context.output.set("failed_step", run.error().step);
    Problem problem = problem_of(plan, run.error());
    if (run.error().left == Leftover::nothing &&
        problem.exit_code != to_int(ExitCode::interrupted) && had_stopped(plan, run.error().step)) {
        problem.left = "The old version is back" +
                       std::string(plan.parameters.at("running") == "yes" ? ", and runs." : ".");
        problem.exit_code = to_int(ExitCode::unhealthy_undone);
    }
    return problem;
}

Outcome<Recovery> recover_unfinished(const Context& context) {
    const auto record = Journal::read(context.layout.journal());
    if (!record) {
        return record.error();
    }
    if (!*record || (*record)->finished) {
        return Recovery{};
    }
    const JournalRecord& left = **record;
    auto work = make_work(context, Change::from_parameters(left.command, left.parameters));
    if (!work) {
        return work.error();
    }
    const auto plan = make_plan(*work);
    if (!plan) {
        return plan.error();
    }
    context.output.say("An earlier `mqinstall " + left.command + "` was cut off.");
    const auto run = recover_plan(*plan, left, context.layout.journal(), events_of(context));
    if (!run) {
        return problem_of(*plan, run.error());
    }
    bool committed = plan->forward_only;
    for (const Step& step : plan->steps) {
        committed = committed || (step.commit && left.performed.contains(step.name));
    }
    context.output.say(committed ? "It is finished now." : "It is taken back.");
    return Recovery{committed ? Recovered::finished : Recovered::undone, left.command};
}

void remove_empty_prefix(const Layout& layout) {
    for (const auto& file : {layout.journal(), layout.lock()}) {
        [[maybe_unused]] const auto removed = remove_tree(file);
    }
    remove_if_empty(layout.state());
    remove_if_empty(layout.prefix);
}

}  // namespace mq::installer
