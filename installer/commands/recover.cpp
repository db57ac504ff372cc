#include "installer/commands/plans.hpp"
#include "installer/commands/verbs.hpp"
#include "installer/prefix/tree.hpp"

namespace mq::installer::commands {

Outcome<ExitCode> recover(const Context& context) {
    if (!is_there(context.layout.journal())) {
        context.output.say("There is nothing to recover.");
        return ExitCode::ok;
    }
    const auto lock = Lock::take(context.layout);
    if (!lock) {
        return lock.error();
    }
    const auto recovered = recover_unfinished(context);
    if (!recovered) {
        return recovered.error();
    }
    if (recovered->what == Recovered::nothing) {
        context.output.say("There is nothing to recover.");
    }
    if (!is_installed(context.layout)) {
        remove_empty_prefix(context.layout);
    }
    return ExitCode::ok;
}

}  // namespace mq::installer::commands
