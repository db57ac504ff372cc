#include "supervisor/uberspace7.hpp"

namespace mq::supervisor {

std::vector<std::string> Uberspace7Driver::remaining_commands(const Service&, int port,
                                                              int ws_port) const {
    return {
        "uberspace web backend set / --http --port " + std::to_string(ws_port),
        "uberspace port add",
        "mqinstall service restart   # after you wrote the number of that port in place of " +
            std::to_string(port) + " behind `listener` in etc/mosquitto.conf",
    };
}

}  // namespace mq::supervisor
