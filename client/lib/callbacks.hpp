#pragma once

#include "client/include/mosquitto.h"

namespace mq::client {

/// The functions of the application; null where it has set none.
struct Callbacks {
    LIBMOSQ_CB_pre_connect pre_connect = nullptr;
    LIBMOSQ_CB_connect connect = nullptr;
    LIBMOSQ_CB_connect_with_flags connect_with_flags = nullptr;
    LIBMOSQ_CB_connect_v5 connect_v5 = nullptr;
    LIBMOSQ_CB_disconnect disconnect = nullptr;
    LIBMOSQ_CB_disconnect_v5 disconnect_v5 = nullptr;
    LIBMOSQ_CB_publish publish = nullptr;
    LIBMOSQ_CB_publish_v5 publish_v5 = nullptr;
    LIBMOSQ_CB_message message = nullptr;
    LIBMOSQ_CB_message_v5 message_v5 = nullptr;
    LIBMOSQ_CB_subscribe subscribe = nullptr;
    LIBMOSQ_CB_subscribe_v5 subscribe_v5 = nullptr;
    LIBMOSQ_CB_unsubscribe unsubscribe = nullptr;
    LIBMOSQ_CB_unsubscribe_v5 unsubscribe_v5 = nullptr;
    LIBMOSQ_CB_unsubscribe2_v5 unsubscribe2_v5 = nullptr;
    LIBMOSQ_CB_ext_auth ext_auth = nullptr;
    LIBMOSQ_CB_log log = nullptr;
};

}  // namespace mq::client
