#include "base/runtime.hpp"
#include "installer/commands/command_line.hpp"
#include "installer/commands/interrupt.hpp"

#include <cstdio>
#include <exception>

int main(int argc, char** argv) {
    mq::runtime_init();
    mq::installer::note_interrupts();
    try {
        return mq::installer::run_command_line(argc, argv);
    } catch (const std::exception& error) {
        std::fprintf(stderr, "mqinstall: %s\n", error.what());
        return mq::installer::to_int(mq::installer::ExitCode::unexpected);
    }
}
