#pragma once

#include "supervisor/supervisord.hpp"

namespace mq::supervisor {

/// Uberspace 7: an own supervisord for each account, and the command `uberspace` that opens the way
/// from outside. Nothing is opened by itself: a web backend replaces what is served there now.
class Uberspace7Driver final : public SupervisordDriver {
 public:
    using SupervisordDriver::SupervisordDriver;

    [[nodiscard]] std::string name() const override { return "uberspace7"; }
    [[nodiscard]] std::vector<std::string> remaining_commands(const Service& service, int port,
                                                              int ws_port) const override;
};

}  // namespace mq::supervisor
