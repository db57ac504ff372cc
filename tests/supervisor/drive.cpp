// Calls one function of the driver that fits, for the test with a real supervisord:
//   drive HOME SUPERVISORCTL install|remove|start|stop|restart|status|name
// Prints what it found; exits with 0 or the problem's exit code.
#include "supervisor/driver.hpp"

#include <cstdio>
#include <functional>

using namespace mq::supervisor;

namespace {

Service service_in(const std::string& home) {
    Service service;
    service.command = {home + "/mqhome/current/bin/mqbroker", "-c",
                       home + "/mqhome/etc/mosquitto.conf"};
    service.directory = home + "/mqhome";
    service.log_file = home + "/logs/mqhome.log";
    return service;
}

int report(const mq::Outcome<void>& done) {
    if (!done) {
        std::printf("%s\n", done.error().text().c_str());
    }
    return done ? 0 : done.error().exit_code;
}

int show_status(Driver& driver) {
    const auto status = driver.status("mqhome");
    if (!status) {
        std::printf("%s\n", status.error().text().c_str());
        return status.error().exit_code;
    }
    std::printf("%s %d\n", std::string(to_string(status->state)).c_str(), status->pid);
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 4) {
        return 2;
    }
    const std::string home = argv[1];
    const std::string action = argv[3];
    auto made = make_driver({home, "auto", argv[2]});
    if (!made) {
        return report(made.error());
    }
    Driver& driver = **made;
    if (action == "name") {
        std::printf("%s\n", driver.name().c_str());
        return 0;
    }
    if (action == "status") {
        return show_status(driver);
    }
    return report(action == "install"  ? driver.install(service_in(home))
                  : action == "remove" ? driver.remove("mqhome")
                  : action == "start"  ? driver.start("mqhome")
                  : action == "stop"   ? driver.stop("mqhome")
                                       : driver.restart("mqhome"));
}
