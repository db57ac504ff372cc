#include "installer/steps/account_steps.hpp"

#include "base/file.hpp"
#include "broker/auth/password_store.hpp"
#include "installer/prefix/environment.hpp"
#include "installer/prefix/profile_block.hpp"
#include "installer/prefix/tree.hpp"
#include "installer/steps/program_steps.hpp"
#include "templates/templates.hpp"

namespace mq::installer {
namespace {

Outcome<void> write_password_file(const Work& work) {
    const auto file = work.layout.password_file();
    if (!work.creates(created::password_file) && is_there(file) &&
        !is_there(kept_passwords(work.layout))) {
        if (auto kept = copy_whole_file(file, kept_passwords(work.layout)); !kept) {
            return kept;
        }
    }
    const auto hash = broker::PasswordHash::make(work.password);
    if (!hash) {
        return hash.error();
    }
    return broker::edit_password_file(file, broker::IfMissing::create,
                                      [&](broker::PasswordFile& passwords) -> Outcome<void> {
                                          const auto set = passwords.set(work.change.user, *hash);
                                          return set ? Outcome<void>{} : Outcome<void>{set.error()};
                                      });
}

Outcome<void> undo_password_file(const Work& work) {
    if (work.creates(created::password_file)) {
        return remove_tree(work.layout.password_file());
    }
    const auto kept = read_file(kept_passwords(work.layout));
    if (!kept) {
        return {};
    }
    auto back = replace_file(work.layout.password_file(), *kept);
    return back ? remove_tree(kept_passwords(work.layout)) : back;
}

Outcome<void> write_configuration(const Work& work) {
    if (!work.creates(created::configuration)) {
        return {};
    }
    return replace_file(
        work.layout.configuration(),
        templates::render("mosquitto.conf", {{"PORT", std::to_string(work.change.port)},
                                             {"WS_PORT", std::to_string(work.change.ws_port)},
                                             {"PREFIX", work.layout.prefix.string()}}),
        0600);
}

}  // namespace

std::vector<std::string> prefix_folders() {
    return {"versions", "etc", "etc/conf.d", "var", "backups"};
}

Step directories_step(const SharedWork& work) {
    return {"directories", "make the folders of " + work->layout.prefix.string(),
            [work]() -> Outcome<void> {
                for (const auto& name : prefix_folders()) {
                    const mode_t mode = name == "versions" ? 0755 : 0700;
                    if (auto made = make_directory(work->layout.prefix / name, mode); !made) {
                        return made;
                    }
                }
                return {};
            },
            [work]() -> Outcome<void> {
                // Written by a broker that was started to be proved, and is gone.
                for (const char* suffix : {"", "-wal", "-shm"}) {
                    if (work->creates(created::database)) {
                        auto removed = remove_tree(work->layout.database().string() + suffix);
                        if (!removed) {
                            return removed;
                        }
                    }
                }
                const auto names = prefix_folders();
                for (auto name = names.rbegin(); name != names.rend(); ++name) {
                    if (work->creates(*name)) {
                        remove_if_empty(work->layout.prefix / *name);
                    }
                }
                return {};
            }};
}

Step password_file_step(const SharedWork& work) {
    return {"password-file",
            "put the user " + work->change.user + " into " + work->layout.password_file().string(),
            [work] { return write_password_file(*work); },
            [work] { return undo_password_file(*work); }};
}

Step configuration_step(const SharedWork& work) {
    const auto file = work->layout.configuration().string();
    return {"configuration",
            work->creates(created::configuration)
                ? "write " + file + " (ports " + std::to_string(work->change.port) + " and " +
                      std::to_string(work->change.ws_port) + ")"
                : "leave " + file + " as it is",
            [work] { return write_configuration(*work); },
            [work] {
                return work->creates(created::configuration)
                           ? remove_tree(work->layout.configuration())
                           : Outcome<void>{};
            }};
}

Step environment_step(const SharedWork& work) {
    return {"environment", "write env.sh, env.fish and env.csh in " + work->layout.prefix.string(),
            [work]() -> Outcome<void> {
                for (const auto& [name, text] : environment_files(work->layout.prefix)) {
                    auto written = replace_file(work->layout.prefix / name, text, 0644);
                    if (!written) {
                        return written;
                    }
                }
                return {};
            },
            [work] { return remove_environment(*work); }};
}

std::vector<std::filesystem::path> profile_paths(const std::filesystem::path& home) {
    std::vector<std::filesystem::path> paths;
    for (const auto& file : profile_files(profile_options_of_host(home))) {
        paths.push_back(file.path);
    }
    return paths;
}

Step profile_step(const SharedWork& work) {
    std::string files;
    for (const auto& path : profile_paths(work->change.home)) {
        files += " " + path.string();
    }
    return {"profile", "add the marked block to" + files,
            [work]() -> Outcome<void> {
                for (const auto& file : profile_files(profile_options_of_host(work->change.home))) {
                    if (auto added = add_profile_block(file, work->layout.prefix); !added) {
                        return added.error();
                    }
                }
                return {};
            },
            [work] { return remove_profile(*work); }};
}

Outcome<void> remove_profile(const Work& work) {
    auto files = profile_files(profile_options_of_host(work.change.home));
    std::vector<std::filesystem::path> paths;
    if (const auto manifest = load_manifest(work.layout)) {
        paths.assign(manifest->profile_files.begin(), manifest->profile_files.end());
    }
    // Those of the manifest, and whatever this host would get today: the block decides.
    for (const auto& file : files) {
        paths.push_back(file.path);
    }
    for (const auto& path : paths) {
        if (!is_there(path)) {
            continue;
        }
        if (auto removed = remove_profile_block(path); !removed) {
            return removed.error();
        }
    }
    return {};
}

Outcome<void> remove_environment(const Work& work) {
    for (const auto& [name, text] : environment_files(work.layout.prefix)) {
        if (auto removed = remove_tree(work.layout.prefix / name); !removed) {
            return removed;
        }
    }
    return {};
}

}  // namespace mq::installer
