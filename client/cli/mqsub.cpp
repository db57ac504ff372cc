// mqsub, also mosquitto_sub: prints the messages of its subscriptions.
#include "client/cli/program.hpp"
#include "client/cli/subscriber.hpp"

int main(int argc, char** argv) {
    return mq::cli::run_program(mq::cli::program_sub, argc, argv, [](mq::cli::Options& options) {
        return mq::cli::Subscriber(options).run();
    });
}
