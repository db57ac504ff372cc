#include "installer/commands/plans.hpp"
#include "installer/commands/prompt.hpp"
#include "installer/commands/transition.hpp"
#include "installer/commands/verbs.hpp"
#include "installer/prefix/backup.hpp"
#include "installer/prefix/tree.hpp"

namespace mq::installer::commands {

Outcome<ExitCode> restore(const Context& context, const RestoreOptions& options) {
    // A name alone means a file of backups/.
    auto file = std::filesystem::absolute(options.backup);
    if (!options.backup.has_parent_path() && !is_there(file)) {
        file = context.layout.backups() / options.backup;
    }
    const auto verified = verify_backup(file);
    if (!verified) {
        return verified.error();
    }
    auto transition = Transition::begin(context);
    if (!transition) {
        return transition.error();
    }
    auto work = transition->decide("restore", transition->manifest().version);
    if (!work) {
        return work.error();
    }
    (*work)->change.source = file;
    if (!context.options.dry_run) {
        const auto sure = confirm(context.options, "Replace " + context.layout.etc().string() +
                                                       " and the stored messages by those of " +
                                                       file.filename().string() + "?");
        if (!sure) {
            return sure.error();
        }
        if (!*sure) {
            context.output.say("Nothing was changed.");
            return ExitCode::ok;
        }
    }
    return transition->run(*work);
}

}  // namespace mq::installer::commands
