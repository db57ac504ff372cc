#include "supervisor/driver.hpp"

#include "supervisor/command.hpp"
#include "supervisor/none.hpp"
#include "supervisor/supervisorctl.hpp"
#include "supervisor/supervisord.hpp"
#include "supervisor/uberspace7.hpp"

#include <cctype>
#include <thread>

namespace mq::supervisor {
namespace {

constexpr std::chrono::milliseconds poll_interval{200};

/// `supervisorctl pid` prints a number only where supervisord answers.
bool answers(const Supervisorctl& supervisorctl) {
    const auto answer = supervisorctl.run({"pid"}, std::chrono::seconds(20));
    return answer && !answer->text.empty() &&
           std::isdigit(static_cast<unsigned char>(answer->text.front())) != 0;
}

std::string driver_that_fits(const Supervisorctl& supervisorctl) {
    const bool has_supervisorctl = command_exists(supervisorctl.program());
    if (has_supervisorctl && command_exists("uberspace")) {
        return "uberspace7";
    }
    return has_supervisorctl && answers(supervisorctl) ? "supervisord" : "none";
}

}  // namespace

std::string_view to_string(State state) {
    switch (state) {
        case State::absent:
            return "not installed";
        case State::stopped:
            return "stopped";
        case State::starting:
            return "starting";
        case State::running:
            return "running";
        case State::backoff:
            return "backoff";
        case State::stopping:
            return "stopping";
        case State::exited:
            return "exited";
        case State::fatal:
            return "fatal";
        case State::unknown:
            break;
    }
    return "unknown";
}

Outcome<Status> Driver::wait_until(const std::string& service,
                                   const std::function<bool(const Status&)>& enough,
                                   std::chrono::milliseconds timeout) {
    const auto deadline = std::chrono::steady_clock::now() + timeout;
    for (;;) {
        auto now = status(service);
        if (!now || enough(*now) || std::chrono::steady_clock::now() >= deadline) {
            return now;
        }
        std::this_thread::sleep_for(poll_interval);
    }
}

Outcome<std::unique_ptr<Driver>> make_driver(const HostOptions& options) {
    auto command = split_command(options.supervisorctl);
    if (command.empty()) {
        return Problem{"--supervisorctl is empty", "nothing was done", "", 2};
    }
    const Supervisorctl supervisorctl(std::move(command));
    const std::string name =
        options.driver == "auto" ? driver_that_fits(supervisorctl) : options.driver;
    if (name == "uberspace7") {
        return std::unique_ptr<Driver>(new Uberspace7Driver(options.home, supervisorctl));
    }
    if (name == "supervisord") {
        return std::unique_ptr<Driver>(new SupervisordDriver(options.home, supervisorctl));
    }
    if (name == "none") {
        return std::unique_ptr<Driver>(new NoneDriver());
    }
    return Problem{"there is no host driver " + name, "nothing was done",
                   "Choose one of: auto, uberspace7, supervisord, none.", 2};
}

}  // namespace mq::supervisor
