#include "tests/bench/idle.hpp"

#include "tests/bench/client.hpp"

#include <vector>

namespace mq::bench {

IdleResult run_idle(const Options& options, const BrokerProcess& broker) {
    IdleResult result;
    result.before = broker.memory();
    std::vector<Client> clients;
    for (std::uint64_t index = 0; index < options.clients; ++index) {
        const std::string number = std::to_string(index);
        clients.emplace_back(options.port, "device-" + number);
        clients.back().subscribe("devices/" + number + "/commands", mqtt::QoS::at_least_once);
    }
    result.after = broker.memory();
    return result;
}

}  // namespace mq::bench
