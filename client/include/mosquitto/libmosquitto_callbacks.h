/*
 * What the program is told, and by which function.
 *
 * Each setter replaces the function that was set before; NULL removes it. A callback's first
 * argument is the client, its second the pointer given to mosquitto_new() or
 * mosquitto_user_data_set(). Where there is a plain form and a v5 form, both are called if both are
 * set, the plain one first; the v5 form works with every protocol version and has no properties
 * (NULL) before MQTT 5.0. All pointers are valid during the call only.
 */
#ifndef MOSQUITTO_LIBMOSQUITTO_CALLBACKS_H
#define MOSQUITTO_LIBMOSQUITTO_CALLBACKS_H

#include <mosquitto/defs.h>

#ifdef __cplusplus
extern "C" {
#endif

/* rc: 0 connected; else why not: CONNACK's return code (MQTT 3.1 and 3.1.1) or reason code (5.0).
 */
typedef void (*LIBMOSQ_CB_connect)(struct mosquitto* mosq, void* obj, int rc);
/* flags: bit 0 is set when the broker still had the session. */
typedef void (*LIBMOSQ_CB_connect_with_flags)(struct mosquitto* mosq, void* obj, int rc, int flags);
typedef void (*LIBMOSQ_CB_connect_v5)(struct mosquitto* mosq, void* obj, int rc, int flags,
                                      const mosquitto_property* props);
typedef void (*LIBMOSQ_CB_pre_connect)(struct mosquitto* mosq, void* obj);
/* rc: 0 after mosquitto_disconnect(); else a number of enum mosq_err_t, or the reason code that the
   broker gave (5.0). */
typedef void (*LIBMOSQ_CB_disconnect)(struct mosquitto* mosq, void* obj, int rc);
typedef void (*LIBMOSQ_CB_disconnect_v5)(struct mosquitto* mosq, void* obj, int rc,
                                         const mosquitto_property* props);
/* mid: what mosquitto_publish() stored. */
typedef void (*LIBMOSQ_CB_publish)(struct mosquitto* mosq, void* obj, int mid);
/* reason_code: of the acknowledgement; 128 and above: the broker did not take the message. */
typedef void (*LIBMOSQ_CB_publish_v5)(struct mosquitto* mosq, void* obj, int mid, int reason_code,
                                      const mosquitto_property* props);
typedef void (*LIBMOSQ_CB_message)(struct mosquitto* mosq, void* obj,
                                   const struct mosquitto_message* message);
typedef void (*LIBMOSQ_CB_message_v5)(struct mosquitto* mosq, void* obj,
                                      const struct mosquitto_message* message,
                                      const mosquitto_property* props);
/* granted_qos: qos_count numbers, one a filter: the QoS granted, or 128 and above for a refusal. */
typedef void (*LIBMOSQ_CB_subscribe)(struct mosquitto* mosq, void* obj, int mid, int qos_count,
                                     const int* granted_qos);
typedef void (*LIBMOSQ_CB_subscribe_v5)(struct mosquitto* mosq, void* obj, int mid, int qos_count,
                                        const int* granted_qos, const mosquitto_property* props);
typedef void (*LIBMOSQ_CB_unsubscribe)(struct mosquitto* mosq, void* obj, int mid);
typedef void (*LIBMOSQ_CB_unsubscribe_v5)(struct mosquitto* mosq, void* obj, int mid,
                                          const mosquitto_property* props);
/* reason_codes: reason_code_count numbers, one a filter; none (NULL, 0) before MQTT 5.0. */
typedef void (*LIBMOSQ_CB_unsubscribe2_v5)(struct mosquitto* mosq, void* obj, int mid,
                                           int reason_code_count, const int* reason_codes,
                                           const mosquitto_property* props);
/* To be answered by mosquitto_ext_auth_continue(). A result other than 0 ends the connection. */
typedef int (*LIBMOSQ_CB_ext_auth)(struct mosquitto* mosq, void* obj, const char* auth_method,
                                   uint16_t auth_data_len, const void* auth_data,
                                   const mosquitto_property* props);
/* level: one MOSQ_LOG_ bit. str: a line without its newline. */
typedef void (*LIBMOSQ_CB_log)(struct mosquitto* mosq, void* obj, int level, const char* str);

/* The broker has answered CONNECT. If several of the three are set, all are called in this order.
 */
libmosq_EXPORT void mosquitto_connect_callback_set(struct mosquitto* mosq,
                                                   LIBMOSQ_CB_connect on_connect);
libmosq_EXPORT void mosquitto_connect_with_flags_callback_set(
    struct mosquitto* mosq, LIBMOSQ_CB_connect_with_flags on_connect);
libmosq_EXPORT void mosquitto_connect_v5_callback_set(struct mosquitto* mosq,
                                                      LIBMOSQ_CB_connect_v5 on_connect);

/* Before each attempt to connect, reconnections included: login and TLS may still be changed. */
libmosq_EXPORT void mosquitto_pre_connect_callback_set(struct mosquitto* mosq,
                                                       LIBMOSQ_CB_pre_connect on_pre_connect);

/* The connection has ended. */
libmosq_EXPORT void mosquitto_disconnect_callback_set(struct mosquitto* mosq,
                                                      LIBMOSQ_CB_disconnect on_disconnect);
libmosq_EXPORT void mosquitto_disconnect_v5_callback_set(struct mosquitto* mosq,
                                                         LIBMOSQ_CB_disconnect_v5 on_disconnect);

/* A message is out of our hands: QoS 0 is written, QoS 1 acknowledged, QoS 2 completed. */
libmosq_EXPORT void mosquitto_publish_callback_set(struct mosquitto* mosq,
                                                   LIBMOSQ_CB_publish on_publish);
libmosq_EXPORT void mosquitto_publish_v5_callback_set(struct mosquitto* mosq,
                                                      LIBMOSQ_CB_publish_v5 on_publish);

/*
 * A message has come. The library owns it; what is needed for longer is to be copied, for example
 * by mosquitto_message_copy().
 */
libmosq_EXPORT void mosquitto_message_callback_set(struct mosquitto* mosq,
                                                   LIBMOSQ_CB_message on_message);
libmosq_EXPORT void mosquitto_message_v5_callback_set(struct mosquitto* mosq,
                                                      LIBMOSQ_CB_message_v5 on_message);

/* The broker has answered SUBSCRIBE. */
libmosq_EXPORT void mosquitto_subscribe_callback_set(struct mosquitto* mosq,
                                                     LIBMOSQ_CB_subscribe on_subscribe);
libmosq_EXPORT void mosquitto_subscribe_v5_callback_set(struct mosquitto* mosq,
                                                        LIBMOSQ_CB_subscribe_v5 on_subscribe);

/* The broker has answered UNSUBSCRIBE. If several of the three are set, all are called in this
 * order. */
libmosq_EXPORT void mosquitto_unsubscribe_callback_set(struct mosquitto* mosq,
                                                       LIBMOSQ_CB_unsubscribe on_unsubscribe);
libmosq_EXPORT void mosquitto_unsubscribe_v5_callback_set(struct mosquitto* mosq,
                                                          LIBMOSQ_CB_unsubscribe_v5 on_unsubscribe);
libmosq_EXPORT void mosquitto_unsubscribe2_v5_callback_set(
    struct mosquitto* mosq, LIBMOSQ_CB_unsubscribe2_v5 on_unsubscribe);

/*
 * MQTT 5.0: the broker wants another step of extended authentication. Without this callback such a
 * request ends the connection with MOSQ_ERR_AUTH.
 */
libmosq_EXPORT void mosquitto_ext_auth_callback_set(struct mosquitto* mosq,
                                                    LIBMOSQ_CB_ext_auth on_ext_auth);

/* The library tells what it does; see MOSQ_LOG_ in defs.h. */
libmosq_EXPORT void mosquitto_log_callback_set(struct mosquitto* mosq, LIBMOSQ_CB_log on_log);

#ifdef __cplusplus
}
#endif

#endif
