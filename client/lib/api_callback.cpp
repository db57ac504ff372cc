/// Which functions of the application are called.

#include "client/include/mosquitto.h"
#include "client/lib/client.hpp"
#include "client/lib/guarded.hpp"

using namespace mq::client;

namespace {

template <class Function>
void set(mosquitto* mosq, Function Callbacks::*place, Function function) {
    guarded([&] {
        if (mosq != nullptr) {
            const auto lock = mosq->lock();
            mosq->callbacks().*place = function;
        }
        return MOSQ_ERR_SUCCESS;
    });
}

}  // namespace

void mosquitto_connect_callback_set(mosquitto* mosq, LIBMOSQ_CB_connect on_connect) {
    set(mosq, &Callbacks::connect, on_connect);
}

void mosquitto_connect_with_flags_callback_set(mosquitto* mosq,
                                               LIBMOSQ_CB_connect_with_flags on_connect) {
    set(mosq, &Callbacks::connect_with_flags, on_connect);
}

void mosquitto_connect_v5_callback_set(mosquitto* mosq, LIBMOSQ_CB_connect_v5 on_connect) {
    set(mosq, &Callbacks::connect_v5, on_connect);
}

void mosquitto_pre_connect_callback_set(mosquitto* mosq, LIBMOSQ_CB_pre_connect on_pre_connect) {
    set(mosq, &Callbacks::pre_connect, on_pre_connect);
}

void mosquitto_disconnect_callback_set(mosquitto* mosq, LIBMOSQ_CB_disconnect on_disconnect) {
    set(mosq, &Callbacks::disconnect, on_disconnect);
}

void mosquitto_disconnect_v5_callback_set(mosquitto* mosq, LIBMOSQ_CB_disconnect_v5 on_disconnect) {
    set(mosq, &Callbacks::disconnect_v5, on_disconnect);
}

void mosquitto_publish_callback_set(mosquitto* mosq, LIBMOSQ_CB_publish on_publish) {
    set(mosq, &Callbacks::publish, on_publish);
}

void mosquitto_publish_v5_callback_set(mosquitto* mosq, LIBMOSQ_CB_publish_v5 on_publish) {
    set(mosq, &Callbacks::publish_v5, on_publish);
}

void mosquitto_message_callback_set(mosquitto* mosq, LIBMOSQ_CB_message on_message) {
    set(mosq, &Callbacks::message, on_message);
}

void mosquitto_message_v5_callback_set(mosquitto* mosq, LIBMOSQ_CB_message_v5 on_message) {
    set(mosq, &Callbacks::message_v5, on_message);
}

void mosquitto_subscribe_callback_set(mosquitto* mosq, LIBMOSQ_CB_subscribe on_subscribe) {
    set(mosq, &Callbacks::subscribe, on_subscribe);
}

void mosquitto_subscribe_v5_callback_set(mosquitto* mosq, LIBMOSQ_CB_subscribe_v5 on_subscribe) {
    set(mosq, &Callbacks::subscribe_v5, on_subscribe);
}

void mosquitto_unsubscribe_callback_set(mosquitto* mosq, LIBMOSQ_CB_unsubscribe on_unsubscribe) {
    set(mosq, &Callbacks::unsubscribe, on_unsubscribe);
}

void mosquitto_unsubscribe_v5_callback_set(mosquitto* mosq,
                                           LIBMOSQ_CB_unsubscribe_v5 on_unsubscribe) {
    set(mosq, &Callbacks::unsubscribe_v5, on_unsubscribe);
}

void mosquitto_unsubscribe2_v5_callback_set(mosquitto* mosq,
                                            LIBMOSQ_CB_unsubscribe2_v5 on_unsubscribe) {
    set(mosq, &Callbacks::unsubscribe2_v5, on_unsubscribe);
}

void mosquitto_ext_auth_callback_set(mosquitto* mosq, LIBMOSQ_CB_ext_auth on_ext_auth) {
    set(mosq, &Callbacks::ext_auth, on_ext_auth);
}

void mosquitto_log_callback_set(mosquitto* mosq, LIBMOSQ_CB_log on_log) {
    if (mosq != nullptr) {
        mosq->set_log_callback(on_log);
    }
}
