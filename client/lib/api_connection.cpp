/// Connecting and leaving.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/guarded.hpp"
#include "client/lib/property.hpp"

using namespace mq::client;

namespace {

constexpr int keep_alive_max = 65'535;
constexpr int port_max = 65'535;

bool is_keep_alive(int seconds) {
    constexpr int shortest = 2;
    return seconds == 0 || (seconds >= shortest && seconds <= keep_alive_max);
}

/// What is wrong with properties for this packet, if anything.
int check(mosquitto& client, int command, const mosquitto_property* properties) {
    if (properties == nullptr) {
        return MOSQ_ERR_SUCCESS;
    }
    const auto lock = client.lock();
    if (client.settings().version != mq::mqtt::Version::v5) {
        return MOSQ_ERR_NOT_SUPPORTED;
    }
    return check_properties(command, properties);
}

int connect_to(mosquitto* mosq, const Client::Target& target, bool wait) {
    return guarded([&] {
        const bool right = mosq != nullptr && target.host != nullptr && *target.host != '\0' &&
                           target.port >= 0 && target.port <= port_max &&
                           is_keep_alive(target.keep_alive);
        if (!right) {
            return int{MOSQ_ERR_INVAL};
        }
        const int problem = check(*mosq, CMD_CONNECT, target.properties);
        return problem == MOSQ_ERR_SUCCESS ? mosq->connect(target, wait) : problem;
    });
}

}  // namespace

int mosquitto_connect(mosquitto* mosq, const char* host, int port, int keepalive) {
    return connect_to(mosq, {host, port, keepalive, nullptr, nullptr}, true);
}

int mosquitto_connect_bind(mosquitto* mosq, const char* host, int port, int keepalive,
                           const char* bind_address) {
    return connect_to(mosq, {host, port, keepalive, bind_address, nullptr}, true);
}

int mosquitto_connect_bind_v5(mosquitto* mosq, const char* host, int port, int keepalive,
                              const char* bind_address, const mosquitto_property* properties) {
    return connect_to(mosq, {host, port, keepalive, bind_address, properties}, true);
}

int mosquitto_connect_async(mosquitto* mosq, const char* host, int port, int keepalive) {
    return connect_to(mosq, {host, port, keepalive, nullptr, nullptr}, false);
}

int mosquitto_connect_bind_async(mosquitto* mosq, const char* host, int port, int keepalive,
                                 const char* bind_address) {
    return connect_to(mosq, {host, port, keepalive, bind_address, nullptr}, false);
}

int mosquitto_connect_srv(mosquitto* mosq, const char* host, int keepalive,
                          const char* /*bind_address*/) {
    const bool right = mosq != nullptr && host != nullptr && is_keep_alive(keepalive);
    return right ? MOSQ_ERR_NOT_SUPPORTED : MOSQ_ERR_INVAL;
}

int mosquitto_reconnect(mosquitto* mosq) {
    return guarded([&] { return mosq == nullptr ? int{MOSQ_ERR_INVAL} : mosq->reconnect(true); });
}

int mosquitto_reconnect_async(mosquitto* mosq) {
    return guarded([&] { return mosq == nullptr ? int{MOSQ_ERR_INVAL} : mosq->reconnect(false); });
}

int mosquitto_disconnect(mosquitto* mosq) {
    return mosquitto_disconnect_v5(mosq, 0, nullptr);
}

int mosquitto_disconnect_v5(mosquitto* mosq, int reason_code,
                            const mosquitto_property* properties) {
    return guarded([&] {
        if (mosq == nullptr || reason_code < 0 || reason_code > 255) {
            return int{MOSQ_ERR_INVAL};
        }
        const int problem = check(*mosq, CMD_DISCONNECT, properties);
        return problem == MOSQ_ERR_SUCCESS ? mosq->disconnect(reason_code, properties) : problem;
    });
}
