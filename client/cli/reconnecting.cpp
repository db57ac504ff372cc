#include "client/cli/reconnecting.hpp"

namespace mq::cli {
namespace {

constexpr std::chrono::seconds pause{1};

}  // namespace

bool may_reconnect(int error) {
    switch (error) {
        case MOSQ_ERR_NOMEM:
        case MOSQ_ERR_PROTOCOL:
        case MOSQ_ERR_INVAL:
        case MOSQ_ERR_NOT_FOUND:
        case MOSQ_ERR_TLS:
        case MOSQ_ERR_PAYLOAD_SIZE:
        case MOSQ_ERR_NOT_SUPPORTED:
        case MOSQ_ERR_AUTH:
        case MOSQ_ERR_ACL_DENIED:
        case MOSQ_ERR_UNKNOWN:
        case MOSQ_ERR_EAI:
        case MOSQ_ERR_PROXY:
            return false;
        default:
            return true;
    }
}

bool reconnect_until_up(Connection& connection, Interrupts& interrupts) {
    if (!may_reconnect(connection.result())) {
        return false;
    }
    while (true) {
        const auto until = Connection::Clock::now() + pause;
        while (Connection::Clock::now() < until) {
            connection.turn(interrupts, -1, until);
            if (interrupts.signalled() || interrupts.timed_out()) {
                return false;
            }
        }
        if (connection.reconnect(interrupts)) {
            return true;
        }
    }
}

}  // namespace mq::cli
