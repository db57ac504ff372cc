#pragma once

#include "supervisor/driver.hpp"
#include "supervisor/supervisorctl.hpp"

#include <filesystem>
#include <string>
#include <vector>

namespace mq::supervisor {

/// A supervisord that includes `~/etc/services.d/*.ini`, asked through supervisorctl.
///
/// One broken file there blocks every change for all programs of the account. So a new file is
/// complete before it has its name, and goes back to what was there when supervisord refuses it.
/// Exit codes of supervisorctl say little; what counts is the state word asked for afterwards.
class SupervisordDriver : public Driver {
 public:
    SupervisordDriver(std::filesystem::path home, Supervisorctl supervisorctl)
        : home_(std::move(home)), supervisorctl_(std::move(supervisorctl)) {}

    [[nodiscard]] std::string name() const override { return "supervisord"; }
    [[nodiscard]] std::vector<std::filesystem::path> files(const Service& service) const override;
    [[nodiscard]] FileState file_state(const Service& service) const override;
    Outcome<void> install(const Service& service) override;
    Outcome<void> remove(const std::string& service) override;
    Outcome<void> start(const std::string& service) override;
    Outcome<void> stop(const std::string& service) override;
    Outcome<void> restart(const std::string& service) override;
    Outcome<Status> status(const std::string& service) override;
    [[nodiscard]] std::vector<std::string> remaining_commands(const Service& service, int port,
                                                              int ws_port) const override;

 private:
    [[nodiscard]] std::filesystem::path file_of(const std::string& service) const;
    Outcome<void> write_file(const Service& service);
    Outcome<void> make_known(const std::string& service);
    Outcome<void> require_running(const std::string& service);

    std::filesystem::path home_;
    Supervisorctl supervisorctl_;
};

}  // namespace mq::supervisor
