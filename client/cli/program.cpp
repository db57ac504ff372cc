#include "client/cli/program.hpp"

#include "base/runtime.hpp"
#include "client/cli/help.hpp"
#include "client/cli/option_parser.hpp"
#include "client/cli/standard_output.hpp"

#include <csignal>
#include <cstdio>
#include <cstring>
#include <exception>

namespace mq::cli {
namespace {

Outcome<int> run(Program program, int argc, char** argv, Work work) {
    auto options = read_options(program, argc, argv);
    if (!options) {
        return options.error();
    }
    if (options->help || options->show_version) {
        std::fputs((options->help ? help_text(program) : version_text(program)).c_str(), stdout);
        return exit_not_started;
    }
    auto result = work(*options);
    if (!result && options->quiet) {
        return result.error().exit_code;  // --quiet: only wrong arguments are told
    }
    return result;
}

}  // namespace

int run_main(const char* name, const std::function<Outcome<int>()>& work) {
    // A reader of our output that goes ends us, as it does other programs in a pipeline.
    auto* const broken_pipe = std::signal(SIGPIPE, SIG_DFL);
    runtime_init();
    std::signal(SIGPIPE, broken_pipe);
    static char buffer[std::size_t{64} << 10];
    std::setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    int code = exit_not_started;
    bool told = true;  // why it has failed
    mosquitto_lib_init();
    try {
        const auto result = work();
        code = result ? *result : result.error().exit_code;
        told = !result;
        if (!result) {
            std::fprintf(stderr, "%s: %s\n", name, result.error().text().c_str());
        }
    } catch (const std::exception& error) {
        std::fprintf(stderr, "%s: %s\n", name, error.what());
    }
    mosquitto_lib_cleanup();
    if (!flush_output() && !told) {
        std::fprintf(stderr, "%s: Cannot write to standard output: %s\n", name,
                     std::strerror(output_error()));
        return exit_not_started;
    }
    return code;
}

int run_program(Program program, int argc, char** argv, Work work) {
    return run_main(program_name(program), [&] { return run(program, argc, argv, work); });
}

}  // namespace mq::cli
