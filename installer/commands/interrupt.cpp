#include "installer/commands/interrupt.hpp"

#include <csignal>
#include <initializer_list>

namespace mq::installer {
namespace {

volatile std::sig_atomic_t signal_came = 0;

extern "C" void note_signal(int) {
    signal_came = 1;
}

}  // namespace

void note_interrupts() {
    struct sigaction action {};
    action.sa_handler = note_signal;
    for (const int number : {SIGINT, SIGTERM, SIGHUP}) {
        struct sigaction before {};
        // What the caller ignores stays ignored, as under nohup.
        if (::sigaction(number, nullptr, &before) == 0 && before.sa_handler != SIG_IGN) {
            ::sigaction(number, &action, nullptr);
        }
    }
}

bool interrupted() {
    return signal_came != 0;
}

}  // namespace mq::installer
