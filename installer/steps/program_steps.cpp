#include "installer/steps/program_steps.hpp"

#include "installer/archive/digest.hpp"
#include "installer/prefix/tree.hpp"
#include "supervisor/command.hpp"

#include <chrono>

namespace mq::installer {
namespace {

constexpr std::chrono::seconds test_config_timeout{30};

std::filesystem::path partial_version(const Work& work) {
    return work.layout.versions() / (".tmp-" + work.change.to);
}

/// Whether the folder holds exactly what the payload would put there.
Outcome<void> compare_version(const Work& work) {
    const auto folder = work.layout.version(work.change.to);
    const auto differs = [&](const std::string& name) {
        return Problem{
            (folder / name).string() + " is not as version " + work.change.to + " has it",
            "Nothing was changed.",
            "Two builds share a version number, or the file was edited: move " + folder.string() +
                " away and try again.",
            to_int(ExitCode::conflict)};
    };
    for (const auto& [name, file] : work.payload_list.files) {
        const auto digest = digest_of_file(folder / name);
        if (!digest || *digest != file.digest) {
            return differs(name);
        }
    }
    for (const auto& [name, target] : work.payload_list.links) {
        std::error_code error;
        if (std::filesystem::read_symlink(folder / name, error) != target) {
            return differs(name);
        }
    }
    return {};
}

Outcome<void> unpack(const Work& work) {
    if (!work.creates("version")) {
        return compare_version(work);
    }
    const auto partial = partial_version(work);
    for (const auto& old : {partial, work.layout.version(work.change.to)}) {
        if (auto removed = remove_tree(old); !removed) {
            return removed;
        }
    }
    if (auto made = make_directory(partial); !made) {
        return made;
    }
    if (!work.payload) {
        return Problem{"there is no payload to unpack", ""};
    }
    if (auto unpacked = work.payload->unpack(partial); !unpacked) {
        return unpacked;
    }
    if (auto synced = sync_tree(partial); !synced) {
        return synced;
    }
    return rename_entry(partial, work.layout.version(work.change.to));
}

Outcome<void> check_configuration(const Work& work) {
    const auto broker = work.layout.version(work.change.to) / "bin" / "mqbroker";
    const auto configuration = work.layout.configuration();
    const auto result = supervisor::run_command(
        {broker.string(), "-c", configuration.string(), "--test-config"}, test_config_timeout);
    if (!result) {
        return Problem{broker.string() + " cannot be run: " + result.error().what,
                       result.error().left, "Is this folder mounted noexec?",
                       to_int(ExitCode::preflight)};
    }
    if (result->exit_code != 0) {
        return Problem{"the broker of version " + work.change.to + " does not accept " +
                           configuration.string() + ":\n" + result->output,
                       "", "Correct the file, then try again.",
                       to_int(ExitCode::bad_configuration)};
    }
    return {};
}

Outcome<void> point_current_at(const Layout& layout, const std::string& version) {
    if (version.empty()) {
        return remove_tree(layout.current());
    }
    return switch_link(layout.current(), std::filesystem::path("versions") / version);
}

}  // namespace

std::filesystem::path kept_manifest(const Layout& layout) {
    return layout.state() / "manifest.before";
}
std::filesystem::path kept_database(const Layout& layout) {
    return layout.state() / "database.before";
}
std::filesystem::path kept_passwords(const Layout& layout) {
    return layout.state() / "pwfile.before";
}
std::filesystem::path kept_probe_passwords(const Layout& layout) {
    return layout.state() / "pwfile.probe";
}
std::filesystem::path kept_configuration(const Layout& layout) {
    return layout.state() / "restore.before";
}

Step unpack_step(const SharedWork& work) {
    const auto folder = work->layout.version(work->change.to).string();
    return {"unpack",
            work->creates("version") ? "unpack version " + work->change.to + " to " + folder
                                     : "check that " + folder + " is as it was unpacked",
            [work] { return unpack(*work); },
            [work]() -> Outcome<void> {
                if (!work->creates("version")) {
                    return {};
                }
                auto removed = remove_tree(partial_version(*work));
                return removed ? remove_tree(work->layout.version(work->change.to)) : removed;
            }};
}

Step check_configuration_step(const SharedWork& work) {
    return {"check-configuration",
            "let the broker of version " + work->change.to + " check " +
                work->layout.configuration().string(),
            [work] { return check_configuration(*work); },
            {}};
}

Step switch_step(const SharedWork& work) {
    return {"switch", "point " + work->layout.current().string() + " to version " + work->change.to,
            [work] { return point_current_at(work->layout, work->change.to); },
            [work]() -> Outcome<void> {
                auto removed = remove_tree(work->layout.current().string() + ".new");
                return removed ? point_current_at(work->layout, work->change.from) : removed;
            }};
}

Step commit_step(const SharedWork& work, Manifest manifest) {
    Step step;
    step.name = "commit";
    step.describe =
        "record version " + manifest.version + " in " + work->layout.manifest().string();
    step.commit = true;
    step.perform = [work, manifest = std::move(manifest)]() -> Outcome<void> {
        if (is_there(work->layout.manifest())) {
            auto kept = copy_whole_file(work->layout.manifest(), kept_manifest(work->layout));
            if (!kept) {
                return kept;
            }
        }
        return save_manifest(work->layout, manifest);
    };
    step.undo = [work]() -> Outcome<void> {
        if (is_there(kept_manifest(work->layout))) {
            return rename_entry(kept_manifest(work->layout), work->layout.manifest());
        }
        return work->change.from.empty() ? remove_tree(work->layout.manifest()) : Outcome<void>{};
    };
    return step;
}

Step cleanup_step(const SharedWork& work) {
    return {"clean-up",
            "remove what was kept for going back",
            [work]() -> Outcome<void> {
                for (const auto& kept :
                     {kept_manifest(work->layout), kept_database(work->layout),
                      kept_passwords(work->layout), kept_probe_passwords(work->layout),
                      kept_configuration(work->layout)}) {
                    if (auto removed = remove_tree(kept); !removed) {
                        return removed;
                    }
                }
                return {};
            },
            {}};
}

}  // namespace mq::installer
