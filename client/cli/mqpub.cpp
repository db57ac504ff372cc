// mqpub, also mosquitto_pub: publishes messages.
#include "client/cli/program.hpp"
#include "client/cli/publisher.hpp"

int main(int argc, char** argv) {
    return mq::cli::run_program(mq::cli::program_pub, argc, argv, [](mq::cli::Options& options) {
        return mq::cli::Publisher(options).run();
    });
}
