#include "base/runtime.hpp"
#include "client/cli/ctl_options.hpp"
#include "client/cli/ctl_verbs.hpp"
#include "client/cli/help.hpp"

#include <cstdio>
#include <exception>
#include <mosquitto.h>

namespace mq::cli {
namespace {

int complain(const Problem& problem) {
    std::fprintf(stderr, "mqctl: %s\n", problem.text().c_str());
    return problem.exit_code == 0 ? ctl_exit_failed : problem.exit_code;
}

/// Whatever needs no broker; false where it does.
bool run_alone(const CtlOptions& options) {
    switch (options.verb) {
        case CtlVerb::help:
        case CtlVerb::broker_help:
            std::fputs(help_text(program_ctl).c_str(), stdout);
            return true;
        case CtlVerb::version:
            std::fputs(version_text(program_ctl).c_str(), stdout);
            return true;
        default:
            return false;
    }
}

/// --help and --version end with 1, as those of mosquitto_ctrl do.
int run(int argc, char** argv) {
    auto options = read_ctl_options(argc, argv);
    if (!options) {
        return complain(options.error());
    }
    if (run_alone(*options)) {
        const bool asked = argc > 1 && options->verb != CtlVerb::broker_help;
        return asked ? ctl_exit_failed : 0;
    }
    if (options->verb == CtlVerb::dynsec) {
        return complain({"Dynamic security is not there yet: it comes with a later version", "",
                         "Users and rules are in password_file and acl_file; see: mqpasswd --help",
                         ctl_exit_failed});
    }
    const auto done = run_ctl(*options);
    return done ? 0 : complain(done.error());
}

}  // namespace
}  // namespace mq::cli

int main(int argc, char** argv) {
    mq::runtime_init();
    mosquitto_lib_init();
    int code = mq::cli::ctl_exit_failed;
    try {
        code = mq::cli::run(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mqctl: %s\n", error.what());
    }
    mosquitto_lib_cleanup();
    return code;
}
