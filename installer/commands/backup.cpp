#include "installer/prefix/backup.hpp"

#include "installer/commands/broker_control.hpp"
#include "installer/commands/verbs.hpp"
#include "installer/prefix/configuration.hpp"
#include "installer/prefix/database_copy.hpp"
#include "installer/prefix/tree.hpp"
#include "installer/steps/data_steps.hpp"

namespace mq::installer::commands {

Outcome<ExitCode> backup(const Context& context, const BackupOptions& options) {
    const auto manifest = load_manifest(context.layout);
    if (!manifest) {
        return manifest.error();
    }
    const auto driver = context.make_driver(&*manifest);
    if (!driver) {
        return driver.error();
    }
    BackupSource source;
    source.layout = context.layout;
    source.home = context.home;
    source.version = manifest->version;
    source.service_files = (*driver)->files(broker_service(context.home, context.layout));
    source.profile_files.assign(manifest->profile_files.begin(), manifest->profile_files.end());
    if (const auto facts = read_configuration(context.layout.configuration())) {
        source.database = facts->database;
    }
    const auto file = options.file.empty() ? new_backup_name(context.layout, manifest->version)
                                           : std::filesystem::absolute(options.file);
    if (context.options.dry_run) {
        context.output.say("mqinstall backup would write " + file.string());
        return ExitCode::ok;
    }
    if (is_there(file)) {
        return Problem{file.string() + " is there already", "Nothing was changed.",
                       "Choose another name.", to_int(ExitCode::conflict)};
    }
    const auto lock = begin_change(context);
    if (!lock) {
        return lock.error();
    }
    if (const auto state = broker_state(context, *manifest)) {
        save_database(state->pid, source.database, save_timeout);
    }
    if (auto written = write_backup(source, file); !written) {
        return written.error();
    }
    context.output.say("Backed up to " + file.string() + ", and read back.");
    context.output.set("backup", file.string());
    return ExitCode::ok;
}

}  // namespace mq::installer::commands
