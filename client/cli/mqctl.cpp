#include "client/cli/ctl_commands.hpp"
#include "client/cli/ctl_options.hpp"
#include "client/cli/ctl_verbs.hpp"
#include "client/cli/help.hpp"
#include "client/cli/program.hpp"

#include <cstdio>

namespace mq::cli {
namespace {

/// Whatever needs no broker; false where it does.
bool run_alone(const CtlOptions& options) {
    switch (options.verb) {
        case CtlVerb::help:
        case CtlVerb::broker_help:
            std::fputs(help_text(program_ctl, ctl_commands_help()).c_str(), stdout);
            return true;
        case CtlVerb::version:
            std::fputs(version_text(program_ctl).c_str(), stdout);
            return true;
        default:
            return false;
    }
}

/// --help and --version end with 1, as those of mosquitto_ctrl do.
Outcome<int> run(int argc, char** argv) {
    auto options = read_ctl_options(argc, argv);
    if (!options) {
        return options.error();
    }
    if (run_alone(*options)) {
        const bool asked = argc > 1 && options->verb != CtlVerb::broker_help;
        return asked ? ctl_exit_failed : 0;
    }
    if (options->verb == CtlVerb::dynsec) {
        return Problem{"Dynamic security is not there yet: it comes with a later version", "",
                       "Users and rules are in password_file and acl_file; see: mqpasswd --help",
                       ctl_exit_failed};
    }
    const auto done = run_ctl(*options);
    if (!done && options->broker.quiet) {
        return done.error().exit_code;
    }
    return done ? Outcome<int>(0) : done.error();
}

}  // namespace
}  // namespace mq::cli

int main(int argc, char** argv) {
    return mq::cli::run_main("mqctl", [&] { return mq::cli::run(argc, argv); });
}
