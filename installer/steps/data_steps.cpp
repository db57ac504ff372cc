#include "installer/steps/data_steps.hpp"

#include "installer/prefix/database_copy.hpp"
#include "installer/prefix/tree.hpp"
#include "installer/steps/program_steps.hpp"

namespace mq::installer {

BackupSource backup_source(const Work& work) {
    BackupSource source;
    source.layout = work.layout;
    source.home = work.change.home;
    source.version = work.change.from;
    source.database = work.change.database;
    source.service_files = work.driver->files(work.service);
    if (const auto manifest = load_manifest(work.layout)) {
        source.profile_files.assign(manifest->profile_files.begin(), manifest->profile_files.end());
    }
    return source;
}

Step backup_step(const SharedWork& work) {
    return {"backup",
            "back up configuration, passwords and data to " + work->change.backup.string() +
                ", and read it back",
            [work] {
                if (const auto status = work->driver->status(work->service.name)) {
                    save_database(status->pid, work->change.database, save_timeout);
                }
                return write_backup(backup_source(*work), work->change.backup);
            },
            {}};
}

Step keep_database_step(const SharedWork& work) {
    return {"keep-database", "keep a copy of " + work->change.database.string(),
            [work] { return keep_database(work->change.database, kept_database(work->layout)); },
            [work]() -> Outcome<void> {
                const auto kept = kept_database(work->layout);
                if (auto back = bring_back_database(work->change.database, kept); !back) {
                    return back;
                }
                if (!is_there(kept)) {
                    return {};
                }
                // Under its other name it is no complete copy any more, so that a removal that is
                // cut off is never taken for one.
                const std::filesystem::path gone = kept.string() + ".new";
                auto renamed = rename_entry(kept, gone);
                return renamed ? remove_tree(gone) : renamed;
            }};
}

}  // namespace mq::installer
