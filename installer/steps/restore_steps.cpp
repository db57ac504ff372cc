#include "installer/steps/restore_steps.hpp"

#include "installer/prefix/backup.hpp"
#include "installer/prefix/database_copy.hpp"
#include "installer/prefix/tree.hpp"
#include "installer/steps/program_steps.hpp"
#include "installer/steps/service_steps.hpp"

namespace mq::installer {
namespace {

std::filesystem::path unpacked_backup(const Layout& layout) {
    return layout.state() / "restore.new";
}

Outcome<void> unpack(const Work& work) {
    const auto verified = verify_backup(work.change.source);
    if (!verified) {
        return verified.error();
    }
    const auto folder = unpacked_backup(work.layout);
    auto done = remove_tree(folder);
    if (done) {
        done = make_directory(folder, 0700);
    }
    if (done) {
        done = unpack_backup(work.change.source, folder);
    }
    // Folders are not in the archive; what was private stays so.
    std::error_code error;
    std::filesystem::permissions(
        folder / "etc", std::filesystem::status(work.layout.etc(), error).permissions(), error);
    return done ? sync_tree(folder) : done;
}

/// Moves `now` to `kept` and `next` to its place; done again it goes on where it stopped.
Outcome<void> exchange(const std::filesystem::path& now, const std::filesystem::path& next,
                       const std::filesystem::path& kept) {
    if (!is_there(next)) {
        return {};
    }
    if (is_there(now) && !is_there(kept)) {
        if (auto moved = rename_entry(now, kept); !moved) {
            return moved;
        }
    }
    return rename_entry(next, now);
}

Outcome<void> exchange_all(const Work& work) {
    const auto folder = unpacked_backup(work.layout);
    const auto kept = kept_configuration(work.layout);
    auto done = make_directory(kept, 0700);
    if (done) {
        done = exchange(work.layout.etc(), folder / "etc", kept / "etc");
    }
    if (done) {
        done = make_directory(work.layout.etc() / "conf.d", 0700);
    }
    const auto& database = work.change.database;
    const auto next = folder / "var" / database.filename();
    if (done && !database.empty() && is_there(next)) {
        done = keep_database(database, kept_database(work.layout));
        for (const char* suffix : {"-wal", "-shm"}) {
            if (done) {
                done = remove_tree(database.string() + suffix);
            }
        }
        if (done) {
            done = copy_whole_file(next, database);
        }
    }
    return done ? remove_tree(folder) : done;
}

Outcome<void> bring_back(const Work& work) {
    const auto kept = kept_configuration(work.layout);
    auto done = bring_back_database(work.change.database, kept_database(work.layout));
    if (done && is_there(kept / "etc")) {
        done = remove_tree(work.layout.etc());
        if (done) {
            done = rename_entry(kept / "etc", work.layout.etc());
        }
    }
    return done ? remove_tree(kept) : done;
}

}  // namespace

Step unpack_backup_step(const SharedWork& work) {
    return {"unpack-backup", "check " + work->change.source.string() + " and unpack it",
            [work] { return unpack(*work); },
            [work] { return remove_tree(unpacked_backup(work->layout)); }};
}

Step exchange_step(const SharedWork& work) {
    return {"exchange",
            "put " + work->layout.etc().string() + " and the data of the backup in place",
            [work] { return exchange_all(*work); }, [work] { return bring_back(*work); }};
}

Step listen_step(const SharedWork& work) {
    return {"start", "start the service " + work->service.name + " and wait until it listens",
            [work]() -> Outcome<void> {
                auto started = work->driver->start(work->service.name);
                return started ? wait_until_listening(*work) : started;
            },
            [work] { return work->driver->stop(work->service.name); }};
}

}  // namespace mq::installer
