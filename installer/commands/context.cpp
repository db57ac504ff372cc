#include "installer/commands/context.hpp"

#include "installer/plan/journal.hpp"

namespace mq::installer {

Outcome<std::unique_ptr<supervisor::Driver>> Context::make_driver(const Manifest* manifest) const {
    supervisor::HostOptions host;
    host.home = home;
    if (!options.host_driver.empty()) {
        host.driver = options.host_driver;
    } else if (manifest != nullptr) {
        host.driver = manifest->driver;
    }
    if (!options.supervisorctl.empty()) {
        host.supervisorctl = options.supervisorctl;
    } else if (manifest != nullptr) {
        host.supervisorctl = manifest->supervisorctl;
    }
    return driver_factory(host);
}

supervisor::Service broker_service(const std::filesystem::path& home, const Layout& layout) {
    supervisor::Service service;
    service.name = service_name;
    service.command = {layout.broker().string(), "-c", layout.configuration().string()};
    service.directory = layout.prefix;
    service.log_file = home / "logs" / (std::string(service_name) + ".log");
    return service;
}

Outcome<Lock> begin_change(const Context& context) {
    // The lock would make a prefix where there is none.
    if (!is_installed(context.layout)) {
        if (auto manifest = load_manifest(context.layout); !manifest) {
            return manifest.error();
        }
    }
    auto lock = Lock::take(context.layout);
    if (!lock) {
        return lock;
    }
    const auto record = Journal::read(context.layout.journal());
    if (!record) {
        return record.error();
    }
    if (*record && !(*record)->finished) {
        return Problem{"an earlier `mqinstall " + (*record)->command + "` was cut off",
                       "Nothing was changed.",
                       "Type `mqinstall recover` first: it finishes that run or takes it back.",
                       to_int(ExitCode::unfinished)};
    }
    return lock;
}

}  // namespace mq::installer
