#include "installer/steps/removal_steps.hpp"

#include "installer/prefix/tree.hpp"
#include "installer/steps/account_steps.hpp"
#include "installer/steps/program_steps.hpp"

namespace mq::installer {
namespace {

Step remove_step(const SharedWork& work, const std::string& name, const std::string& what,
                 std::vector<std::filesystem::path> paths) {
    return {name,
            what,
            [work, paths = std::move(paths)]() -> Outcome<void> {
                for (const auto& path : paths) {
                    if (auto removed = remove_tree(path); !removed) {
                        return removed;
                    }
                }
                return {};
            },
            {}};
}

}  // namespace

Plan removal_plan(const SharedWork& work) {
    const Layout& layout = work->layout;
    Plan plan{work->change.command, work->change.parameters(), {}, true};
    if (work->change.service) {
        plan.steps.push_back({"remove-service",
                              "stop the service " + work->service.name + " and remove its files",
                              [work] { return work->driver->remove(work->service.name); },
                              {}});
    }
    plan.steps.push_back({"remove-profile",
                          "take the marked block out of the start-up files of the shells",
                          [work] { return remove_profile(*work); },
                          {}});
    plan.steps.push_back({"remove-environment",
                          "remove env.sh, env.fish and env.csh",
                          [work] { return remove_environment(*work); },
                          {}});
    plan.steps.push_back(
        remove_step(work, "remove-programs",
                    "remove " + layout.current().string() + " and " + layout.versions().string(),
                    {layout.current(), layout.versions()}));
    if (work->change.purge) {
        plan.steps.push_back(remove_step(work, "remove-data",
                                         "remove " + layout.etc().string() + ", " +
                                             layout.var().string() + " and " +
                                             layout.backups().string(),
                                         {layout.etc(), layout.var(), layout.backups()}));
    }
    plan.steps.push_back(cleanup_step(work));
    plan.steps.push_back(
        remove_step(work, "remove-manifest", "forget the installation", {layout.manifest()}));
    return plan;
}

}  // namespace mq::installer
