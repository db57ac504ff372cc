// mqrr, also mosquitto_rr: sends a request and prints the response.
#include "client/cli/program.hpp"
#include "client/cli/requester.hpp"

int main(int argc, char** argv) {
    return mq::cli::run_program(mq::cli::program_rr, argc, argv, [](mq::cli::Options& options) {
        return mq::cli::Requester(options).run();
    });
}
