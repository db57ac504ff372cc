// mqbench: publishes and receives as much as is wanted, and tells how fast that is.
#include "client/cli/bench_options.hpp"
#include "client/cli/bench_report.hpp"
#include "client/cli/bench_run.hpp"
#include "client/cli/help.hpp"
#include "client/cli/program.hpp"

#include <cstdio>

namespace mq::cli {
namespace {

constexpr int exit_lossy = 2;

Outcome<int> run(int argc, char** argv) {
    auto options = read_bench_options(argc, argv);
    if (!options) {
        return options.error();
    }
    const Options& broker = options->broker;
    if (broker.help || broker.show_version) {
        std::fputs((broker.help ? help_text(program_bench) : version_text(program_bench)).c_str(),
                   stdout);
        return exit_not_started;
    }
    const auto counts = BenchRun(*options).run();
    if (!counts) {
        return counts.error();
    }
    std::fputs(
        (broker.json ? bench_json(*options, *counts) : bench_text(*options, *counts)).c_str(),
        stdout);
    return bench_went_well(*options, *counts) ? 0 : exit_lossy;
}

}  // namespace
}  // namespace mq::cli

int main(int argc, char** argv) {
    return mq::cli::run_main("mqbench", [&] { return mq::cli::run(argc, argv); });
}
