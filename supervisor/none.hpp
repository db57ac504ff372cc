#pragma once

#include "supervisor/driver.hpp"

namespace mq::supervisor {

/// A host where nothing keeps the broker running: it says how to run it by hand, and refuses to
/// start or stop it.
class NoneDriver final : public Driver {
 public:
    [[nodiscard]] std::string name() const override { return "none"; }
    [[nodiscard]] std::vector<std::filesystem::path> files(const Service&) const override {
        return {};
    }
    [[nodiscard]] FileState file_state(const Service&) const override { return FileState::none; }
    Outcome<void> install(const Service&) override { return {}; }
    Outcome<void> remove(const std::string&) override { return {}; }
    Outcome<void> start(const std::string& service) override;
    Outcome<void> stop(const std::string& service) override;
    Outcome<void> restart(const std::string& service) override;
    /// Always `absent`: there is nobody to ask.
    Outcome<Status> status(const std::string& service) override;
    [[nodiscard]] std::vector<std::string> remaining_commands(const Service& service, int port,
                                                              int ws_port) const override;
};

}  // namespace mq::supervisor
