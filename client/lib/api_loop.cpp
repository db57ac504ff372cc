/// The loop, in its three ways.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/guarded.hpp"

using namespace mq::client;

namespace {

/// `run(client)`, if there is one.
template <class Run>
int on(mosquitto* mosq, bool right, const Run& run) {
    return guarded([&] { return mosq == nullptr || !right ? int{MOSQ_ERR_INVAL} : run(*mosq); });
}

}  // namespace

int mosquitto_loop_forever(mosquitto* mosq, int timeout, int max_packets) {
    return on(mosq, max_packets > 0,
              [&](mosquitto& client) { return client.loop_forever(timeout); });
}

int mosquitto_loop_start(mosquitto* mosq) {
    return on(mosq, true, [](mosquitto& client) { return client.start_thread(); });
}

int mosquitto_loop_stop(mosquitto* mosq, bool force) {
    return on(mosq, true, [&](mosquitto& client) { return client.stop_thread(force); });
}

int mosquitto_loop(mosquitto* mosq, int timeout, int max_packets) {
    return on(mosq, max_packets > 0, [&](mosquitto& client) { return client.loop(timeout); });
}

int mosquitto_loop_read(mosquitto* mosq, int max_packets) {
    return on(mosq, max_packets > 0, [](mosquitto& client) { return client.loop_read(); });
}

int mosquitto_loop_write(mosquitto* mosq, int max_packets) {
    return on(mosq, max_packets > 0, [](mosquitto& client) { return client.loop_write(); });
}

int mosquitto_loop_misc(mosquitto* mosq) {
    return on(mosq, true, [](mosquitto& client) { return client.loop_misc(); });
}

int mosquitto_socket(mosquitto* mosq) {
    return mosq == nullptr ? -1 : mosq->socket();
}

bool mosquitto_want_write(mosquitto* mosq) {
    return mosq != nullptr && mosq->wants_to_write();
}

/// Nothing to switch: every function may be called from any thread at any time.
int mosquitto_threaded_set(mosquitto* mosq, bool /*threaded*/) {
    return mosq == nullptr ? MOSQ_ERR_INVAL : MOSQ_ERR_SUCCESS;
}
