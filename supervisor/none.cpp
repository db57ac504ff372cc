#include "supervisor/none.hpp"

#include "base/quote.hpp"

namespace mq::supervisor {
namespace {

Problem refusal(const std::string& verb) {
    return {"there is no service manager to " + verb + " the broker with (host driver none)",
            "nothing was changed",
            "Run it by hand, best inside screen or tmux; `mqinstall status` prints the command. "
            "Where supervisord is there: mqinstall install --host-driver supervisord",
            7};
}

}  // namespace

Outcome<void> NoneDriver::start(const std::string&) {
    return refusal("start");
}

Outcome<void> NoneDriver::stop(const std::string&) {
    return refusal("stop");
}

Outcome<void> NoneDriver::restart(const std::string&) {
    return refusal("restart");
}

Outcome<Status> NoneDriver::status(const std::string&) {
    return Status{State::absent, 0, "no service manager"};
}

std::vector<std::string> NoneDriver::remaining_commands(const Service& service, int, int) const {
    std::string line;
    for (const auto& argument : service.command) {
        const bool plain = argument.find_first_not_of(
                               "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRS"
                               "TUVWXYZ0123456789-_./") == std::string::npos;
        line += line.empty() ? "" : " ";
        line += plain ? argument : quote_posix(argument);
    }
    return {line};
}

}  // namespace mq::supervisor
